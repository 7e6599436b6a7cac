// What lies above the picture: an element for each block, which the keyboard goes through and which is read aloud; the
// frame of what is chosen, with its handles; the grid, the safe area, and what holds a block that is moved.

import { boxAround, cellBox, safeBox } from "./build-geometry.js";
import { $, mark, set } from "./front-paint.js";
import { spoken } from "./build-words.js";

const SVG = "http://www.w3.org/2000/svg";
const TURN_PX = 26;
const ROOMY_PX = 44;              // on a smaller frame the handles stand outside, those of the sides give way
const HANDLES = { nw: [0, 0], n: [.5, 0], ne: [1, 0], e: [1, .5], se: [1, 1], s: [.5, 1], sw: [0, 1], w: [0, .5] };
const CURSORS = ["ns-resize", "nesw-resize", "ew-resize", "nwse-resize"];

// ---- blocks ------------------------------------------------------------------------------------------------------

/** One for each block, in their order, the lowest first. */
export function paintBlocks({ doc, view }) {
  const list = $("blocks"), there = new Map(Array.from(list.children, each => [each.dataset.id, each]));
  let next = list.firstElementChild;
  for (const block of doc.blocks()) {
    const element = there.get(block.id) || made(block.id);
    there.delete(block.id);
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
    lay(element, view.onStage(block), block.rotate);
    set(element, "aria-selected", String(doc.selection.includes(block.id)));
    set(element, "aria-label", spoken(block));
    set(element, "aria-roledescription", "block");
    mark(element, "kind", block.kind);
    mark(element, "locked", block.locked && "yes");
    mark(element, "hidden", block.hidden && "yes");
  }
  for (const element of there.values()) element.remove();
}

function made(id) {
  const element = document.createElement("div");
  element.dataset.id = id;
  element.setAttribute("role", "option");
  element.tabIndex = 0;
  return element;
}

function lay(element, { x, y, w, h }, rotate = 0) {
  const { style } = element;
  style.transform = `translate(${x}px, ${y}px)` + (rotate ? ` rotate(${rotate}deg)` : "");
  style.width = `${w}px`;
  style.height = `${h}px`;
}

export function elementOf(id) {
  return $("blocks").querySelector(`[data-id="${id}"]`);
}

/** Says which block would be taken by a click. */
export function paintNear(id) {
  for (const each of $("blocks").children) mark(each, "near", each.dataset.id === id && "yes");
}

// ---- the frame ---------------------------------------------------------------------------------------------------

export function paintFrame({ doc, view, mayEdit }) {
  const frame = $("frame"), blocks = doc.selected().filter(each => !each.locked);
  frame.hidden = !blocks.length || !mayEdit;
  if (frame.hidden) return;
  if (!frame.firstChild) frame.append(...["turn", ...Object.keys(HANDLES)].map(handleNamed));
  const one = blocks.length === 1, box = one ? blocks[0] : boxAround(blocks), on = view.onStage(box), rotate = one ? box.rotate : 0;
  lay(frame, on, rotate);
  mark(frame, "several", !one && "yes");
  mark(frame, "below", !rotate && on.y < TURN_PX + 16 && "yes");
  const small = [on.w < ROOMY_PX, on.h < ROOMY_PX];
  for (const handle of frame.children) layHandle(handle, rotate, small);
}

function handleNamed(name) {
  const handle = document.createElement("i");
  handle.dataset.handle = name;
  if (name.length === 1) handle.dataset.side = "yes";
  return handle;
}

function layHandle(handle, rotate, [narrow, low]) {
  const { handle: name, side } = handle.dataset;
  if (name === "turn") {
    const away = TURN_PX + (low ? 6 : 0);
    handle.style.left = "50%";
    handle.style.top = "below" in handle.parentNode.dataset ? `calc(100% + ${away}px)` : `${-away}px`;
    return;
  }
  const [x, y] = HANDLES[name], out = part => (part - .5) * 12;
  handle.style.left = `calc(${x * 100}% + ${narrow ? out(x) : 0}px)`;
  handle.style.top = `calc(${y * 100}% + ${low ? out(y) : 0}px)`;
  handle.hidden = Boolean(side) && (x === .5 ? narrow : low);
  const angle = Math.atan2(x - .5, .5 - y) * 180 / Math.PI + rotate;
  handle.style.cursor = CURSORS[((Math.round(angle / 45) % 4) + 4) % 4];
}

// ---- guides ------------------------------------------------------------------------------------------------------

let drawn = "";

/** `aim`: cells that a block goes into; `holds`: lines as build-snap.js has them. */
export function paintGuides({ doc, view, shows, aim, holds }) {
  const { template } = doc, key = JSON.stringify([template.canvas, template.grid, template.safe, shows, aim, holds, view.scale, view.x, view.y]);
  if (key === drawn) return;
  drawn = key;
  const parts = [];
  if (shows.grid) parts.push(...cellsOf(template).map(box => rect(view.onStage(box), "cell")));
  if (aim) parts.push(rect(view.onStage(cellBox(template, aim)), "aim"));
  if (shows.safe && template.safe) parts.push(rect(view.onStage(safeBox(template)), "safe"));
  for (const each of holds) parts.push(line(each, view));
  mark($("guides"), "aims", aim && "yes");
  $("guides").replaceChildren(...parts);
}

function cellsOf(template) {
  const { columns, rows } = template.grid, all = [];
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) all.push(cellBox(template, [column, row, 1, 1]));
  return all;
}

function rect({ x, y, w, h }, name) {
  return shape("rect", { x, y, width: w, height: h, class: name });
}

function line({ axis, at, from, to, what }, view) {
  const a = view.onStage(axis === "x" ? { x: at, y: from, w: 0, h: to - from } : { x: from, y: at, w: to - from, h: 0 });
  return shape("line", { x1: a.x, y1: a.y, x2: a.x + a.w, y2: a.y + a.h, class: what === "gap" ? "gap" : "hold" });
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A rectangle that is being drawn, in pixels of the canvas; null: none is. */
export function paintRubber({ view }, box) {
  $("rubber").hidden = !box;
  if (box) lay($("rubber"), view.onStage(box));
}

