// Where an import is, for a page that is loaded again: what this tab keeps of it, and what the hub has. Knows no step.

import { $, field, keep, say, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { age } from "./work-words.js";
import { fileFacts } from "./roster-import-words.js";

export const FILES = "/api/rosters/files";
export const APPLIES = "roster.apply";

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

/** Files that another tab has sent, or this one before it was closed, and that are not in yet. `resume(file, job)`:
 * somebody goes on with it; `job`: the last one of it, or null. */
export async function listWaiting(session, resume) {
  const list = $("import-waiting");
  let files = [], jobs = [];
  try {
    [{ files }, { jobs }] = await Promise.all([ask("GET", `${FILES}?session=${session}`), ask("GET", `/api/jobs?session=${session}`)]);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
  const lastOf = file => jobs.find(each => each.id === file.job) || null;
  const isIn = job => job !== null && job.kind === APPLIES && job.status === "done";
  files = files.filter(each => !isIn(lastOf(each)));
  const paint = () => keep(list, files, each => each.id, "import-waiting-template", (element, each) => {
    say(field(element, "name"), each.name);
    const job = lastOf(each), busy = job && job.status === "running";
    say(field(element, "detail"), [busy ? "the hub works on it" : "not imported yet", fileFacts(each), "sent " + age(Date.parse(each.made_at), Date.now())].join(" · "));
    for (const button of element.querySelectorAll("button")) set(button, "aria-label", `${button.textContent}: ${each.name}`);
  });
  paint();
  list.onclick = event => {
    const button = event.target.closest("[data-act]"), row = button && button.closest("[data-key]");
    const each = row && files.find(one => String(one.id) === row.dataset.key);
    if (!each) return;
    if (button.dataset.act === "resume") return resume(each, lastOf(each));
    files = files.filter(one => one !== each);
    forget(each);
    paint();
  };
}
