// Follows what the hub does beside the requests, until it has ended, and shows how far it is. Knows the job's shape;
// what it is about, its caller knows.

import { say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";

const FIRST_MS = 150;
const MOST_MS = 1000;
const AWAY_MS = 2000;

export const LOST = "lost";       // the hub does not know it any more: it was started again, or the hour is over

/** Asks until it has ended. `tell(job, away)`: each time; `away`: the hub did not answer, and is asked again. */
export function follow(job, tell) {
  let timer = 0, wait = FIRST_MS, over = false;
  const later = ms => { timer = setTimeout(look, ms); };
  async function look() {
    let now = null;
    try {
      now = (await ask("GET", "/api/jobs/" + job.id)).job;
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (over || problem.status === 401) return;
      if (problem.status === 404) { over = true; return tell({ ...job, status: LOST }, false); }
      tell(job, true);
      return later(AWAY_MS);
    }
    if (over) return;
    job = now;
    over = job.status !== "running";
    wait = Math.min(MOST_MS, wait * 1.5);
    if (!over) later(wait);
    tell(job, false);
  }
  if (job.status === "running") later(FIRST_MS);
  else setTimeout(() => { if (!over) { over = true; tell(job, false); } });
  return { stop() { over = true; clearTimeout(timer); } };
}

/** Gives it as it is when it has ended. */
export async function cancel(job) {
  return (await ask("DELETE", "/api/jobs/" + job.id)).job;
}

/** `root`: what the macro `job` makes. `onCancel`: with it there is a button. */
export function makeProgress(root, onCancel) {
  const [title, bar, figures, words, button] = [".job-title", "progress", ".job-figures", ".job-words", "button"].map(each => root.querySelector(each));
  button.addEventListener("click", () => onCancel());

  /** `total` null: nobody knows how much there is. */
  function show(name, { done = 0, total = null, words: more = "", away = false, unit = "" } = {}, mayCancel = true) {
    say(title, name);
    if (total === null) bar.removeAttribute("value");
    else { bar.max = Math.max(1, total); bar.value = Math.min(done, total); }
    say(figures, figuresOf(done, total, unit));
    sayOrHide(words, away ? "The hub does not answer. It is asked again." : more);
    button.hidden = !mayCancel;
    root.hidden = false;
  }

  return { show, hide() { root.hidden = true; }, busy(yes) { set(button, "aria-busy", String(yes)); button.disabled = yes; } };
}

function figuresOf(done, total, unit) {
  const of = unit ? " " + unit : "";
  if (total === null) return done ? done.toLocaleString("en") + of : "";
  return `${done.toLocaleString("en")} of ${total.toLocaleString("en")}${of}`;
}
