// A block's text, written beside it while it is seen in it. Knows which kinds have a text; the rest is the panels'.

import { boundsOf } from "./build-geometry.js";
import { TEXT_CHARS_MAX, labelOf } from "./build-kinds.js";
import { $, say } from "./front-paint.js";
import { elementOf } from "./build-over.js";

const TEXTS_CHARS_MAX = 20000;
const BELOW_PX = 10;
const HINTS = {
  text: "{{name}}, {{bib}} and the like become the runner’s. Enter: done; Shift+Enter: another line; Esc: as before.",
  counter: "{{count}} becomes the number. Enter: done; Esc: as before.",
  qr: "What somebody gets who scans it; {{bib}} and the like become the runner’s. Enter: done; Esc: as before.",
  message: "One message a line. Ctrl+Enter: done; Esc: as before.",
};

/** Gives { edit(id), leave(), isOpen() }. `edit` says whether the kind has a text. */
export function openText(room) {
  const { doc } = room, form = $("typed"), area = $("typed-text");
  let id = "", before = null;

  const isList = block => block.kind === "message";

  function edit(wanted) {
    const block = doc.block(wanted);
    if (!block || !room.mayEdit || !(block.kind in HINTS)) return false;
    leave();
    id = wanted;
    before = isList(block) ? block.texts : block.text;
    say($("typed-label"), labelOf(block.kind));
    say($("typed-hint"), HINTS[block.kind]);
    area.maxLength = isList(block) ? TEXTS_CHARS_MAX : TEXT_CHARS_MAX;
    area.rows = isList(block) ? 6 : 2;
    area.value = isList(block) ? block.texts.join("\n") : block.text;
    form.hidden = false;
    place();
    area.focus({ preventScroll: true });
    area.select();
    return true;
  }

  /** Below the block, else above it, else within the stage. */
  function place() {
    const block = id && doc.block(id);
    if (!block) return id && leave();
    const { x, y, w, h } = room.view.onStage(boundsOf(block)), { clientWidth, clientHeight } = room.stage;
    const own = form.getBoundingClientRect(), below = y + h + BELOW_PX, above = y - own.height - BELOW_PX - 20;
    const top = below + own.height <= clientHeight - 4 ? below : above >= 4 ? above : clientHeight - own.height - 4;
    const left = Math.max(4, Math.min(clientWidth - own.width - 4, x + w / 2 - own.width / 2));
    form.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(4, top))}px)`;
    return undefined;
  }

  function put(value, label = "Text") {
    const block = doc.block(id);
    if (block) doc.set([id], isList(block) ? { texts: value } : { text: value }, label, { merge: `typed-${id}` });
  }

  function leave() {
    if (!id) return;
    const was = id, within = form.contains(document.activeElement);
    id = "";
    form.hidden = true;
    doc.settle();
    if (within && elementOf(was)) elementOf(was).focus({ preventScroll: true });
  }

  area.addEventListener("input", () => {
    const block = doc.block(id);
    if (block) put(isList(block) ? linesOf(area.value) : area.value);
  });
  area.addEventListener("keydown", event => {
    if (event.isComposing) return;
    event.stopPropagation();
    const list = doc.block(id) && isList(doc.block(id));
    if (event.key === "Escape") { put(before); leave(); }
    else if (event.key === "Enter" && (list ? event.ctrlKey || event.metaKey : !event.shiftKey)) leave();
    else if (event.key === "s" && (event.ctrlKey || event.metaKey)) room.save();
    else return;
    event.preventDefault();
  });
  area.addEventListener("blur", () => { if (document.hasFocus()) leave(); });
  form.addEventListener("submit", event => event.preventDefault());

  return { edit, leave, place, isOpen: () => Boolean(id) };
}

function linesOf(text) {
  return text.split("\n").map(each => each.trim().slice(0, TEXT_CHARS_MAX)).filter(Boolean).slice(0, 100);
}
