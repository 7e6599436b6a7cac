// Where a box that is moved holds fast, and how several are put in line. Pure. Targets of one axis: lines at which an
// edge or a middle stops, and gaps as wide as those that are there already.

import { boundsOf, boxAround, cellBox, clamp, safeBox } from "./build-geometry.js";

const AXES = [["x", "w", "y", "h"], ["y", "h", "x", "w"]];

/** Lines to hold at: the canvas's edges and middle, the safe area, the grid's, and the other blocks' edges and middles. */
export function targetsOf(template, others, { grid = true } = {}) {
  const { width, height } = template.canvas, boxes = others.map(boundsOf);
  const lines = { x: [], y: [] };
  const add = (what, ...areas) => {
    for (const { x, y, w, h } of areas) {
      for (const [axis, at, size] of [["x", x, w], ["y", y, h]]) for (const part of [0, .5, 1]) lines[axis].push({ at: at + size * part, what });
    }
  };
  add("block", ...boxes);
  add("canvas", { x: 0, y: 0, w: width, h: height });
  if (template.safe) add("safe", safeBox(template));
  if (grid) addGrid(lines, template);
  return { lines, boxes };
}

function addGrid(lines, template) {
  const { columns, rows } = template.grid;
  for (let i = 0; i < columns; i++) edges(lines.x, cellBox(template, [i, 0, 1, 1]), "x", "w");
  for (let i = 0; i < rows; i++) edges(lines.y, cellBox(template, [0, i, 1, 1]), "y", "h");
}

function edges(list, box, at, size) {
  list.push({ at: box[at], what: "grid" }, { at: box[at] + box[size], what: "grid" });
}

/** How far a box is to be moved to hold, and the guides that say at what. `parts`: which of its own lines may hold:
 * 0 the first edge, .5 the middle, 1 the last; by axis. `within`: pixels of the canvas. */
export function snapped(box, targets, within, parts = { x: [0, .5, 1], y: [0, .5, 1] }) {
  const found = { x: 0, y: 0, guides: [] };
  for (const [axis, size, cross, crossSize] of AXES) {
    const best = nearest(candidates(box, targets, axis, size, cross, crossSize, parts[axis]), within);
    if (!best) continue;
    found[axis] = best.by;
    found.guides.push(...guidesOf(best, box, targets, axis, size, cross, crossSize));
  }
  return found;
}

function candidates(box, { lines, boxes }, axis, size, cross, crossSize, parts) {
  const found = [];
  for (const part of parts) {
    const own = box[axis] + box[size] * part;
    for (const { at, what } of lines[axis]) found.push({ by: at - own, at, what });
  }
  return parts.length === 3 ? found.concat(gaps(box, boxes, axis, size, cross, crossSize)) : found;
}

/** Places with equal gaps: between two others, or beyond two that have one between them. */
function gaps(box, boxes, axis, size, cross, crossSize) {
  const end = each => each[axis] + each[size];
  const row = boxes.filter(each => each[cross] < box[cross] + box[crossSize] && box[cross] < each[cross] + each[crossSize])
    .sort((a, b) => a[axis] - b[axis]);
  const found = [], add = (to, spans) => found.push({ by: to - box[axis], what: "gap", spans });
  row.forEach((first, i) => {
    const second = row[i + 1], gap = second ? second[axis] - end(first) : -1;
    if (gap <= 0) return;
    const between = (gap - box[size]) / 2;
    if (between > 0) add(end(first) + between, [[end(first), end(first) + between], [second[axis] - between, second[axis]]]);
    add(end(second) + gap, [[end(first), second[axis]], [end(second), end(second) + gap]]);
    add(first[axis] - gap - box[size], [[first[axis] - gap, first[axis]], [end(first), second[axis]]]);
  });
  return found;
}

/** Of equally near ones the first: a block's line before the canvas's, before the grid's. */
function nearest(found, within) {
  let best = null;
  for (const each of found) {
    if (Math.abs(each.by) <= within && (!best || Math.abs(each.by) < Math.abs(best.by) - 1e-9)) best = each;
  }
  return best;
}

function guidesOf(best, box, { boxes }, axis, size, cross, crossSize) {
  const middle = box[cross] + box[crossSize] / 2;
  if (best.what === "gap") return best.spans.map(([from, to]) => ({ axis: cross, at: middle, from, to, what: "gap" }));
  const met = boxes.filter(each => [0, .5, 1].some(part => Math.abs(each[axis] + each[size] * part - best.at) < .51));
  const all = [box, ...met].map(each => [each[cross], each[cross] + each[crossSize]]);
  return [{ axis, at: best.at, from: Math.min(...all.map(each => each[0])), to: Math.max(...all.map(each => each[1])), what: best.what }];
}

// ---- in line -----------------------------------------------------------------------------------------------------

const HOW = { left: ["x", "w", 0], center: ["x", "w", .5], right: ["x", "w", 1], top: ["y", "h", 0], middle: ["y", "h", .5], bottom: ["y", "h", 1] };

/** Boxes with one edge or middle in line: of a frame, else of all of them together. */
export function aligned(boxes, how, frame = boxAround(boxes)) {
  const [axis, size, part] = HOW[how];
  return boxes.map(box => {
    const bounds = boundsOf(box);
    return { ...box, [axis]: box[axis] + frame[axis] + (frame[size] - bounds[size]) * part - bounds[axis] };
  });
}

/** With equal gaps between them; the outermost stay. `how`: "x" or "y". Fewer than three stay as they are. */
export function distributed(boxes, how) {
  if (boxes.length < 3) return boxes;
  const size = how === "x" ? "w" : "h", bounds = boxes.map(boundsOf);
  const order = boxes.map((_, i) => i).sort((a, b) => bounds[a][how] - bounds[b][how] || bounds[a][size] - bounds[b][size]);
  const frame = boxAround(boxes), whole = bounds.reduce((sum, each) => sum + each[size], 0);
  const gap = (frame[size] - whole) / (boxes.length - 1), placed = boxes.slice();
  let at = frame[how];
  for (const i of order) {
    placed[i] = { ...boxes[i], [how]: boxes[i][how] + at - bounds[i][how] };
    at += bounds[i][size] + gap;
  }
  return placed;
}

/** A step in cells that keeps all of them in the grid. */
export function cellStep(grid, cells, columns, rows) {
  const along = (by, at, span, count) => clamp(by, Math.max(...cells.map(each => -each[at])), Math.min(...cells.map(each => count - each[at] - each[span])));
  return cells.length ? [along(columns, 0, 2, grid.columns), along(rows, 1, 3, grid.rows)] : [columns, rows];
}
