// The control room: asks the hub how it is every few seconds, and watches the reads of one session. What the words are is
// in front-words.js and front-reads.js, how they get onto the page in front-paint.js; sessions and displays have their own.

import { isFinal } from "./display-core.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { askSettings, listens, minutesWanted, onSound, openAlarms, paintAlarms } from "./front-alarms.js";
import { copyOnClick } from "./front-copy.js";
import { openEmergency, paintEmergency } from "./front-emergency.js";
import { openDisplays, paintDisplays } from "./front-displays.js";
import { openExports } from "./front-exports.js";
import { $, answer, field, keep, mark, say, sayOrHide } from "./front-paint.js";
import { nothing, reduce, rowsOf } from "./front-reads.js";
import { askSessions, openSessions, paintSessions } from "./front-sessions.js";
import { openSources, paintSources } from "./front-sources.js";
import { openStream, paintStream } from "./front-stream.js";
import * as words from "./front-words.js";
import { chooseFrom } from "./work-choose.js";
import { isSignedOut, leave, stay } from "./work-here.js";
import { keys } from "./work-list.js";

const POLL_MS = 2000;
const POLL_LEAST_MS = 1000;       // a read that comes makes the next question due, but not more often than this
const ANSWER_MS = 5000;
const BEAT_MS = 1000;
const STALE_MS = 3000;

const clock = makeClock();
const page = {
  state: JSON.parse($("state").textContent),
  skew: NaN,                      // the hub's clock minus ours
  away: "",                       // why the hub does not answer
  lost: {},                       // code of a display -> when its last screen went away
  chosen: 0,                      // the session that somebody has picked; 0: nobody has
  partner: "",                    // the slug of the partner whose things are shown; empty: all
};

const hubNow = () => clock() + page.skew;

/** What is to be seen of the state: of all partners, or of one. */
function shown() {
  const { state } = page, partner = state.partners.find(each => each.slug === page.partner);
  if (!partner) return state;
  const of = items => items.filter(each => each.partner && each.partner.id === partner.id);
  return {
    ...state, partners: [partner], sessions: of(state.sessions), sources: of(state.sources), displays: of(state.displays),
    emergency: of(state.emergency),
  };
}

const room = { state: () => page.state, shown, paint: () => paint(), refresh };

// ---- the hub's state ---------------------------------------------------------------------------------------

let polling = 0, polledAt = clock(), asking = null;

/** Nobody looks, and nobody listens. */
const isIdle = () => document.hidden && !listens();

async function poll() {
  clearTimeout(polling);
  if (asking || isIdle()) return;
  asking = askState().finally(() => { asking = null; });
  await asking;
  paint();
  polling = setTimeout(poll, POLL_MS);
}

/** Somebody has changed something: what was asked before may be answered with what was. */
async function refresh() {
  await asking;
  await poll();
  await askSessions(clock(), true);
}

async function askState() {
  polledAt = clock();
  const impatience = new AbortController(), timer = setTimeout(() => impatience.abort(), ANSWER_MS);
  try {
    const response = await fetch("/front/state?" + minutesWanted(), { cache: "no-store", signal: impatience.signal });
    const body = await response.json();
    if (response.status === 401) leave();
    if (response.ok) learn(body);
    else page.away = (body.error && body.error.message) || "It answers with " + response.status;
  } catch {
    page.away = "No answer from the hub";
  }
  clearTimeout(timer);
}

function pollSoon() {
  clearTimeout(polling);
  polling = setTimeout(poll, Math.max(0, POLL_LEAST_MS - (clock() - polledAt)));
}

function learn(state) {
  if (state.version !== page.state.version) location.reload();   // its files are of another hub
  for (const display of page.state.displays) {
    const after = state.displays.find(each => each.code === display.code);
    if (display.screens && after && !after.screens) page.lost[display.code] = Date.parse(state.now);
  }
  for (const display of state.displays) if (display.screens) delete page.lost[display.code];
  page.state = state;
  page.skew = Date.parse(state.now) - clock();
  page.away = "";
  follow();
}

