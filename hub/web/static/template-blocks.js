// Each kind of block as elements: made once, changed where something is another. Knows the DOM and what a block looks
// like; refuses to know states, entrances and where data comes from.

import { dress, faceOf, fillOf, layLines, made, say, upper } from "./template-dom.js";
import { fitWords } from "./template-fit.js";
import { drawPicture } from "./template-image.js";
import { drawList } from "./template-list.js";
import { roomOf } from "./template-room.js";
import { figureOf, fontLoads, measureOf } from "./template-ruler.js";
import { hintOf, saysOf } from "./template-words.js";

const HINTS = { image: "No image chosen", qr: "QR code" };
const VALIGN = { top: "flex-start", middle: "center", bottom: "flex-end" };
const TABULAR = ["clock", "counter"];   // of whose figures the widest count

/** {element, update(block, which, data)}; `env`: {imageUrl, qrUrl, hints}. */
export function makePart(kind, env) {
  const element = made("div", "t-block"), inner = made("div", "t-inner");
  element.dataset.kind = kind;
  element.appendChild(inner);
  const draw = DRAWERS[kind](inner, env);
  let placed = null;
  return {
    element, inner,
    update(block, which, data) {
      if (block !== placed) place(element, inner, block);
      placed = block;
      const empty = draw(block, which, data);
      if (element.dataset.empty !== String(Boolean(empty))) element.dataset.empty = String(Boolean(empty));
    },
  };
}

const DRAWERS = { text: drawWords, message: drawWords, clock: drawWords, counter: drawWords, shape: drawShape, list: drawList, image: drawImage, qr: drawQr };

function place(element, inner, block) {
  const { box } = block, isLine = block.kind === "shape" && block.form === "line", round = block.kind === "shape" && block.form === "ellipse";
  element.dataset.block = block.id;
  dress(element, {
    left: block.x + "px", top: block.y + "px", width: block.w + "px", height: block.h + "px",
    transform: block.rotate ? "rotate(" + block.rotate + "deg)" : "none", opacity: String(block.opacity),
  });
  dress(inner, {
    background: isLine ? "none" : fillOf(box), borderRadius: round ? "50%" : box.radius + "px", padding: box.padding + "px",
    border: box.line && box.line_px && !isLine ? box.line_px + "px solid " + box.line : box.line_px && !isLine ? box.line_px + "px solid transparent" : "none",
  });
}

// ---- words -------------------------------------------------------------------------------------------------

/** What is said is laid out anew when it is another; of figures the widest count, so that a clock only changes them. */
function drawWords(inner, { hints }) {
  const words = inner.appendChild(made("div", "t-words"));
  words.dir = "auto";
  let painted = "", block = null;
  return (next, which, data) => {
    const said = upper(next.type, saysOf(next, which, data)), tabular = TABULAR.includes(next.kind) && figureOf(next.type);
    const empty = !said.words, hint = empty && hints ? hintOf(next) : "";
    const shown = hint ? { words: hint, short: hint } : said, wide = tabular ? widest(shown, tabular.widest) : shown;
    const what = [wide.words, wide.short, hint && "hint", fontLoads()].join("\n");
    if (next !== block) dressWords(inner, words, next);
    if (next !== block || what !== painted) layWords(words, next, shown, wide, hint, tabular ? tabular.em : 0);
    else if (tabular && words.children.length === 1) say(words.firstChild, shown.words, tabular.em);
    painted = what;
    block = next;
    return empty && !hint && !(next.kind === "text" && !next.text);
  };
}

function dressWords(inner, words, { type }) {
  inner.style.justifyContent = VALIGN[type.valign];
  dress(words, Object.assign(faceOf(type), { textAlign: type.align }));
}

function layWords(element, block, shown, wide, hint, em) {
  const room = roomOf(block), measure = measureOf(block.type), fit = fitWords(wide.words, wide.short, room, measure);
  const isOne = fit.lines.length === 1 && !fit.shortened;
  const lines = wide === shown ? fit.lines : isOne ? [shown.words] : fitWords(shown.words, shown.short, room, measure).lines;
  layLines(element, lines, fit.size, em);
  element.classList.toggle("t-unfilled", Boolean(hint));
}

function widest({ words, short }, figure) {
  return { words: words.replace(/\d/g, figure), short: short.replace(/\d/g, figure) };
}

// ---- without words -----------------------------------------------------------------------------------------

function drawShape(inner) {
  const line = inner.appendChild(made("div", "t-stroke"));
  let block = null;
  return next => {
    if (next === block) return;
    block = next;
    const { w, h, box, form } = next, thick = box.line_px + "px";
    line.hidden = form !== "line";
    dress(line, { background: box.line || box.fill || "none", width: w >= h ? "100%" : thick, height: w >= h ? thick : "100%" });
  };
}

function drawImage(inner, env) {
  const picture = drawPicture(inner, env, HINTS.image);
  return block => {
    picture.show(block.image ? env.imageUrl(block.image) : "");
    picture.fit(block.fit);
  };
}

function drawQr(inner, env) {
  const picture = drawPicture(inner, env, HINTS.qr);
  return (block, which, data) => {
    const { words } = saysOf(block, which, data);
    picture.show(words ? env.qrUrl(words, block.dark, block.light) : "");
    return Boolean(block.text) && !words;
  };
}
