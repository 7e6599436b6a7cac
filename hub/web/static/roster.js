// The page of who is who in a session: its runners, the tags that nobody has, and how the roster is made and shown.
// Parts have modules of their own; this one keeps them up with the session.

import { $, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { openAssign } from "./roster-assign.js";
import { openImport } from "./roster-import.js";
import { addPerson, isOpen, openPerson, reloadPerson, setUpPerson } from "./roster-person.js";
import { focusRow, loadList, openList, paintList, stepRow } from "./roster-list.js";
import { makeFollower, makeSoon } from "./roster-live.js";
import { openServices } from "./roster-services.js";
import { openSettings, paintSettings } from "./roster-settings.js";
import { loadUnknown, openUnknown, paintUnknown } from "./roster-unknown.js";
import { attempt, may, stay } from "./work-here.js";
import { duration } from "./work-words.js";

const ASK_MS = 5000;
const SOON_MS = 400;
const UNKNOWN_MS = 1000;
const BEAT_MS = 1000;

const room = {
  session: JSON.parse($("session").textContent),
  shown: () => isOpen(),
  open: id => openPerson(id),
  step: (id, by) => stepRow(id, by),
  add: values => addPerson(values),
  closed: id => { paintList(); focusRow(id); },
  changed: () => { listSoon(); unknownSoon(); },
  painted: () => paintList(),
  refresh,
};
/** Parts of the page that hear of a changed roster: `rosterChanged(message)`. */
const parts = [];

const listSoon = makeSoon(() => attempt(async () => { await loadList(); paintSettings(room); await reloadPerson(); }), SOON_MS);
const unknownSoon = makeSoon(() => attempt(loadUnknown), UNKNOWN_MS);

async function refresh() {
  room.session = await ask("GET", "/api/sessions/" + room.session.id);
  paintSettings(room);
  follower.watch(room.session);
}

function onMessage(message) {
  if (message.type === "roster") {
    room.changed();
    for (const part of parts) part.rosterChanged(message);
  } else if (message.type === "retract" || (message.type === "read" && message.kind === "read" && !message.runner)) unknownSoon();
}

const follower = makeFollower({
  onMessage, onBack: () => { listSoon(); unknownSoon(); },
  onSilence: ms => sayOrHide($("stale"), ms ? "no connection for " + duration(ms) : ""),
});

async function keepUp() {
  if (!document.hidden) {
    try { await refresh(); } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 404) return location.reload();
    }
  }
  setTimeout(keepUp, ASK_MS);
}

function start() {
  stay();
  openList(room);
  setUpPerson(room);
  openUnknown(room);
  openAssign(room);
  openSettings(room);
  const files = { session: () => room.session, changed: () => room.changed() };
  if (may("operator")) {
    $("add").addEventListener("click", () => room.add({}));
    parts.push(openImport(files));
  }
  parts.push(openServices(files));
  follower.watch(room.session);
  listSoon();
  unknownSoon();
  const who = Number(new URLSearchParams(location.search).get("who"));
  if (who) room.open(who);
  keepUp();
  setInterval(() => { if (!document.hidden) paintUnknown(); }, BEAT_MS);
}

start();
