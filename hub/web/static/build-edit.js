// What can be done to the blocks of a template, each one step of the way back. Pure; all of it goes through `doc.change`.

import { boxAround, cellBox, freeCell, middleOf, nearestCell, turnedAbout } from "./build-geometry.js";
import { BLOCKS_MAX, SIDE_PX, asBlock, copied, labelOf, lengthOn, newBlock, spanOf } from "./build-kinds.js";
import { aligned, cellStep, distributed } from "./build-snap.js";

const COPIED = "racehub-blocks-1";
const BESIDE_PX = 24;
const LETTERS = ["size", "least"];

/** `ids` that are not given are the chosen ones. */
export function editsOf(doc) {
  let clipboard = "", pasted = 0;

  const chosen = ids => doc.blocks().filter(each => (ids || doc.selection).includes(each.id));
  const free = ids => chosen(ids).filter(each => !each.locked);

  /** Changes each of these blocks: `patch` is what it gets, or a function of it. */
  function set(ids, patch, label = "Change", { merge } = {}) {
    const wanted = ids || doc.selection;
    return doc.change(label, (draft, state) => {
      for (const block of state.blocks) {
        if (wanted.includes(block.id)) Object.assign(block, typeof patch === "function" ? patch(block) : patch);
      }
    }, { merge });
  }

  /** As `boxes` says, by id: a cell that it names, else its pixels. `label` and `merge` as of a change. */
  function place(boxes, label, merge) {
    const byId = new Map(boxes.map(({ id, x, y, w, h, rotate, cell }) => [id, { rotate: rotate || 0, ...(cell ? { cell } : { x, y, w, h }), ...(cell === null ? { cell } : {}) }]));
    return set([...byId.keys()], block => byId.get(block.id), label, { merge });
  }

  /** By their pixels: what is moved leaves the grid. */
  function lay(boxes, label, merge) { return place(boxes.map(({ cell, ...each }) => each), label, merge); }

  function room(count = 1) { return doc.blocks().length + count <= BLOCKS_MAX; }

  /** A new block on top, chosen. Without a place it goes into the first free cells. Gives its id; "": no more can be. */
  function add(kind, given = {}) {
    if (!room()) return "";
    const id = newId(kind, doc.blocks());
    const place = "x" in given || given.cell ? {} : { cell: freeCell(doc.template, doc.blocks(), spanOf(kind)) };
    const block = newBlock(kind, { ...place, ...given, id });
    if (block.cell) Object.assign(block, cellBox(doc.template, block.cell));
    if (block.type && !given.type) for (const name of LETTERS) block.type[name] = letters(lengthOn(doc.template.canvas, block.type[name]));
    doc.change(`Add ${labelOf(kind).toLowerCase()}`, (draft, state) => { state.blocks.push(block); }, { select: [id] });
    return id;
  }

  function remove(ids) {
    const gone = free(ids).map(each => each.id);
    return gone.length > 0 && doc.change("Delete", (draft, state) => { state.blocks = state.blocks.filter(each => !gone.includes(each.id)); });
  }

  // ---- copies ----------------------------------------------------------------------------------------------------

  /** As JSON, also for another page's clipboard; "": nothing is chosen. */
  function copy(ids) {
    const blocks = chosen(ids);
    if (!blocks.length) return "";
    pasted = 0;
    clipboard = JSON.stringify({ format: COPIED, canvas: doc.template.canvas, blocks });
    return clipboard;
  }

  function cut(ids) {
    const text = copy(free(ids).map(each => each.id));
    if (text) remove(ids);
    return text;
  }

  /** Gives how many blocks there are now of what was copied, here or on another page. */
  function paste(text = clipboard) {
    const blocks = copiedBlocks(text);
    if (!blocks.length || !room(blocks.length)) return 0;
    pasted = text === clipboard ? pasted + 1 : 1;
    putIn(blocks, doc.which, pasted * BESIDE_PX, "Paste");
    return blocks.length;
  }

  function duplicate(ids) {
    const blocks = copied(chosen(ids));
    if (!blocks.length || !room(blocks.length)) return 0;
    putIn(blocks, doc.which, BESIDE_PX, "Duplicate");
    return blocks.length;
  }

  function putIn(blocks, which, by, label) {
    const there = doc.template[which].blocks;
    const isBeside = block => there.some(each => each.x === block.x && each.y === block.y && each.w === block.w && each.h === block.h);
    const made = renamed(blocks, there).map(each => (by && isBeside(each) ? { ...each, x: each.x + by, y: each.y + by, cell: null } : each));
    doc.change(label, draft => { draft[which].blocks.push(...made); }, which === doc.which ? { select: made.map(each => each.id) } : {});
  }

  /** Into the state that is not shown, to what is there; when `ids` is null, in place of it, with the ground. Gives how
   * many. */
  function copyToOther(ids) {
    const { other, state } = doc, label = `Copy to ${other}`;
    if (ids === null) return doc.change(label, draft => { draft[other] = copied(state); }) ? state.blocks.length : 0;
    const blocks = copied(chosen(ids));
    if (!blocks.length || doc.template[other].blocks.length + blocks.length > BLOCKS_MAX) return 0;
    putIn(blocks, other, 0, label);
    return blocks.length;
  }

  // ---- order, groups, marks --------------------------------------------------------------------------------------

  /** "front", "raise", "lower" or "back". */
  function order(how, ids) {
    const wanted = chosen(ids).map(each => each.id);
    return doc.change({ front: "To the front", raise: "Raise", lower: "Lower", back: "To the back" }[how], (draft, state) => {
      state.blocks = reordered(state.blocks, wanted, how);
    }, { merge: how === "raise" || how === "lower" ? `order-${wanted}` : null });
  }

  /** Below the block that is at this place in the order, counted from the lowest. */
  function moveTo(ids, index) {
    return doc.change("Change the order", (draft, state) => {
      const moved = state.blocks.filter(each => ids.includes(each.id)), below = state.blocks.slice(0, index).filter(each => !ids.includes(each.id));
      state.blocks = [...below, ...moved, ...state.blocks.filter(each => !ids.includes(each.id) && !below.includes(each))];
    });
  }

  function group(ids) {
    const wanted = chosen(ids);
    if (wanted.length < 2) return false;
    const name = freshName("group", doc.blocks().map(each => each.group));
    return set(wanted.map(each => each.id), { group: name }, "Group");
  }

  function ungroup(ids) { return set(ids, { group: "" }, "Ungroup"); }

  /** `to` is not given: locked unless all are. */
  function lock(ids, to = !chosen(ids).every(each => each.locked)) {
    return set(ids, { locked: to }, to ? "Lock" : "Unlock");
  }

  function hide(ids, to = !chosen(ids).every(each => each.hidden)) {
    return set(ids, { hidden: to }, to ? "Hide" : "Show");
  }

  // ---- place -----------------------------------------------------------------------------------------------------

  /** By pixels; what is in the grid leaves it. */
  function nudge(x, y, { merge = "nudge" } = {}) {
    return lay(free().map(each => ({ ...each, x: each.x + x, y: each.y + y })), "Move", merge && `${merge}-${doc.selection}`);
  }

  /** By cells, all of them by the same; what is placed freely goes as far as its pixels say. */
  function step(columns, rows) {
    const moved = free(), { template } = doc, celled = moved.filter(each => each.cell).map(each => each.cell);
    const [x, y] = cellStep(template.grid, celled, columns, rows), a = cellBox(template, [0, 0, 1, 1]);
    const b = cellBox(template, [template.grid.columns > 1 ? 1 : 0, template.grid.rows > 1 ? 1 : 0, 1, 1]);
    return place(moved.map(({ cell, ...each }) => (cell
      ? { ...each, cell: [cell[0] + x, cell[1] + y, cell[2], cell[3]] }
      : { ...each, x: each.x + x * (b.x - a.x || a.w), y: each.y + y * (b.y - a.y || a.h) })), "Move", `step-${doc.selection}`);
  }

  /** So many columns and rows more; of what is placed freely, so many pixels. */
  function grow(columns, rows, px = 0) {
    const { grid } = doc.template;
    return place(free().map(({ cell, ...each }) => (cell && !px
      ? { ...each, cell: [cell[0], cell[1], within(cell[2] + columns, grid.columns - cell[0]), within(cell[3] + rows, grid.rows - cell[1])] }
      : { ...each, w: Math.max(1, each.w + columns * (px || BESIDE_PX)), h: Math.max(1, each.h + rows * (px || BESIDE_PX)) })), "Resize", `grow-${doc.selection}`);
  }

  /** One about its middle, several about theirs. */
  function turn(degrees) {
    const blocks = free();
    return blocks.length > 0 && lay(turnedAbout(blocks, middleOf(boxAround(blocks)), degrees), "Rotate", `turn-${doc.selection}`);
  }

  /** `how`: left, center, right, top, middle or bottom. One block goes by the canvas, several by each other, unless `to`
   * is "canvas". */
  function align(how, to = free().length > 1 ? "selection" : "canvas") {
    const { width, height } = doc.template.canvas;
    return lay(aligned(free(), how, to === "canvas" ? { x: 0, y: 0, w: width, h: height } : undefined), "Align", null);
  }

  /** "x": the gaps from left to right; "y": from top to bottom. */
  function distribute(how) { return lay(distributed(free(), how), "Distribute", null); }

  /** Into the cells that each comes nearest to. */
  function toGrid(ids) {
    return set(free(ids).map(each => each.id), block => ({ cell: nearestCell(doc.template, block) }), "Into the grid");
  }

  // ---- all of it -------------------------------------------------------------------------------------------------

  /** The canvas's sides; `scale`: what is on it goes with it. The grid does where it would find no room. */
  function setCanvas(width, height, { scale = false } = {}) {
    return doc.change("Canvas", draft => {
      const { canvas, grid } = draft, x = width / canvas.width, y = height / canvas.height;
      draft.canvas = { width, height };
      if (scale || isCrowded(draft)) for (const name of ["margin", "gutter"]) grid[name] = scaled(grid[name], Math.min(x, y));
      if (scale) for (const block of [...draft.active.blocks, ...draft.resting.blocks]) scaleBlock(block, x, y);
    }, { merge: "canvas" });
  }

  function setGrid(patch) { return doc.change("Grid", draft => { Object.assign(draft.grid, patch); }, { merge: "grid" }); }
  function setSafe(safe) { return doc.change("Safe area", draft => { draft.safe = safe; }, { merge: "safe" }); }
  function setWall(wall) { return doc.change("Wall", draft => { draft.wall = wall; }, { merge: "wall" }); }
  /** `ground` and `image` of the state that is shown. */
  function setState(patch) { return doc.change("Background", (draft, state) => { Object.assign(state, patch); }, { merge: "state" }); }
  /** All of it is another: an older version, say. */
  function replace(label, template) {
    return doc.change(label, draft => { for (const name of Object.keys(draft)) delete draft[name]; Object.assign(draft, copied(template)); });
  }

  return {
    set, place, room, add, remove, copy, cut, paste, duplicate, copyToOther, order, moveTo, group, ungroup, lock, hide, nudge, step, grow,
    turn, align, distribute, toGrid, setCanvas, setGrid, setSafe, setWall, setState, replace, copied: () => clipboard,
  };
}

