// Boxes on a canvas: the cells of its grid, blocks that are turned, sizing by eight handles. Pure: numbers in, numbers
// out, nothing rounded but cells. A box: { x, y, w, h, rotate }, turned by `rotate` degrees about its middle.

export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

// ---- the grid ----------------------------------------------------------------------------------------------------

/** The width of a column and the height of a row, with what is between them: one step. */
export function steps({ canvas, grid }) {
  const side = (whole, count) => {
    const size = Math.max(1, (whole - 2 * grid.margin - (count - 1) * grid.gutter) / count);
    return { size, step: size + grid.gutter };
  };
  return { x: side(canvas.width, grid.columns), y: side(canvas.height, grid.rows) };
}

/** In whole pixels, so that neighbours meet. */
export function cellBox(template, [column, row, columns, rows]) {
  const { x, y } = steps(template), { margin, gutter } = template.grid;
  const along = (axis, at, count) => {
    const from = Math.round(margin + at * axis.step);
    return [from, Math.max(1, Math.round(margin + (at + count) * axis.step - gutter) - from)];
  };
  const [left, w] = along(x, column, columns), [top, h] = along(y, row, rows);
  return { x: left, y: top, w, h };
}

/** The cells that a box comes nearest to. */
export function nearestCell(template, { x, y, w, h }) {
  const sides = steps(template), { grid } = template;
  const along = (axis, at, size, count) => {
    const span = clamp(Math.round((size + grid.gutter) / axis.step), 1, count);
    return [clamp(Math.round((at - grid.margin) / axis.step), 0, count - span), span];
  };
  const [column, columns] = along(sides.x, x, w, grid.columns), [row, rows] = along(sides.y, y, h, grid.rows);
  return [column, row, columns, rows];
}

/** The cells that a rectangle touches, drawn from one point to another. */
export function drawnCell(template, from, to) {
  const sides = steps(template), { grid } = template;
  const along = (axis, a, b, count) => {
    const at = value => clamp(Math.floor((value - grid.margin + grid.gutter / 2) / axis.step), 0, count - 1);
    const first = at(Math.min(a, b));
    return [first, at(Math.max(a, b)) - first + 1];
  };
  const [column, columns] = along(sides.x, from.x, to.x, grid.columns), [row, rows] = along(sides.y, from.y, to.y, grid.rows);
  return [column, row, columns, rows];
}

/** A cell within the grid that is as large as may be and no larger than this one. */
export function inGrid(grid, [column, row, columns, rows]) {
  const wide = clamp(columns, 1, grid.columns), high = clamp(rows, 1, grid.rows);
  return [clamp(column, 0, grid.columns - wide), clamp(row, 0, grid.rows - high), wide, high];
}

/** The first cells of this span that no block is on, from the top and from the left; else those in the middle. */
export function freeCell(template, blocks, [wide, high]) {
  const { grid } = template, [, , columns, rows] = inGrid(grid, [0, 0, wide, high]);
  const taken = blocks.filter(each => !each.hidden).map(boundsOf);
  for (let row = 0; row + rows <= grid.rows; row++) {
    for (let column = 0; column + columns <= grid.columns; column++) {
      const cell = [column, row, columns, rows], box = cellBox(template, cell);
      if (!taken.some(each => overlap(each, box))) return cell;
    }
  }
  return [Math.floor((grid.columns - columns) / 2), Math.floor((grid.rows - rows) / 2), columns, rows];
}

export function safeBox({ canvas: { width, height }, safe }) {
  return { x: width * safe, y: height * safe, w: width * (1 - 2 * safe), h: height * (1 - 2 * safe) };
}

// ---- boxes -------------------------------------------------------------------------------------------------------

export function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

