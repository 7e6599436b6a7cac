// What a pull with the pointer makes of the chosen blocks. Each kind gives `move(point, keys)`, `end()` and `cancel()`;
// points are pixels of the canvas. No DOM: what is to be seen meanwhile goes to `room.show`.

import { around, boundsOf, boxAround, cellBox, clamp, drawnCell, middleOf, nearestCell, resized, scaled, sidesOf, steps, turnBetween, turnedAbout } from "./build-geometry.js";
import { cellStep, snapped, targetsOf } from "./build-snap.js";

const HOLD_PX = 6;                // of the screen
const LEAST_PX = 8;
let pulls = 0;

/** What all have in common: one step of the way back, and all as before when it is given up. */
function pull(room, label, boxesFor) {
  const blocks = room.doc.selected().filter(each => !each.locked), merge = `pull-${++pulls}`;
  const put = boxes => room.doc.place(boxes, label, merge);
  const done = () => { room.doc.settle(); room.show({ aim: null, holds: [] }); };
  return {
    move: (point, keys) => { if (blocks.length) put(boxesFor(blocks, point, keys)); },
    end: done,
    cancel() { put(blocks); done(); },
  };
}

function isFree(room, keys) {
  return room.free || keys.altKey;
}

// ---- moving ------------------------------------------------------------------------------------------------------

/** `lead`: the block that was taken hold of. */
export function moving(room, lead, start) {
  const { doc } = room, targets = targetsFor(room);
  return pull(room, "Move", (blocks, point, keys) => {
    let x = point.x - start.x, y = point.y - start.y;
    if (keys.shiftKey) [x, y] = Math.abs(x) > Math.abs(y) ? [x, 0] : [0, y];
    if (lead.cell && !isFree(room, keys)) return inCells(room, blocks, lead, x, y);
    const box = boxAround(blocks), held = keys.ctrlKey || keys.metaKey ? { x: 0, y: 0, guides: [] } : snapped({ ...box, x: box.x + x, y: box.y + y }, targets(), HOLD_PX / room.view.scale);
    if (keys.shiftKey) { if (x) held.y = 0; else held.x = 0; }
    room.show({ aim: null, holds: held.guides });
    return blocks.map(each => ({ ...each, x: each.x + x + held.x, y: each.y + y + held.y, cell: null }));
  });

  function inCells({ show }, blocks, { cell, ...box }, x, y) {
    const { template } = doc, to = nearestCell(template, { ...box, x: box.x + x, y: box.y + y });
    const [columns, rows] = cellStep(template.grid, blocks.map(each => each.cell).filter(Boolean), to[0] - cell[0], to[1] - cell[1]);
    const aim = [cell[0] + columns, cell[1] + rows, cell[2], cell[3]], there = cellBox(template, aim);
    show({ aim, holds: [] });
    return blocks.map(({ cell: own, ...each }) => (own
      ? { ...each, cell: [own[0] + columns, own[1] + rows, own[2], own[3]] }
      : { ...each, x: each.x + there.x - box.x, y: each.y + there.y - box.y }));
  }
}

/** Of all that is not moved; asked for once. */
function targetsFor({ doc, shows }) {
  let targets = null;
  const others = doc.blocks().filter(each => !each.hidden && !doc.selection.includes(each.id));
  return () => { targets = targets || targetsOf(doc.template, others, { grid: shows.grid }); return targets; };
}

// ---- sizing ------------------------------------------------------------------------------------------------------

export function sizing(room, handle, start) {
  const targets = targetsFor(room);
  return pull(room, "Resize", (blocks, point, keys) => {
    const by = { x: point.x - start.x, y: point.y - start.y }, [block] = blocks;
    const how = { ratio: keys.shiftKey, middle: keys.ctrlKey || keys.metaKey, least: LEAST_PX };
    if (blocks.length > 1) return several(blocks, handle, by, how);
    if (block.cell && !block.rotate && !isFree(room, keys)) return [inCells(room, block, handle, by)];
    const held = block.rotate ? { x: 0, y: 0, guides: [] } : hold(room, block, handle, by, how, targets());
    room.show({ aim: null, holds: held.guides });
    return [{ ...resized(block, handle, { x: by.x + held.x, y: by.y + held.y }, how), cell: null }];
  });
}

