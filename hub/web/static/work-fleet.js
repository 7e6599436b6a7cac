// The fleet page: displays, and the screens that show them. Asks the hub again and again while somebody looks, and
// changes in place what is another by then.

import { copyOnClick } from "./front-copy.js";
import { $, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { openCodes, paintCodes } from "./work-fleet-codes.js";
import { openScreens, paintScreens } from "./work-fleet-screens.js";
import { attempt, may, stay } from "./work-here.js";
import { keys } from "./work-list.js";
import { count } from "./work-words.js";

const POLL_MS = 2000;
const SELDOM_MS = 20000;          // sessions, templates and partners: they change by hand
const BEAT_MS = 1000;

const room = {
  screens: [], displays: [], sessions: [], templates: [], partners: [], version: "", filter: "", skew: 0, refresh,
  now: () => Date.now() + room.skew,
};
let asking = null, timer = 0, seldomAt = -Infinity, known = false, away = "";

/** All of it, anew; one question at a time, and one more when somebody has done something meanwhile. */
async function refresh() {
  if (asking) await asking.catch(() => {});
  asking = load();
  try { await asking; } finally { asking = null; }
}

async function load() {
  const seldom = Date.now() - seldomAt >= SELDOM_MS;
  const [shown, all] = await Promise.all([ask("GET", "/api/screens"), ask("GET", "/api/displays"), ...(seldom ? [loadSeldom()] : [])]);
  Object.assign(room, { screens: shown.screens, version: shown.version, displays: all.displays, skew: Date.parse(shown.now) - Date.now() });
  known = true;
  away = "";
  paint();
}

async function loadSeldom() {
  const [{ sessions }, { templates }, partners] = await Promise.all([
    ask("GET", "/api/sessions"), ask("GET", "/api/templates?details=true"), may("admin") ? ask("GET", "/api/partners") : null,
  ]);
  room.sessions = sessions;
  room.templates = templates;
  room.partners = partners ? partners.partners : [];
  seldomAt = Date.now();
}

async function poll() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    if (!asking) await refresh();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    away = problem.message;
    paint();
  }
  timer = setTimeout(poll, POLL_MS);
}

function paint() {
  sayOrHide($("stale"), away && `${away} What you see is of before; this page tries again by itself.`);
  if (!known) return;
  say($("counted"), room.displays.length ? count(room.displays.length, "address", "addresses") : "");
  paintScreens();
  paintCodes();
}

$("fleet-filter").addEventListener("input", event => { room.filter = event.target.value.trim(); paint(); });
for (const button of document.querySelectorAll("[data-closes]")) button.addEventListener("click", () => button.closest("dialog").close());
document.addEventListener("visibilitychange", poll);
addEventListener("pageshow", event => { if (event.persisted) poll(); });
copyOnClick(document, text => say($("said"), text));
keys({ filter: $("fleet-filter"), rows: () => [...document.querySelectorAll(".screen, .code-row")] });
openScreens(room);
openCodes(room);
stay();
attempt(refresh).then(() => { timer = setTimeout(poll, POLL_MS); });
setInterval(() => { if (!document.hidden) paint(); }, BEAT_MS);
