// What is amiss, as somebody works: each line leads to its block. How text fits is measured here; the rules are in
// build-checks.js.

import { checks } from "./build-checks.js";
import { button, el } from "./build-panel-dom.js";
import { lastWall } from "./build-wall.js";
import { nameOf } from "./build-panel-layers.js";
import { fitOf } from "./template-paint.js";
import { cellRoom, roomOf } from "./template-room.js";
import { measureOf, whenFontsCome } from "./template-ruler.js";
import { count } from "./work-words.js";

const WAIT_MS = 250;

/** How many pixels a text is wider than its block at the smallest size. */
export function needs(block, words, column) {
  const { type } = block, space = column ? cellRoom(block, column) : roomOf(block), least = Math.min(type.least, type.size);
  const longest = type.lines > 1 && !column ? words.split(/\s+/) : [words];
  return Math.max(...longest.map(each => measureOf(type, column && column.weight || type.weight)(type.upper ? each.toUpperCase() : each))) * least / 100 - space.width;
}

/** `room`: {doc, extremes(), whenKnown(cb), askWall(), focusBlock(id)}. */
export function openWarnings(host, room) {
  const { doc } = room, list = el("ul", { class: "plain warnings" }), title = el("h2", {}), none = el("p", { class: "quiet" });
  let timer = 0, seen = null, before = "";
  host.replaceChildren(el("details", { open: true }, el("summary", {}, title), none, list));

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  }

  function look() {
    const extremes = room.extremes();
    if (seen && seen.template === doc.template && seen.extremes === extremes) return;
    seen = { template: doc.template, extremes };
    paint(checks(doc.template, { fitOf, needs, extremes }));
  }

  function paint(found) {
    const words = JSON.stringify(found) + Boolean(doc.template.wall);
    if (words === before) return;
    before = words;
    const bad = found.filter(each => each.tone === "warn").length;
    title.textContent = found.length ? `Warnings: ${found.length}` : "Warnings";
    host.dataset.bad = String(bad > 0);
    none.textContent = found.length ? "" : "Nothing is amiss.";
    none.hidden = found.length > 0;
    const rows = [...found].sort((a, b) => (a.tone === b.tone ? 0 : a.tone === "warn" ? -1 : 1)).map(row);
    if (!doc.template.wall && !room.reads) rows.unshift(...asked());
    list.replaceChildren(...rows);
  }

  /** From how far it is read; often as the last one. */
  function asked() {
    const last = lastWall(), line = (words, act) => el("li", { data: { tone: "note", kind: "wall" } }, button(words, act));
    const again = last && line(`As the last wall: read from ${last.distance_m} m, pixels ${Math.round(last.pitch_mm * 1000) / 1000} mm apart.`, () => { doc.setWall(last); doc.settle(); });
    return [line("From how far is it read? Say it once.", () => room.askWall()), again].filter(Boolean);
  }

  function row({ which, block, kind, tone, words }) {
    const own = doc.template[which].blocks.find(each => each.id === block);
    return el("li", { data: { tone, kind, block } }, button([el("b", { dir: "auto" }, nameOf(own)), which === "resting" ? " (resting)" : "", ": ", words], () => {
      doc.setWhich(which);
      doc.select([block], { alone: true });
      room.focusBlock(block);
    }));
  }

  doc.subscribe(({ template }) => { if (template) later(); });
  room.whenKnown(look);
  whenFontsCome(() => { seen = null; later(); });
  look();
  return { words: () => (list.children.length ? count(list.children.length, "warning") : "") };
}
