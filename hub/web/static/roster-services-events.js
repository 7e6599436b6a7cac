// Which event of a registration service a session is about, and which of its races. Knows what the account sees.

import { $, field, keep, say, sayOrHide } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { clear, handle, tell } from "./work-form.js";
import { eventDetail, refusedWords } from "./roster-services-words.js";

const TYPING_MS = 350;
const WAIT_MS = 60000;
const EVENTS_SHOWN = 100;

let room = null, account = null, event = null, events = [], asked = 0, timer = 0;

/** `room`: {kinds, link, go(part), choose(body)}. */
export function openEvents(theRoom) {
  room = theRoom;
  const input = $("service-find").elements.find;
  $("service-find").addEventListener("submit", submitted => { submitted.preventDefault(); find(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, TYPING_MS); });
  $("service-events").addEventListener("click", clicked => {
    const row = clicked.target.closest("[data-key]"), each = row && events.find(one => one.id === row.dataset.key);
    if (each) choose(each);
  });
  handle($("service-link"), link);
}

export function showEvents(theAccount = account) {
  if (account !== theAccount) { $("service-find").reset(); events = []; }
  account = theAccount;
  say($("service-events-title"), `Events of “${account.name}”`);
  room.go("events");
  $("service-find").elements.find.focus({ preventScroll: true });
  paint();
  find();
}

const path = more => `/api/provider-accounts/${account.id}/events${more || ""}`;

async function find() {
  clearTimeout(timer);
  const words = $("service-find").elements.find.value.trim(), mine = ++asked;
  clear($("service-find"));
  say($("service-events-words"), "The service is asked.");
  try {
    const found = (await ask("GET", path(words ? "?find=" + encodeURIComponent(words) : ""), undefined, { waitMs: WAIT_MS })).events;
    if (mine !== asked) return;
    events = found;
    paint();
    say($("service-events-words"), foundWords(words));
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (mine !== asked) return;
    say($("service-events-words"), "");
    refuse($("service-find"), problem);
  }
}

function foundWords(words) {
  if (events.length > EVENTS_SHOWN) return `The first ${EVENTS_SHOWN} of ${events.length.toLocaleString("en")}: type more of the name.`;
  if (events.length) return "";
  return words ? `The account sees no event that “${words}” names.` : "The account sees no event. Make it there, or give the account the right to see it; then search again.";
}

function refuse(form, problem) {
  const kind = room.kinds.find(each => each.kind === account.kind);
  tell(form, { message: kind ? refusedWords(kind, problem) : problem.message, field: problem.field });
}

function paint() {
  keep($("service-events"), events.slice(0, EVENTS_SHOWN), each => each.id, "service-event-template", (element, each) => {
    say(field(element, "name"), each.name || `Event ${each.id}`);
    say(field(element, "detail"), eventDetail(each));
  });
}

// ---- its races ---------------------------------------------------------------------------------------------------

async function choose(each) {
  clear($("service-find"));
  say($("service-events-words"), `Looking at “${each.name}”.`);
  try {
    event = each.races && each.races.length ? each : (await ask("GET", path("/" + encodeURIComponent(each.id)), undefined, { waitMs: WAIT_MS })).event;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    say($("service-events-words"), "");
    return refuse($("service-find"), problem);
  }
  say($("service-events-words"), "");
  showRaces();
}

function showRaces() {
  const kind = room.kinds.find(each => each.kind === account.kind), races = event.races || [], { link: before } = room;
  clear($("service-link"));
  say($("service-races-title"), event.name || `Event ${event.id}`);
  say($("service-races-words"), [account.name, eventDetail(event)].filter(Boolean).join(" · "));
  $("service-races-all").hidden = races.length < 2;
  keep($("service-races"), races, each => each.id, "service-race-template", (element, each) => {
    say(field(element, "name"), each.name || `Race ${each.id}`);
    const same = before && before.event.id === event.id;
    element.querySelector("input").checked = !same || !before.races.length || before.races.includes(each.id);
  });
  $("service-link-results").hidden = !(kind && kind.results);
  $("service-link").elements.results.checked = Boolean(before && before.results);
  sayOrHide($("service-link-instead"), before && before.event.id !== event.id ? `It takes the place of “${before.event.name}”, whose runners come from it no longer.` : "");
  room.go("races");
}

async function link() {
  const boxes = [...$("service-races").children], wanted = boxes.filter(each => each.querySelector("input").checked).map(each => each.dataset.key);
  if (boxes.length && !wanted.length) throw new Refused(400, { message: "Choose at least one race.", field: "races" });
  const results = !$("service-link-results").hidden && $("service-link").elements.results.checked;
  await room.choose({ account: account.id, event: event.id, races: wanted.length === boxes.length ? [] : wanted, results, enabled: true });
}
