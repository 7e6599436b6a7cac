// Where an import is, for a page that is loaded again: what this tab keeps of it, and what the hub has. Knows no step.

import { $, field, keep, say, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { age } from "./work-words.js";
import { fileFacts } from "./roster-import-words.js";

export const FILES = "/api/rosters/files";

const keyOf = session => "roster-import:" + session;

export function keptHere(session) {
  try { return JSON.parse(sessionStorage.getItem(keyOf(session)) || "null"); } catch { return null; }
}

/** A tab that cannot keep anything starts anew. */
export function keepHere(session, kept) {
  try {
    if (kept) sessionStorage.setItem(keyOf(session), JSON.stringify(kept));
    else sessionStorage.removeItem(keyOf(session));
  } catch { /* as said */ }
}

/** The hub deletes it by itself after an hour: so it does not matter whether it hears this. */
export async function forget({ id }) {
  try { await ask("DELETE", `${FILES}/${id}`); } catch (problem) { if (problem.status === undefined) throw problem; }
}

/** Null: there is none any more, or no answer. */
export async function jobOf(id) {
  if (!id) return null;
  try {
    return (await ask("GET", "/api/jobs/" + id)).job;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    return null;
  }
}

/** Files that another tab has sent, or this one before it was closed. `resume(file)`: somebody goes on with it. */
export async function listWaiting(session, resume) {
  let files = [];
  const list = $("import-waiting");
  try {
    files = (await ask("GET", `${FILES}?session=${session}`)).files;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
  const paint = () => keep(list, files, each => each.id, "import-waiting-template", (element, each) => {
    say(field(element, "name"), each.name);
    say(field(element, "detail"), ["not imported yet", fileFacts(each), each.made_at && "sent " + age(Date.parse(each.made_at), Date.now())].filter(Boolean).join(" · "));
    for (const button of element.querySelectorAll("button")) set(button, "aria-label", `${button.textContent}: ${each.name}`);
  });
  paint();
  list.onclick = event => {
    const button = event.target.closest("[data-act]"), row = button && button.closest("[data-key]");
    const each = row && files.find(one => String(one.id) === row.dataset.key);
    if (!each) return;
    if (button.dataset.act === "resume") return resume(each);
    files = files.filter(one => one !== each);
    forget(each);
    paint();
  };
}
