// All that is done by keys, in one table: what the page obeys is what its dialog shows. No key is taken from a field in
// which somebody writes, nor from a dialog; those that move blocks act on the canvas alone.

import { $ } from "./front-paint.js";

const TYPING = "input, select, textarea, [contenteditable]";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Each: what is shown, the keys as `nameOf` has them, what it does, and where: "canvas" alone, or everywhere. A canvas's
 * key that gives false is left to the browser. */
function tableOf(room) {
  const { doc, view, acts } = room;
  const arrows = (before, act) => Object.entries(ARROWS).map(([key, by]) => [before + key, () => { act(by); room.tell(); }]);
  return [
    ["Choose", [
      ["Tab, Shift+Tab", "the next block, the one before", []],
      ["Shift+Arrows", "the next or the one before, too", arrows("shift+", ([x, y]) => acts.extend(x + y))],
      ["Ctrl+A", "all of them", [["mod+a", () => { doc.select(doc.blocks().filter(each => !each.locked).map(each => each.id)); room.tell(); }]]],
      ["Esc", "none; gives up what is being pulled or drawn", [["Escape", () => acts.escape()]]],
      ["F6", "from the canvas to the panels and back", []],
    ]],
    ["Move, size, turn", [
      ["Arrows", "by a cell", arrows("", ([x, y]) => doc.step(x, y))],
      ["Alt+Arrows", "by a pixel, out of the grid", arrows("alt+", ([x, y]) => doc.nudge(x, y))],
      ["Shift+Alt+Arrows", "by ten pixels", arrows("shift+alt+", ([x, y]) => doc.nudge(10 * x, 10 * y))],
      ["Ctrl+Arrows", "larger or smaller by a cell", arrows("mod+", ([x, y]) => doc.grow(x, y))],
      ["Ctrl+Alt+Arrows", "by a pixel", arrows("mod+alt+", ([x, y]) => doc.grow(x, y, 1))],
      ["[ ]", "turn by 15 degrees; with Alt by one", [["[", () => acts.turn(-15)], ["]", () => acts.turn(15)], ["alt+[", () => acts.turn(-1)], ["alt+]", () => acts.turn(1)]]],
      ["G", "into the nearest cells", [["g", () => { doc.toGrid(); room.tell(); }]]],
      ["Page up, Page down", "above or below the next; with Shift all", [
        ["PageUp", () => doc.order("raise")], ["PageDown", () => doc.order("lower")], ["shift+PageUp", () => doc.order("front")], ["shift+PageDown", () => doc.order("back")],
      ]],
    ]],
    ["Change", [
      ["Enter", "the text of a block", [["Enter", () => acts.edit()]]],
      ["Ctrl+C, Ctrl+X, Ctrl+V", "copy, cut, paste", []],
      ["Ctrl+D", "duplicate", [["mod+d", () => acts.duplicate()]]],
      ["Delete", "take away", [["Delete", () => acts.remove()], ["Backspace", () => acts.remove()]]],
      ["Ctrl+G, Ctrl+Shift+G", "group, ungroup", [["mod+g", () => acts.group()], ["mod+shift+g", () => acts.ungroup()]], "all"],
      ["Ctrl+L", "lock, unlock", [["mod+l", () => acts.lock()]], "all"],
      ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo", [["mod+z", () => acts.undo()], ["mod+shift+z", () => acts.redo()], ["mod+y", () => acts.redo()]], "all"],
      ["Ctrl+S", "save", [["mod+s", () => room.save()]], "all"],
    ]],
    ["Look", [
      ["1, 2", "with a runner, resting", [["1", () => acts.state("active")], ["2", () => acts.state("resting")]], "all"],
      ["+, -, 0", "larger, smaller, all of it", [["+", view.closer], ["=", view.closer], ["-", view.farther], ["0", view.fit]], "all"],
      ["Ctrl+Wheel, Space and pull", "larger or smaller, push the canvas", []],
      ["?", "these keys", [["?", () => showKeys()]], "all"],
    ]],
  ];
}

const LOOKING = ["Escape", "1", "2", "+", "=", "-", "0", "?", "mod+a", ...Object.keys(ARROWS).map(key => "shift+" + key)];

const CODES = { BracketLeft: "[", BracketRight: "]" };

/** "mod+shift+z": `mod` is Ctrl, or Command on a Mac. A sign is that sign, however it is had: with Shift, or with AltGr;
 * but a Mac makes another of it with Alt. */
