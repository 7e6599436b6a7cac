// The roster of a session in short: how many are on it, where they come from, and how many tags nobody has.

import { $, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { number } from "./roster-words.js";
import { count, listed } from "./work-words.js";

const ASK_MS = 15000;
const FROM = { provider: "a service", file: "a file", hand: "added by hand" };

/** Where they come from takes the hub a while to count: only when there are others. */
const known = { total: null, origins: {} };

/** `session()`: as it is now. */
export async function openRoster(session) {
  if (!$("roster-words")) return;    // the session is gone
  if (!document.hidden) await load(session().id);
  setTimeout(openRoster, ASK_MS, session);
}

async function load(id) {
  const people = `/api/participants?session=${id}&limit=1`;
  try {
    const [{ total }, unknown, { link }] = await Promise.all([
      ask("GET", people), ask("GET", `/api/sessions/${id}/unknown-tags`), ask("GET", `/api/sessions/${id}/provider`),
    ]);
    if (total !== known.total) Object.assign(known, { total, origins: ((await ask("GET", people + "&facets=1")).facets || {}).origins || {} });
    if ($("roster-words")) paint(total, known.origins, unknown.total || unknown.tags.length, link);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
}

function paint(total, origins, unknown, link) {
  say($("roster-words"), total ? count(total, "runner") : "Nobody yet: screens show the numbers of tags");
  const parts = Object.keys(FROM).filter(origin => origins[origin]).map(origin => `${number(origins[origin])} ${origin === "hand" ? "" : "from "}${FROM[origin]}`);
  sayOrHide($("roster-from"), [total && parts.length ? sentence(listed(parts)) : "", link ? linkWords(link) : ""].filter(Boolean).join(" "));
  sayOrHide($("roster-unknown"), total && unknown ? `${count(unknown, "tag")} read that nobody has` : "");
}

function linkWords({ account, event, enabled, problem }) {
  const where = `${event.name || event.id} at ${account.name || account.kind}`;
  return problem ? `${where}: ${problem}` : `${enabled ? "Kept up with" : "Was loaded from"} ${where}.`;
}

const sentence = words => words.charAt(0).toUpperCase() + words.slice(1) + ".";
