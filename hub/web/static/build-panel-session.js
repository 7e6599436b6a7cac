// Whose runners a template is tried with: those of a session, or made-up ones. Asks the hub once for each session, and
// remembers in this browser which it was.

import { MADE_UP } from "./build-samples.js";
import { ask } from "./work-ask.js";

const KEY = "racehub.template.session";
const SHOWN_MAX = 50;

/** Gives {extremes(), sessions(), sessionId(), chooseSession(id), whenKnown(cb)}; `id` "": made up. */
export function openSession({ partner = "" } = {}) {
  const held = new Map([["", MADE_UP]]), listeners = new Set();
  let sessions = [], id = "";

  async function load() {
    const all = (await ask("GET", "/api/sessions")).sessions;
    sessions = all.filter(each => each.purpose !== "inbox" && (!partner || !each.partner || each.partner.slug === partner)).slice(0, SHOWN_MAX);
    const wanted = sessions.find(each => String(each.id) === remembered()) || sessions.find(each => each.status === "active");
    if (wanted) await choose(wanted.id);
    else tell();
  }

  async function choose(wanted) {
    id = wanted;
    remember(String(wanted));
    if (!held.has(wanted)) held.set(wanted, await ask("GET", `/api/sessions/${wanted}/extremes`));
    tell();
  }

  function tell() { for (const each of [...listeners]) each(); }

  /** A session without a roster has nobody to try it with. */
  function extremes() {
    const found = held.get(id) || MADE_UP;
    return found.runners.length ? found : { ...MADE_UP, locations: found.locations.length ? found.locations : MADE_UP.locations, session: found.session };
  }

  return { load, extremes, sessions: () => sessions, sessionId: () => id, chooseSession: choose, whenKnown(cb) { listeners.add(cb); } };
}

function remembered() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function remember(id) {
  try { localStorage.setItem(KEY, id); } catch { /* a browser without room for it: asked again the next time */ }
}