// ---- the reads of a session --------------------------------------------------------------------------------

let held = nothing(), link = null, watched = 0, lostAt = null, frame = 0;

/** Watches the session that somebody chose, else the one that is of use; leaves one that is no more. */
function follow() {
  const { sessions } = shown();
  const wanted = sessions.find(each => each.id === page.chosen) || words.preferred(sessions);
  if ((wanted ? wanted.id : 0) !== watched) watch(wanted ? wanted.id : 0);
}

function watch(id) {
  if (link) link.stop();
  link = null;
  watched = id;
  held = nothing();
  lostAt = clock();
  if (id) {
    link = makeLink({ address, onFrame, onLost, clock });
    link.open();
  }
  paintSoon();
}

function address() {
  const place = location.origin.replace(/^http/, "ws") + "/ws/sessions/" + watched;
  return held.offset === null ? place : place + "?" + new URLSearchParams({ after: held.offset, epoch: held.epoch });
}

function onFrame(data) {
  const before = held.offset;
  lostAt = null;
  for (const message of messagesOf(data)) {
    held = reduce(held, message);
    if (message && message.type === "hello") link.greeted();
  }
  if (held.offset !== before) pollSoon();
  paintSoon();
}

function onLost(code) {
  if (isSignedOut(code)) return leave();
  if (lostAt === null) lostAt = clock();
  if (isFinal(code)) { link.stop(); link = null; watched = 0; }  // the next answer says what there is instead
  paintSoon();
}

// ---- painting ----------------------------------------------------------------------------------------------

function paintSoon() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; paintReads(); });
}

function paint() {
  const { away } = page, state = shown(), now = hubNow(), name = document.body.dataset.name, alarms = paintAlarms(state, away, now);
  const answers = away ? [words.unknown(away), words.unknown("It was " + words.readers(state, now).words), words.unknown("It was " + words.screens(state, page.lost, now).words)]
    : [words.kept(state), words.readers(state, now), words.screens(state, page.lost, now)];
  ["kept", "readers", "screens"].forEach((id, i) => answer(id, answers[i]));
  const trouble = answers.filter(each => each.tone === "warn" || each.tone === "bad").map(each => each.words);
  say($("headline"), name + (away ? " does not answer" : " is running"));
  mark($("headline"), "tone", away ? "bad" : "");
  say($("facts"), away ? "This page tries again by itself." : `version ${state.version}, up for ${words.duration(now - Date.parse(state.started))}`);
  announce(away ? name + " does not answer" : [...new Set([...alarms, ...trouble])].join(". "));
  const title = (alarms.length || trouble.length ? "⚠ " : "") + name;
  if (document.title !== title) document.title = title;
  paintPartners();
  paintEmergency();
  paintFilter();
  paintSessions();
  paintReaders(now);
  paintDisplays();
  paintReads();
}

const FILTER_FROM = 12;           // fewer are seen at a glance

function paintFilter() {
  const { sessions, sources, displays } = shown();
  $("room-filter-label").hidden = sessions.length + sources.length + displays.length < FILTER_FROM && !$("room-filter").value;
}

function paintPartners() {
  const { partners } = page.state;
  $("partner-picker").hidden = partners.length < 2;
  chooseFrom("partner", [{ id: "", name: "All partners" }, ...partners.map(each => ({ id: each.slug, name: each.name }))]);
}

function announce(trouble) {
  const spoken = trouble || (page.spoken ? "All is well again" : "");
  if (spoken !== page.spoken && (trouble || page.spoken !== "All is well again")) say($("said"), page.spoken = spoken);
}

