// The builder: one template, seen as screens show it, and changed by hand. Puts the parts together; what each does is
// in its own file. `room` is what they share, the panels, too.

import { $, mark, say } from "./front-paint.js";
import { makeTemplatePainter } from "./template-paint.js";
import { actsOf, openBar, paintBar } from "./build-bar.js";
import { makeDoc } from "./build-doc.js";
import { draftOf, keepDraft, load, offerDraft, paintKept, save } from "./build-keep.js";
import { openKeys } from "./build-keys.js";
import { BLOCKS_MAX, newTemplate } from "./build-kinds.js";
import { elementOf, paintBlocks, paintFrame, paintGuides, paintRubber } from "./build-over.js";
import { openOld } from "./build-old.js";
import { arm, openPalette } from "./build-palette.js";
import { openPanels } from "./build-panels.js";
import { openPointer } from "./build-pointer.js";
import { openText } from "./build-text.js";
import { makeView } from "./build-view.js";
import { chosenWords, spoken } from "./build-words.js";
import { attempt, may, me, notice, stay } from "./work-here.js";

const CLOCK_MS = 1000;
const HINT = "Pull a block onto the canvas, or choose one and draw it. ? shows all keys.";
const NARROW = matchMedia("(max-width: 999.98px)");

const over = { aim: null, holds: [], rubber: null };
const room = {
  me, name: $("builder").dataset.template, partner: new URLSearchParams(location.search).get("partner") || "",
  stage: $("stage"), free: false, arming: "", shows: { grid: true, safe: true }, saving: false, onConflict: null, onGone: null,
  options: { qrUrl, imageUrl: name => `/images/${encodeURIComponent(name)}`, hints: true, onFonts: () => room.repaint() },
  /** What the painter gets, or a function of the time that gives it. */
  data: () => ({ fields: {}, known: true, offset: 0, rows: [], counts: [] }),
  get mayEdit() { return may("operator") && !NARROW.matches; },
  save: () => save(room),
  refuse: (words, again = null) => notice(words, again),
  hint: words => say($("hint"), words || (room.mayEdit ? HINT : "")),
  full: () => notice(`There are ${BLOCKS_MAX} blocks: no more can be in a state.`),
};

function qrUrl(text, dark, light) {
  return `/api/qr.svg?${new URLSearchParams({ text, dark, light })}`;
}

// ---- what is seen ------------------------------------------------------------------------------------------------

/** The picture, as screens have it. `enter`: somebody has come. */
room.repaint = ({ enter = false } = {}) => {
  const { data, doc } = room;
  room.painter.paint(doc.template, doc.which, typeof data === "function" ? data(Date.now()) : data, { enter });
};

/** All that lies above it, and what the toolbar says. */
room.paint = () => {
  const { doc } = room, { width, height } = doc.template.canvas;
  paintBlocks(room);
  paintFrame(room);
  paintGuides({ ...room, ...over });
  paintRubber(room, over.rubber);
  paintBar(room);
  paintKept(room);
  room.text.place();
  say($("where"), chosenWords(doc.selected()));
  say($("size"), `${width} × ${height}`);
  $("nothing").hidden = !room.mayEdit || doc.blocks().length > 0 || Boolean(over.aim || over.rubber);
};

room.show = what => {
  Object.assign(over, what);
  paintGuides({ ...room, ...over });
  paintRubber(room, over.rubber);
};

/** For who has it read aloud, and at the foot for a while. */
room.say = words => { say($("said"), words); room.hint(words); };
room.tell = () => { const blocks = room.doc.selected(); say($("said"), blocks.length === 1 ? spoken(blocks[0]) : chosenWords(blocks)); };

// ---- the focus ---------------------------------------------------------------------------------------------------

let tabbing = false;

room.focusBlock = (id, { quietly = false } = {}) => {
  const block = id && room.doc.block(id);
  if (!block) return;
  elementOf(id).focus({ preventScroll: true });
  if (!quietly) { room.doc.select([id]); room.view.reveal(block); room.tell(); }
};

/** So that the keys of the canvas work on what is chosen. */
room.toCanvas = () => {
  if (room.doc.selection.length) room.focusBlock(room.doc.selection[0], { quietly: true });
  else room.stage.focus({ preventScroll: true });
};

/** What has had the focus may be gone. */
room.keepFocus = () => { if (document.activeElement === document.body) room.toCanvas(); };

/** A new block is there; "": there was no room for it. */
room.placed = id => {
  arm(room, "");
  if (!id) return room.full();
  room.focusBlock(id);
  return room.say(`${spoken(room.doc.block(id))}.`);
};

room.leaveText = () => room.text.leave();
room.editText = id => {
  if (room.text.edit(id)) return true;
  const first = $("properties").querySelector("input, select, textarea, button");
  if (first) first.focus();
  return Boolean(first);
};

function attend() {
  addEventListener("keydown", event => { tabbing = event.key === "Tab"; mark(room.stage.parentNode, "by", "keys"); }, true);
  addEventListener("pointerdown", () => mark(room.stage.parentNode, "by", ""), true);
  addEventListener("keyup", () => { tabbing = false; }, true);
  $("blocks").addEventListener("focusin", event => { if (tabbing) room.focusBlock(event.target.dataset.id); });
  $("blocks").addEventListener("click", event => { if (event.detail === 0) room.focusBlock(event.target.dataset.id); });
  NARROW.addEventListener("change", () => { room.hint(""); room.paint(); });
}

// ---- all of it ---------------------------------------------------------------------------------------------------

async function open() {
  const loaded = await load(room.name, room.partner);
  if (loaded && loaded.template.format !== "racehub-3") return openOld(room, loaded);
  if (!loaded) return start(newTemplate(), { saved: null });
  return start(loaded.template, { version: loaded.version });
}

function start(template, how) {
  room.doc = makeDoc(template, how);
  room.painter = makeTemplatePainter($("canvas"), room.options);
  room.view = makeView({ stage: room.stage, paper: $("paper"), canvas: () => room.doc.template.canvas, onChange: () => { if (room.text) room.paint(); } });
  room.acts = actsOf(room);
  room.text = openText(room);
  room.pointer = openPointer(room);
  openPalette(room);
  openBar(room);
  openKeys(room);
  attend();
  room.doc.subscribe(what => {
    if (what.template || what.which) room.repaint();
    if (room.view.isFitted() && what.template) room.view.fit();
    else room.paint();
  });
  openPanels(room);
  room.repaint();
  room.hint("");
  room.view.fit();
  const draft = room.mayEdit ? draftOf(room) : null;
  if (room.mayEdit) keepDraft(room);
  if (draft) offerDraft(room, draft);
  setInterval(() => { if (!document.hidden) room.repaint(); }, CLOCK_MS);
  document.body.setAttribute("data-ready", "yes");
}

stay();
attempt(open);
