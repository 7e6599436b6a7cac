// Loads a template, saves it, and keeps in this browser what is not saved yet, so that a crash loses nothing.

import { $, mark, say } from "./front-paint.js";
import { wholeTemplate } from "./build-kinds.js";
import { ask } from "./work-ask.js";
import { when } from "./work-words.js";

const DRAFT_MS = 400;
const KEY = "racehub.template.";

export function pathOf(name, partner, more = "") {
  return `/api/templates/${encodeURIComponent(name)}${more}` + (partner ? `?partner=${encodeURIComponent(partner)}` : "");
}

/** The newest version: { name, version, template }; null: there is none of this name. */
export async function load(name, partner) {
  try {
    return await ask("GET", pathOf(name, partner, "/versions/latest"));
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Makes the next version. At a conflict `room.onConflict` is told, and `room.onGone` when there is none to follow any
 * more; whatever is refused, nothing here is lost. */
export async function save(room) {
  const { doc, name, partner } = room;
  if (room.saving || !room.mayEdit) return false;
  room.leaveText();
  const template = doc.template, body = { name, template, base: doc.version, ...(partner ? { partner } : {}) };
  room.saving = true;
  paintKept(room);
  try {
    const { version } = await ask("POST", "/api/templates", body);
    doc.markSaved(version, template);
    room.say(`Saved: version ${version}.`);
    return true;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status === 409 && problem.field === "base" && room.onConflict) room.onConflict(problem);
    else if (problem.status === 404 && problem.field === "base" && room.onGone) room.onGone(problem.message);
    else if (problem.status !== 401) room.refuse(problem.message, problem.again ? () => room.save() : null);
    return false;
  } finally {
    room.saving = false;
    paintKept(room);
  }
}

export function paintKept({ doc, saving, mayEdit }) {
  const words = saving ? "Saving." : !doc.version ? "Not saved yet" : !doc.dirty ? `Version ${doc.version}` : `Version ${doc.version}, changed`;
  say($("kept"), words);
  if ($("save")) {
    $("save").setAttribute("aria-busy", String(Boolean(saving)));
    $("save").disabled = !mayEdit || (!doc.dirty && doc.version > 0);
  }
}

// ---- what is not saved yet ---------------------------------------------------------------------------------------

/** Keeps a draft as long as there is something unsaved; asks before the page is left with it. */
export function keepDraft(room) {
  const { doc } = room, key = keyOf(room);
  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    timer = 0;
    try {
      if (doc.dirty) localStorage.setItem(key, JSON.stringify({ version: doc.version, template: doc.template, at: new Date().toISOString() }));
      else localStorage.removeItem(key);
    } catch { /* a browser without room for it: the page goes on */ }
  };
  doc.subscribe(what => { if ((what.template || what.saved) && !timer) timer = setTimeout(write, DRAFT_MS); });
  addEventListener("pagehide", () => { if (timer) write(); });
  addEventListener("beforeunload", event => {
    if (!doc.dirty || !doc.canUndo()) return;
    if (timer) write();
    event.preventDefault();
    event.returnValue = "";
  });
}

/** What was not saved the last time, if it differs from what is there: { version, template, at }; else null. */
export function draftOf(room) {
  try {
    const draft = JSON.parse(localStorage.getItem(keyOf(room)) || "null");
    if (!draft || draft.template.format !== "racehub-3") return null;
    const template = wholeTemplate(draft.template);
    return JSON.stringify(template) === JSON.stringify(room.doc.template) ? null : { ...draft, template };
  } catch {
    return null;
  }
}

export function dropDraft(room) {
  try { localStorage.removeItem(keyOf(room)); } catch { /* then there is none */ }
}

function keyOf({ me, partner, name }) {
  return KEY + JSON.stringify([me.id, partner, name]);
}

/** Asks whether it is to be taken up. It is kept until somebody has answered, or has changed something else. */
export function offerDraft(room, draft) {
  const { doc } = room, offer = $("offer"), words = document.createElement("p"), kept = doc.template;
  const later = doc.version > draft.version ? ` Version ${doc.version} has been saved since.` : "";
  words.textContent = `There are changes of ${when(draft.at)} that were not saved.${later}`;
  const button = (text, act, tone = "") => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: tone });
    made.addEventListener("click", () => { offer.hidden = true; offer.replaceChildren(); act(); });
    return made;
  };
  offer.replaceChildren(words, button("Take them up", () => {
    doc.markSaved(draft.version, kept);
    doc.replace("Take up what was not saved", draft.template);
    room.stage.focus();
  }, "main"), button("Drop them", () => { dropDraft(room); room.stage.focus(); }));
  mark(offer, "of", "draft");
  offer.hidden = false;
}