function paintReaders(now) {
  const state = shown(), many = state.listeners.length > 1;
  keep($("listeners"), state.listeners, each => each.name, "listener-template", (element, each) => {
    const [host, ...others] = each.hosts;
    sayOrHide(field(element, "title"), many ? "Port of " + each.name : "");
    say(field(element, "host"), host || "127.0.0.1");
    say(field(element, "port"), String(each.port));
    sayOrHide(field(element, "note"), noteOf(each));
    keep(element.querySelector("ul"), others, other => other, "other-template", (item, other) => say(field(item, "host"), other));
  });
  paintSources(now);
  paintStream();
  say($("replay"), `.venv/bin/racehub replay START=start.csv FINISH=finish.csv --to ${state.listeners[0].here} --speed 10 --now`);
}

function noteOf({ hosts, local }) {
  if (local) return "Only this machine gets there. For readers on others, set the listener’s host to 0.0.0.0 in config.toml.";
  return hosts.length ? "" : "This machine is in no network yet. Connect it to the readers’ network: its address appears here.";
}

function paintReads() {
  const { sessions } = shown(), rows = rowsOf(held), now = hubNow();
  $("picker").hidden = sessions.length < 2;
  chooseFrom("session", sessions.map(each => ({ id: each.id, name: words.session(each) })));
  if (watched && $("session").value !== String(watched)) $("session").value = String(watched);
  const silent = lostAt === null ? 0 : clock() - lostAt;
  sayOrHide($("stale"), watched && silent >= STALE_MS ? "no connection for " + words.duration(silent) : "");
  $("table").hidden = !rows.length;
  $("nothing").hidden = rows.length > 0;
  const [what, next] = emptyWords();
  say($("nothing").querySelector(".words"), what);
  say($("nothing").querySelector(".detail"), next);
  keep($("rows"), rows, row => row.key, "row-template", (element, row) => {
    for (const name of ["time", "location", "bib", "name", "marks"]) say(field(element, name), row[name]);
    say(field(element, "age"), words.age(row.at, now));
    mark(element, "unknown", row.unknown ? "yes" : "");
  });
}

function emptyWords() {
  if (!sessionNow()) return ["No live session", "Make one or start one: reads have no place to go to."];
  if (held.offset === null) return ["Connecting", ""];
  const online = page.state.sources.some(each => each.online && each.session === watched);
  if (online) return ["No read yet", "A reader is connected. Pass a tag over its antenna, or fire its gun."];
  return ["No read yet", "Point SimpleClient at this hub, or play a controller’s files."];
}

function sessionNow() {
  const { sessions } = shown();
  return sessions.find(each => each.id === watched) || words.preferred(sessions);
}

// ---- all of it ---------------------------------------------------------------------------------------------

const ROWS = "#alarm-list:not([hidden]) .item:not([data-seen]), #session-list .item, #sources .item, #display-list .item";

/** `m`: alarms are heard, or are not. */
function onKey(event) {
  if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea") || document.querySelector("dialog[open]")) return;
  onSound();
}

function wake() {
  if (document.hidden) return;
  if (link) link.wake();
  poll();
}

function beat() {
  if (isIdle()) return;
  if (link) link.check();
  askSessions(clock());
  askSettings(clock());
  paint();
}

function boot() {
  $("steps").open = page.state.sources.every(each => words.isDemo(page.state, each));
  $("session").addEventListener("change", event => { page.chosen = Number(event.target.value); follow(); paint(); });
  $("partner").addEventListener("change", event => { page.partner = event.target.value; page.chosen = 0; follow(); paint(); });
  copyOnClick(document, text => say($("said"), text));
  openAlarms(room);
  openEmergency(room);
  openSessions(room);
  openSources(room);
  openStream(room);
  openDisplays(room);
  openExports();
  $("room-filter").addEventListener("input", paint);
  keys({ filter: $("room-filter"), rows: () => [...document.querySelectorAll(ROWS)] });
  document.addEventListener("keydown", onKey);
  stay();
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pageshow", event => { if (event.persisted) wake(); });
  learn(page.state);
  paint();
  askSessions(clock());
  askSettings(clock());
  setInterval(beat, BEAT_MS);
  polling = setTimeout(poll, POLL_MS);
}

boot();
