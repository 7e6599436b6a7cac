// The toolbar: the same acts as by keys, and what can be done now. An act that needs blocks is off without them.

import { $, mark, say, set } from "./front-paint.js";
import { arm } from "./build-palette.js";
import { showKeys } from "./build-keys.js";
import { notice } from "./work-here.js";

const CHOSEN = ["front", "back", "lock", "duplicate", "delete"];
const STATES = { active: "With a runner", resting: "Resting" };

/** What the toolbar and the keys do; each gives false where there was nothing to do. */
export function actsOf(room) {
  const { doc } = room;
  const told = done => { if (done) room.tell(); return done; };
  const stepped = (label, words) => { room.leaveText(); if (label) { room.say(`${words}: ${label.toLowerCase()}.`); room.keepFocus(); } };
  return {
    undo: () => stepped(doc.undo(), "Undone"),
    redo: () => stepped(doc.redo(), "Done again"),
    turn: degrees => told(doc.turn(degrees)),
    group: () => (doc.group() ? room.say("Grouped.") : undefined),
    ungroup: () => (doc.ungroup() ? room.say("No group any more.") : undefined),
    lock() { if (doc.lock()) room.say(doc.selected()[0].locked ? "Locked." : "Not locked any more."); },
    duplicate() { if (doc.duplicate()) room.focusBlock(doc.selection[0], { quietly: true }); else if (doc.selection.length) room.full(); },
    remove() {
      const { selection } = doc, order = doc.blocks().map(each => each.id), next = order.slice(order.indexOf(selection[0])).find(id => !selection.includes(id));
      if (!selection.length) return false;
      if (!doc.remove()) { room.say("What is locked stays."); return true; }
      room.say("Taken away.");
      if (next && doc.block(next)) room.focusBlock(next, { quietly: true }); else room.stage.focus({ preventScroll: true });
      return true;
    },
    /** The one after the one that has the focus, or before it, is chosen, too. */
    extend(step) {
      const order = doc.blocks().map(each => each.id), here = document.activeElement.dataset.id || doc.selection[0];
      const next = order[Math.max(0, Math.min(order.length - 1, order.indexOf(here) + step))];
      if (!next) return false;
      if (!doc.selection.includes(next)) doc.select([...doc.selection, next]);
      room.focusBlock(next, { quietly: true });
      room.tell();
      return true;
    },
    edit() {
      const [id] = doc.selection;
      return id ? room.editText(id) : false;
    },
    escape() {
      if (room.pointer.cancel()) return true;
      if (room.arming) { arm(room, ""); return true; }
      if (!doc.selection.length) return false;
      doc.select([]);
      room.stage.focus({ preventScroll: true });
      return true;
    },
    state(which) { room.leaveText(); doc.setWhich(which); room.say(`${STATES[which]}.`); },
    toOther() {
      const all = !doc.selection.length, there = doc.template[doc.other].blocks.length, count = doc.copyToOther(all ? null : undefined);
      const words = `${all ? "All" : count === 1 ? "One block" : count + " blocks"} copied to ${STATES[doc.other].toLowerCase()}`;
      if (count && all && there) notice(`${words}, in place of ${there === 1 ? "a block" : there + " blocks"}. Undo brings ${there === 1 ? "it" : "them"} back.`);
      else room.say(count ? `${words}.` : "Nothing was copied.");
    },
  };
}

export function openBar(room) {
  const { doc, view, acts } = room;
  const doing = {
    undo: acts.undo, redo: acts.redo, group: () => (doc.selected().some(each => each.group) ? acts.ungroup() : acts.group()), lock: acts.lock, duplicate: acts.duplicate,
    delete: acts.remove, front: () => doc.order("front"), back: () => doc.order("back"), "to-other": acts.toOther, save: () => room.save(), keys: showKeys,
    "distribute-x": () => doc.distribute("x"), "distribute-y": () => doc.distribute("y"),
    "zoom-in": view.closer, "zoom-out": view.farther, "zoom-fit": view.fit, "zoom-100": () => view.zoomTo(1),
    free() { room.free = !room.free; },
    grid() { room.shows.grid = !room.shows.grid; },
    safe() { room.shows.safe = !room.shows.safe; },
  };
  for (const how of ["left", "center", "right", "top", "middle", "bottom"]) doing[`align-${how}`] = () => doc.align(how);
  $("builder").addEventListener("click", event => {
    const button = event.target.closest("button[data-act]");
    if (!button || !doing[button.dataset.act]) return;
    doing[button.dataset.act]();
    room.paint();
    if (event.detail > 0 && $("tools").contains(button) && !document.querySelector("dialog[open]")) room.toCanvas();
  });
  const tabs = [...document.querySelectorAll("[data-which]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => acts.state(tab.dataset.which));
    tab.addEventListener("keydown", event => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      acts.state(doc.other);
      tabs.find(each => each.dataset.which === doc.which).focus();
    });
  }
  roving($("tools"));
}

/** A toolbar is one stop of the Tab key: arrows go through it. */
function roving(bar) {
  const all = () => [...bar.querySelectorAll("button")].filter(each => !each.disabled && each.offsetParent !== null);
  const only = one => { for (const each of bar.querySelectorAll("button")) each.tabIndex = each === one ? 0 : -1; };
  bar.addEventListener("focusin", event => only(event.target));
  bar.addEventListener("keydown", event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const buttons = all(), next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    event.preventDefault();
    next.focus();
  });
  bar.refresh = () => { if (!all().some(each => each.tabIndex === 0) && all()[0]) only(all()[0]); };
}

export function paintBar(room) {
  const { doc, view, shows } = room, chosen = doc.selected(), movable = chosen.filter(each => !each.locked);
  const off = (act, yes) => { const button = document.querySelector(`[data-act="${act}"]`); if (button && button.disabled !== yes) button.disabled = yes; };
  const pressed = (act, yes) => { const button = document.querySelector(`[data-act="${act}"]`); if (button) set(button, "aria-pressed", String(yes)); };
  for (const act of CHOSEN) off(act, !chosen.length);
  off("delete", !movable.length);
  for (const how of ["left", "center", "right", "top", "middle", "bottom"]) off(`align-${how}`, !movable.length);
  for (const how of ["x", "y"]) off(`distribute-${how}`, movable.length < 3);
  off("group", chosen.length < 2 && !chosen.some(each => each.group));
  off("undo", !doc.canUndo());
  off("redo", !doc.canRedo());
  off("to-other", !doc.blocks().length);
  for (const [act, words] of [["undo", doc.canUndo()], ["redo", doc.canRedo()]]) {
    const button = document.querySelector(`[data-act="${act}"]`), name = act === "undo" ? "Undo" : "Redo";
    if (button) { set(button, "aria-label", words ? `${name}: ${words}` : name); set(button, "title", `${name}${words ? ": " + words.toLowerCase() : ""} (Ctrl+${act === "undo" ? "" : "Shift+"}Z)`); }
  }
  pressed("group", chosen.some(each => each.group));
  pressed("lock", chosen.length > 0 && chosen.every(each => each.locked));
  pressed("free", room.free);
  pressed("grid", shows.grid);
  pressed("safe", shows.safe);
  say($("zoomed"), `${Math.round(view.scale * 100)} %`);
  for (const tab of document.querySelectorAll("[data-which]")) {
    const here = tab.dataset.which === doc.which;
    set(tab, "aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
  }
  if ($("to-other")) say($("to-other"), chosen.length ? `Copy to ${STATES[doc.other]}` : `Copy all to ${STATES[doc.other]}`);
  $("tools").refresh();
  mark($("builder"), "dirty", doc.dirty && "yes");
}
