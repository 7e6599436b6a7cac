// Draws a template, for the screen and for the builder alike: one layer for each of its states, one element for each
// block, and again only what is another. A template is never changed in place: the same block is the same drawing.
// Knows the DOM; refuses to know where the data comes from and how large it all is shown.

import { makePart } from "./template-blocks.js";
import { made } from "./template-dom.js";
import { drawPicture } from "./template-image.js";
import { fitOf } from "./template-room.js";
import { loadFaces, whenFontsCome } from "./template-ruler.js";
import { isShown } from "./template-words.js";

export { fitOf };

const IMAGE_WAIT_MS = 3000;
const LETTERS_MAX = 2000;

/**
 * `qrUrl(text, dark, light)` and `imageUrl(name)`: where those are. `hints`: what is missing is said, as in the builder.
 * `onFonts`: called when a face has come and all must be painted again.
 */
export function makeTemplatePainter(root, { qrUrl, imageUrl, hints = false, onFonts = () => {} }) {
  const env = { qrUrl, imageUrl, hints }, layers = { active: makeLayer(env), resting: makeLayer(env) };
  const deaf = whenFontsCome(onFonts);
  let size = "";
  root.classList.add("template");
  for (const which of ["active", "resting"]) {
    layers[which].element.dataset.state = which;
    root.appendChild(layers[which].element);
  }

  /**
   * `which`: "active" or "resting". `data`: {fields, known, offset, rows, counts, clock(block), nowMs}, of which any may
   * be left out. `enter`: somebody has come: the blocks that have an entrance come in again.
   */
  function paint(template, which, data, { enter = false } = {}) {
    const { width, height } = template.canvas;
    if (size !== width + "x" + height) {
      size = width + "x" + height;
      root.style.width = width + "px";
      root.style.height = height + "px";
    }
    for (const each of ["active", "resting"]) layers[each].show(each === which);
    layers[which].paint(template[which], which, data || {});
    if (enter) layers[which].enter();
  }

  return {
    paint,
    destroy() {
      deaf();
      root.classList.remove("template");
      for (const each of [layers.active, layers.resting]) each.element.remove();
    },
  };
}

function makeLayer(env) {
  const element = made("div", "t-layer"), ground = element.appendChild(made("div", "t-ground"));
  const picture = drawPicture(ground, {}, "");
  picture.fit("cover");
  element.hidden = true;
  let state = null, parts = new Map();

  function paint(next, which, data) {
    if (next !== state) arrange(next);
    state = next;
    for (const block of next.blocks) {
      const part = parts.get(block.id), shown = isShown(block, which, data.known);
      if (part.element.hidden !== !shown) part.element.hidden = !shown;
      if (shown) part.update(block, which, data);
    }
  }

  /** Elements in the order of the blocks, and none of a block that is gone. */
  function arrange(next) {
    ground.style.backgroundColor = next.ground;
    picture.show(next.image ? env.imageUrl(next.image) : "");
    const before = parts;
    parts = new Map();
    let place = ground.nextSibling;
    for (const block of next.blocks) {
      const old = before.get(block.id), part = old && old.element.dataset.kind === block.kind ? old : makePart(block.kind, env);
      parts.set(block.id, part);
      if (part.element === place) place = place.nextSibling;
      else element.insertBefore(part.element, place);
    }
    for (const [id, part] of before) if (parts.get(id) !== part) part.element.remove();
  }

  /** What is shown again does not come in by that alone. */
  function show(shown) {
    if (element.hidden === !shown) return;
    if (!shown) still();
    element.hidden = !shown;
  }

  function still() {
    for (const { inner } of parts.values()) inner.classList.remove(...classesOf(inner));
  }

  function enter() {
    const coming = state.blocks.filter(block => block.enter && !block.hidden);
    still();
    void element.offsetWidth;     // lets the same entrance begin again
    for (const block of coming) {
      const { inner } = parts.get(block.id), { how, ms, delay } = block.enter;
      inner.style.animationDuration = ms + "ms";
      inner.style.animationDelay = delay + "ms";
      inner.classList.add("t-enter-" + how);
    }
  }

  return { element, paint, show, enter };
}

function classesOf(element) {
  return Array.from(element.classList).filter(name => name.startsWith("t-enter-"));
}

/** Fetches what a template is drawn with, so that it stands there at once; settles in any case. */
export async function prepareTemplate(template, { imageUrl }) {
  const states = [template.active, template.resting], blocks = [].concat(states[0].blocks, states[1].blocks);
  const types = [].concat(...blocks.filter(block => block.type).map(block => [{ type: block.type }].concat(
    (block.columns || []).filter(column => column.weight).map(({ weight }) => ({ type: block.type, weight })))));
  const letters = "a0\u0101" + blocks.map(block => [block.text].concat(block.texts || [], (block.columns || []).map(column => column.text)).join(" ")).join(" ");
  const names = new Set([].concat(states.map(state => state.image), blocks.map(block => block.image)).filter(Boolean));
  const images = Promise.all(Array.from(names).map(name => loadImage(imageUrl(name))));
  await Promise.race([
    Promise.all([loadFaces(types, letters.slice(0, LETTERS_MAX)), images]),
    new Promise(done => setTimeout(done, IMAGE_WAIT_MS)),
  ]);
}

function loadImage(url) {
  const image = new Image();
  image.src = url;
  return image.decode().catch(() => null);
}