function several(blocks, handle, by, how) {
  const from = boxAround(blocks);
  return scaled(blocks, from, resized(from, handle, by, how)).map(each => ({ ...each, w: Math.max(1, each.w), h: Math.max(1, each.h), cell: null }));
}

/** The sides that are moved go to the nearest columns and rows, the others stay. */
function inCells({ doc, show }, block, handle, by) {
  const { template } = doc, { grid } = template, sides = steps(template), moved = sidesOf(handle), box = resized(block, handle, by);
  const [column, row, columns, rows] = block.cell;
  const along = (side, at, size, axis, first, span, count) => {
    const edge = value => Math.round((value - grid.margin) / axis.step);
    if (side < 0) { const from = clamp(edge(at), 0, first + span - 1); return [from, first + span - from]; }
    return side > 0 ? [first, clamp(edge(at + size + grid.gutter), first + 1, count) - first] : [first, span];
  };
  const [c, w] = along(moved[0], box.x, box.w, sides.x, column, columns, grid.columns), [r, h] = along(moved[1], box.y, box.h, sides.y, row, rows, grid.rows);
  show({ aim: [c, r, w, h], holds: [] });
  return { ...block, cell: [c, r, w, h] };
}

function hold({ view }, block, handle, by, how, targets) {
  const [x, y] = sidesOf(handle), box = resized(block, handle, by, how), parts = { x: x ? [(x + 1) / 2] : [], y: y ? [(y + 1) / 2] : [] };
  if (how.ratio) return { x: 0, y: 0, guides: [] };
  return snapped(box, targets, HOLD_PX / view.scale, parts);
}

// ---- turning -----------------------------------------------------------------------------------------------------

export function turning(room, start) {
  let about = null;
  return pull(room, "Rotate", (blocks, point, keys) => {
    about = about || middleOf(boxAround(blocks));
    const by = turnBetween(about, start, point, { stepped: keys.shiftKey, start: blocks[0].rotate });
    return turnedAbout(blocks, about, by).map(({ cell, ...each }) => (blocks.length > 1 ? { ...each, cell: null } : each));
  });
}

// ---- drawing -----------------------------------------------------------------------------------------------------

/** A rectangle for a new block; it goes into the cells that it touches, or where it is drawn. `span`: of a mere click. */
export function drawing(room, kind, span, start) {
  let cell = null, box = null;
  const { doc } = room;
  return {
    move(point, keys) {
      box = around([start, point]);
      cell = isFree(room, keys) ? null : drawnCell(doc.template, start, point);
      room.show({ aim: cell, holds: [], rubber: box });
    },
    end() {
      room.show({ aim: null, holds: [], rubber: null });
      const enough = box && (cell || (box.w >= LEAST_PX && box.h >= LEAST_PX));
      return doc.add(kind, enough ? (cell ? { cell } : box) : { cell: cellAt(doc.template, span, start) });
    },
    cancel() { room.show({ aim: null, holds: [], rubber: null }); },
  };
}

/** The cells of this span whose middle is nearest to a point. */
export function cellAt(template, [columns, rows], point) {
  const { w, h } = cellBox(template, [0, 0, Math.min(columns, template.grid.columns), Math.min(rows, template.grid.rows)]);
  return nearestCell(template, { x: point.x - w / 2, y: point.y - h / 2, w, h });
}

/** Blocks that are touched by a rectangle from one point to the other; what is locked or hidden is not caught. */
export function caught(doc, from, to) {
  const area = around([from, to]);
  return doc.blocks().filter(each => {
    const { x, y, w, h } = boundsOf(each);
    return !each.locked && !each.hidden && x < area.x + area.w && area.x < x + w && y < area.y + area.h && area.y < y + h;
  }).map(each => each.id);
}