function within(value, most) {
  return Math.max(1, Math.min(most, value));
}

/** Sides by their own measure, letters, lines and corners by the smaller one: they keep their form. What lies in the grid
 * goes with that. */
function scaleBlock(block, x, y) {
  const less = Math.min(x, y);
  if (!block.cell) Object.assign(block, { x: block.x * x, y: block.y * y, w: block.w * x, h: block.h * y });
  for (const name of ["line_px", "radius", "padding"]) block.box[name] = scaled(block.box[name], less);
  if (block.kind === "list") block.gap = scaled(block.gap, less);
  if (block.type) for (const name of LETTERS) block.type[name] = letters(Math.round(block.type[name] * less));
}

function letters(px) {
  return Math.max(4, Math.min(4000, px));
}

/** Whether margins and gutters leave less than half of a side to the cells: of a far larger canvas, they may leave nothing. */
function isCrowded({ canvas: { width, height }, grid: { columns, rows, margin, gutter } }) {
  return [[width, columns], [height, rows]].some(([whole, count]) => 2 * margin + (count - 1) * gutter > whole / 2);
}

/** A length that there was stays one. */
function scaled(px, by) {
  return px ? Math.max(1, Math.min(SIDE_PX[1], Math.round(px * by))) : 0;
}

/** The same id if that is free, else the kind with the next number. */
function newId(kind, blocks, wanted = "") {
  return wanted && !blocks.some(each => each.id === wanted) ? wanted : freshName(kind, blocks.map(each => each.id));
}