export function turned({ x, y }, degrees) {
  const angle = degrees * Math.PI / 180, cos = Math.cos(angle), sin = Math.sin(angle);
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

export function middleOf({ x, y, w, h }) {
  return { x: x + w / 2, y: y + h / 2 };
}

/** Where a part of a box is: (0, 0) its upper left corner, (1, 1) its lower right one. */
export function pointOf(box, partX, partY) {
  const middle = middleOf(box), from = turned({ x: (partX - .5) * box.w, y: (partY - .5) * box.h }, box.rotate || 0);
  return { x: middle.x + from.x, y: middle.y + from.y };
}

export function cornersOf(box) {
  return [pointOf(box, 0, 0), pointOf(box, 1, 0), pointOf(box, 1, 1), pointOf(box, 0, 1)];
}

/** The upright box around one that is turned. */
export function boundsOf(box) {
  if (!box.rotate) return { x: box.x, y: box.y, w: box.w, h: box.h };
  return around(cornersOf(box));
}

export function around(points) {
  const xs = points.map(each => each.x), ys = points.map(each => each.y);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** The upright box around all of them; null: there is none. */
export function boxAround(boxes) {
  return boxes.length ? around(boxes.map(boundsOf).flatMap(({ x, y, w, h }) => [{ x, y }, { x: x + w, y: y + h }])) : null;
}

export function overlap(a, b) {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Whether a point is on a box, or no more than `slack` beside it. */
export function isOn(box, point, slack = 0) {
  const middle = middleOf(box), from = turned({ x: point.x - middle.x, y: point.y - middle.y }, -(box.rotate || 0));
  return Math.abs(from.x) <= box.w / 2 + slack && Math.abs(from.y) <= box.h / 2 + slack;
}

// ---- sizing and turning ------------------------------------------------------------------------------------------

const PARTS = { n: [0, -1], s: [0, 1], e: [1, 0], w: [-1, 0], nw: [-1, -1], ne: [1, -1], sw: [-1, 1], se: [1, 1] };

/** Which sides a handle moves: -1 the left or upper one, 1 the other. */
export function sidesOf(handle) {
  return PARTS[handle];
}

/** A box whose handle was pulled so far. What is opposite stays where it is: with `middle`, the middle. `ratio`: the
 * sides keep theirs. */
export function resized(box, handle, by, { ratio = false, middle = false, least = 1 } = {}) {
  const [sideX, sideY] = PARTS[handle], pull = turned(by, -(box.rotate || 0)), times = middle ? 2 : 1;
  let w = Math.max(least, box.w + sideX * pull.x * times), h = Math.max(least, box.h + sideY * pull.y * times);
  if (ratio) [w, h] = inRatio(box, sideX, sideY, w, h);
  if (middle) return { ...box, x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h };
  const fixed = pointOf(box, (1 - sideX) / 2, (1 - sideY) / 2);
  const out = turned({ x: sideX * w / 2, y: sideY * h / 2 }, box.rotate || 0);
  return { ...box, x: fixed.x + out.x - w / 2, y: fixed.y + out.y - h / 2, w, h };
}

function inRatio(box, sideX, sideY, w, h) {
  const byW = w / box.w, byH = h / box.h;
  const by = !sideX ? byH : !sideY ? byW : Math.abs(byW - 1) > Math.abs(byH - 1) ? byW : byH;
  return [box.w * by, box.h * by];
}

/** Several at once: as their box goes from one to the other. */
export function scaled(boxes, from, to) {
  const x = from.w ? to.w / from.w : 1, y = from.h ? to.h / from.h : 1;
  return boxes.map(box => {
    const middle = middleOf(box), flat = !box.rotate, w = box.w * (flat ? x : Math.sqrt(x * y)), h = box.h * (flat ? y : Math.sqrt(x * y));
    return { ...box, x: to.x + (middle.x - from.x) * x - w / 2, y: to.y + (middle.y - from.y) * y - h / 2, w, h };
  });
}

/** Several turned about one point. */
export function turnedAbout(boxes, about, degrees) {
  return boxes.map(box => {
    const middle = middleOf(box), to = turned({ x: middle.x - about.x, y: middle.y - about.y }, degrees);
    return { ...box, x: about.x + to.x - box.w / 2, y: about.y + to.y - box.h / 2, rotate: wholeTurn((box.rotate || 0) + degrees) };
  });
}

/** From -180 to 180, with a tenth of a degree. */
export function wholeTurn(degrees) {
  const within = ((degrees + 180) % 360 + 360) % 360 - 180;
  return Math.round(within * 10) / 10 || 0;
}

/** How far one has gone about a point, from one place to another; `stepped`: the box then stands at a multiple of 15. */
export function turnBetween(about, from, to, { stepped = false, start = 0 } = {}) {
  const angle = point => Math.atan2(point.y - about.y, point.x - about.x) * 180 / Math.PI;
  const by = angle(to) - angle(from);
  return stepped ? Math.round((start + by) / 15) * 15 - start : by;
}

// ---- the view ----------------------------------------------------------------------------------------------------

export const SCALES = [.05, 8];

/** All of the canvas in the middle of an area, with room around. */
export function fitView(canvas, area, room = 24) {
  const scale = clamp(Math.min((area.w - 2 * room) / canvas.width, (area.h - 2 * room) / canvas.height), ...SCALES);
  return { scale, x: (area.w - canvas.width * scale) / 2, y: (area.h - canvas.height * scale) / 2 };
}

/** Larger or smaller, with what is at the point staying there. */
export function zoomed(view, point, factor) {
  const scale = clamp(view.scale * factor, ...SCALES), by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

export function toCanvas(view, { x, y }) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}
