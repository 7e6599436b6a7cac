// The template that somebody works on: its two states, which is shown, what is chosen, and the way back. Pure: no DOM, no
// clock, no hub. A template is never changed in place: each change makes another that shares with the one before
// whatever is equal, so that `===` says whether a block is another.

import { editsOf } from "./build-edit.js";
import { cellBox, clamp, inGrid } from "./build-geometry.js";
import { PLACE_PX_MAX, copied, wholeTemplate } from "./build-kinds.js";

const STEPS_MAX = 300;
const PLACED = ["x", "y", "w", "h"];

/**
 * - `template`, `which` ("active" or "resting"), `state` (the one that is shown), `selection` (ids), `version` (the one
 *   that it was made from; 0: none), `dirty`.
 * - `change(label, fn, { merge })`: `fn(draft, state)` changes the draft, one step of the way back. Changes with the same
 *   `merge`, one after the other, are one step, until `settle()`. Gives whether anything is another.
 *   A block with a `cell` lies in it: who sets the cell moves the block, who sets x, y, w or h takes it out of the grid.
 * - `undo()`, `redo()`; `canUndo()`, `canRedo()` give the step's label, or "".
 * - `subscribe(cb)`: `cb({ template, which, selection, saved })`, true for what is another; gives what ends it.
 * - `markSaved(version, template)`: this has been kept, by default what is there now.
 * - the rest: build-edit.js.
 */
export function makeDoc(given, { version = 0, saved = given } = {}) {
  let template = wholeTemplate(given), kept = saved === null ? null : wholeTemplate(saved), dirty = kept === null || shared(kept, template) !== kept;
  let which = "active", selection = [], done = [], undone = [], merging = null;
  const listeners = new Set();

  const doc = {
    get template() { return template; },
    get which() { return which; },
    get other() { return which === "active" ? "resting" : "active"; },
    get state() { return template[which]; },
    get selection() { return selection; },
    get version() { return version; },
    get dirty() { return dirty; },
    blocks: () => template[which].blocks,
    block: id => template[which].blocks.find(each => each.id === id) || null,
    selected: () => template[which].blocks.filter(each => selection.includes(each.id)),
    subscribe(cb) { listeners.add(cb); return () => listeners.delete(cb); },
    settle() { merging = null; },
    change, undo, redo, setWhich, select, markSaved,
    canUndo: () => (done.length ? done[done.length - 1].label : ""),
    canRedo: () => (undone.length ? undone[undone.length - 1].label : ""),
  };
  return Object.assign(doc, editsOf(doc));

  function tell(what) {
    for (const each of [...listeners]) each({ template: false, which: false, selection: false, saved: false, ...what });
  }

  function change(label, fn, { merge = null, select: chosen } = {}) {
    const draft = copied(template);
    fn(draft, draft[which]);
    tidy(template, draft);
    const next = shared(template, draft), step = { label, which, before: template, selected: selection };
    const another = next !== template;
    if (another) {
      if (merge === null || merge !== merging || !done.length) done.push(step);
      if (done.length > STEPS_MAX) done.shift();
      undone = [];
      merging = merge;
      take(next);
      if (done[done.length - 1].before === template) { done.pop(); merging = null; }
    }
    const wanted = chosen || selection.filter(id => doc.block(id));
    const other = !equal(wanted, selection);
    selection = other ? wanted : selection;
    if (another || other) tell({ template: another, selection: other });
    return another;
  }

  /** What is as it was before this step, or as it was kept, is the same again. */
  function take(next) {
    const before = done.length ? done[done.length - 1].before : null;
    template = before && shared(before, next) === before ? before : next;
    dirty = kept === null || shared(kept, template) !== kept;
  }

  function undo() { return go(done, undone); }
  function redo() { return go(undone, done); }

  function go(from, to) {
    const step = from.pop();
    merging = null;
    if (!step) return "";
    to.push({ label: step.label, which: step.which, before: template, selected: selection });
    const switched = which !== step.which;
    template = step.before;
    which = step.which;
    selection = step.selected.filter(id => doc.block(id));
    dirty = kept === null || shared(kept, template) !== kept;
    tell({ template: true, which: switched, selection: true });
    return step.label;
  }

  function setWhich(state) {
    if (state === which) return;
    which = state;
    selection = [];
    merging = null;
    tell({ which: true, selection: true });
  }

  /** Blocks of one group are chosen together, but with `alone`. `toggle`: those that are chosen are so no more. */
  function select(ids, { toggle = false, alone = false } = {}) {
    const groups = new Set(alone ? [] : ids.map(id => (doc.block(id) || {}).group).filter(Boolean));
    const meant = doc.blocks().filter(each => ids.includes(each.id) || groups.has(each.group)).map(each => each.id);
    const all = meant.length > 0 && meant.every(id => selection.includes(id));
    const next = !toggle ? meant : all ? selection.filter(id => !meant.includes(id)) : [...new Set([...selection, ...meant])];
    if (equal(next, selection)) return;
    selection = next;
    merging = null;
    tell({ selection: true });
  }

  function markSaved(number, what = template) {
    version = number;
    kept = what;
    dirty = shared(kept, template) !== kept;
    tell({ saved: true });
  }
}

// ---- what every change goes through ------------------------------------------------------------------------------

function tidy(before, draft) {
  const regrid = !equal(before.grid, draft.grid) || !equal(before.canvas, draft.canvas);
  for (const which of ["active", "resting"]) {
    const old = new Map(before[which].blocks.map(each => [each.id, each]));
    for (const block of draft[which].blocks) place(block, old.get(block.id), draft, regrid);
  }
}

function place(block, old, template, regrid) {
  for (const side of ["x", "y"]) block[side] = clamp(Math.round(block[side]) || 0, -PLACE_PX_MAX, PLACE_PX_MAX);
  for (const side of ["w", "h"]) block[side] = clamp(Math.round(block[side]) || 1, 1, PLACE_PX_MAX);
  if (!block.cell) return;
  const same = old && old.cell && equal(old.cell, block.cell);
  if (same && PLACED.some(name => old[name] !== block[name])) block.cell = null;
  else if (!same || regrid) {
    block.cell = inGrid(template.grid, block.cell);
    Object.assign(block, cellBox(template, block.cell));
  }
}

/** `next`, with the parts of `before` that are equal to its own. */
export function shared(before, next) {
  if (before === next || typeof next !== "object" || next === null || typeof before !== "object" || before === null) return next;
  if (Array.isArray(before) !== Array.isArray(next)) return next;
  const names = Object.keys(next), byId = Array.isArray(next) && next.length > 0 && next[0] && next[0].id ? new Map(before.map(each => [each && each.id, each])) : null;
  const made = Array.isArray(next) ? [] : {};
  let same = names.length === Object.keys(before).length;
  for (const name of names) {
    made[name] = shared(byId ? byId.get(next[name].id) : before[name], next[name]);
    if (made[name] !== before[name]) same = false;
  }
  return same ? before : made;
}

function equal(a, b) {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