function freshName(stem, taken) {
  let number = 1;
  while (taken.includes(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}

function renamed(blocks, there) {
  const made = [], groups = new Map(), taken = there.map(each => each.group);
  for (const block of blocks) {
    if (block.group && !groups.has(block.group)) groups.set(block.group, freshName("group", [...taken, ...groups.values()]));
    made.push({ ...block, id: newId(block.kind, [...there, ...made], block.id), group: groups.get(block.group) || "" });
  }
  return made;
}

function copiedBlocks(text) {
  try {
    const said = JSON.parse(text);
    return said && said.format === COPIED && Array.isArray(said.blocks) ? said.blocks.map(asBlock).filter(Boolean) : [];
  } catch {
    return [];
  }
}

function reordered(blocks, ids, how) {
  const moved = blocks.filter(each => ids.includes(each.id)), rest = blocks.filter(each => !ids.includes(each.id));
  if (how === "front") return [...rest, ...moved];
  if (how === "back") return [...moved, ...rest];
  const list = how === "raise" ? [...blocks].reverse() : [...blocks];
  for (let i = 1; i < list.length; i++) {
    if (ids.includes(list[i].id) && !ids.includes(list[i - 1].id)) [list[i - 1], list[i]] = [list[i], list[i - 1]];
  }
  return how === "raise" ? list.reverse() : list;
}
