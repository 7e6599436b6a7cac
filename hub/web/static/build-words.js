// What the builder calls things: a block for the layers, for the status line, and for who has it read aloud. No DOM.

import { boxAround } from "./build-geometry.js";
import { labelOf } from "./build-kinds.js";

const CHARS_MAX = 60;
const PART = { text: "text", counter: "text", qr: "text", clock: "mode", image: "image", shape: "form" };

/** What distinguishes it from others of its kind. */
export function textOf(block) {
  const words = block.kind === "message" ? block.texts[0] : block.kind === "list" ? block.columns.map(each => each.text).join(" ") : block.kind === "image" ? "" : block[PART[block.kind]];
  const line = String(words || "").replace(/\s+/g, " ").trim();
  return line.length > CHARS_MAX ? line.slice(0, CHARS_MAX - 1) + "…" : line;
}

/** "Text {{name}}", or what somebody has called it. */
export function nameOf(block) {
  return block.name || [labelOf(block.kind), textOf(block)].filter(Boolean).join(" ");
}

export function placeOf({ cell, x, y, w, h, rotate }) {
  const where = cell ? `column ${cell[0] + 1}, row ${cell[1] + 1}, ${cell[2]} by ${cell[3]} cells` : `at ${x}, ${y}, ${w} by ${h} pixels`;
  return where + (rotate ? `, turned ${rotate} degrees` : "");
}

export function spoken(block) {
  const marks = [block.group && "in a group", block.locked && "locked", block.hidden && "hidden"].filter(Boolean);
  return [nameOf(block), placeOf(block), ...marks].join(", ");
}

/** Of all that is chosen, short. */
export function chosenWords(blocks) {
  if (!blocks.length) return "";
  if (blocks.length === 1) return `${nameOf(blocks[0])}: ${placeOf(blocks[0])}`;
  const { x, y, w, h } = boxAround(blocks);
  return `${blocks.length} blocks: at ${Math.round(x)}, ${Math.round(y)}, ${Math.round(w)} by ${Math.round(h)} pixels`;
}