export function nameOf(event) {
  const graph = event.getModifierState("AltGraph"), mod = !graph && (event.ctrlKey || event.metaKey), alt = !graph && event.altKey;
  const key = (alt && CODES[event.code]) || event.key, letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const shift = event.shiftKey && (key.length > 1 || (letter && mod));
  return (mod ? "mod+" : "") + (shift ? "shift+" : "") + (alt ? "alt+" : "") + (letter ? key.toLowerCase() : key);
}

export function openKeys(room) {
  const table = tableOf(room), canvas = new Map(), all = new Map();
  for (const [, rows] of table) {
    for (const [, , keys, where] of rows) for (const [name, act] of keys) (where === "all" ? all : canvas).set(name, act);
  }
  listKeys(table);

  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const name = nameOf(event), typing = event.target.closest(TYPING);
    if (event.key === "F6" && !event.ctrlKey && !event.metaKey) { event.preventDefault(); toNextPart(event.shiftKey ? -1 : 1); return; }
    if (typing && name !== "mod+s") return;
    if (event.key === " ") { if (onCanvas(room, event.target)) { event.preventDefault(); room.pointer.space(true); } return; }
    const act = all.get(name) || (onCanvas(room, event.target) && canvas.get(name)) || (name === "Escape" && canvas.get(name));
    if (!act || !(room.mayEdit || LOOKING.includes(name))) return;
    if (act() === false) return;
    event.preventDefault();
  });
  document.addEventListener("keyup", event => {
    if (event.key === " ") room.pointer.space(false);
    if (event.key.startsWith("Arrow") || event.key === "[" || event.key === "]") room.doc.settle();
  });
  for (const name of ["copy", "cut", "paste"]) document.addEventListener(name, event => clip(room, event));
}

/** The stage with all that is in it, and the page itself when nothing has the focus. */
function onCanvas({ stage }, target) {
  return target === document.body || target === document.documentElement || stage.contains(target) || target.id === "main";
}

function clip(room, event) {
  const { doc } = room, selection = document.getSelection();
  if (event.target.closest && event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open]") || !onCanvas(room, document.activeElement) || (event.type !== "paste" && selection && !selection.isCollapsed)) return;
  if (event.type === "paste") { if (room.mayEdit) pasteFrom(room, event); return; }
  if (event.type === "cut" && !room.mayEdit) return;
  const text = event.type === "cut" ? doc.cut() : doc.copy();
  if (!text) return;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
  room.say(event.type === "cut" ? "Cut." : "Copied.");
}

function pasteFrom(room, event) {
  const count = room.doc.paste(event.clipboardData.getData("text/plain")) || room.doc.paste();
  event.preventDefault();
  room.say(count ? `Pasted: ${count === 1 ? "one block" : count + " blocks"}.` : "There is no block to paste.");
  room.focusBlock(room.doc.selection[0], { quietly: true });
}

/** The toolbar, the left, the canvas, the right: to the first thing in each that takes the focus. */
function toNextPart(step) {
  const parts = ["bar", "tools", "left", "stage", "right"].map($).filter(each => each && each.offsetParent !== null);
  const here = parts.findIndex(each => each.contains(document.activeElement));
  for (let i = 1; i <= parts.length; i++) {
    const part = parts[(here + step * i + parts.length * 2) % parts.length];
    const first = part.querySelector("[aria-selected=true]:not([role=tab]), button:not(:disabled), input, select, textarea, [tabindex='0']") || (part.id === "stage" ? part : null);
    if (first) { first.focus(); return; }
  }
}

function listKeys(table) {
  const list = $("keys-list"), mac = /Mac|iPhone|iPad/.test(navigator.platform);
  list.replaceChildren(...table.map(([title, rows]) => {
    const section = document.createElement("section"), words = document.createElement("dl");
    section.append(Object.assign(document.createElement("h3"), { textContent: title }), words);
    for (const [keys, does] of rows) {
      const row = document.createElement("dt");
      row.append(...keys.split(", ").map(each => Object.assign(document.createElement("kbd"), { textContent: mac ? each.replace("Ctrl", "⌘").replace("Alt", "⌥") : each })).reduce((all, each) => (all.length ? [...all, " ", each] : [each]), []));
      words.append(row, Object.assign(document.createElement("dd"), { textContent: does }));
    }
    return section;
  }));
}

export function showKeys() {
  $("keys").showModal();
}
