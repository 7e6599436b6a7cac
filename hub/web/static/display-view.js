// What the wall says: the state as flat texts. No DOM, and of the time only what is handed in.

import { STALE_LOST_MS, STALE_SILENT_MS, hubNow, text, wallOf } from "./display-core.js";
import { fill } from "./display-fill.js";
import { LEVELS, SHAPES, plain } from "./display-flow.js";
import { upAt } from "./display-messages.js";

const CLOCKS_MAX = 3;
const RACE_CLOCK = "0:00:00";
const DAY_MS = 86400000;
const EARLY_MS = 60000;           // so far may a reader's clock run before the hub's
const ID_CHARS_SHOWN = 4;
const KEPT_MS = 1000;             // how long a picture of before waits for the hub without a word

const FAREWELLS = {
  4001: "This screen's address is not valid any more.",
  4002: "This screen was signed out.",
  4003: "This screen's session was deleted.",
  4004: "This screen has moved to a new address.",
};

/** Everything the wall says, as flat texts; what stands on a card is in cardTexts. `shape`: of the wall, see display-flow.js. */
export function view(state, now, shape = "wide") {
  const event = eventName(state.session);
  const wall = wallOf(state, now, shape), band = wall.hero && wall.shown.length ? cardOf(wall.hero) : null;
  const cards = wall.hero && !band ? [cardOf(wall.hero)] : wall.shown.map(cardOf);
  const level = wall.hero && !band ? 0 : wall.level;
  const scene = sceneOf(state, cards, level), stale = staleText(state, now), dark = isDark(state);
  return {
    scene, cards, band, event, stale, dark, level, fixed: wall.fixed, layout: LEVELS[level],
    room: wall.room, columns: SHAPES[shape].columns[level], shape,
    more: !cards.length || !wall.missed ? "" : wall.fixed ? "and " + wall.missed + " more" : wall.missed + " more not shown",
    shows: dark ? "blank" : !state.gone && stale ? "stale" : scene,
    emergency: state.emergency,
    lines: upAt(state.lines, hubNow(state, now)),
    offset: state.offset === null ? "" : String(state.offset),
    clock: clockText(state, now),
    clocks: raceClocks(state, now),
    session: sessionLine(state.session, event),
    test: modeOf(state) === "pre_race" ? "Tag check" : state.session && state.session.test || cards.some(card => card.marks.includes("test")) ? "TEST" : "",
    identify: now < state.identifyUntil ? identity(state) : null,
    farewell: state.gone ? (FAREWELLS[state.gone] || "This screen has been switched off.") + " The timer can help." : "",
  };
}

/** An operator has wished it of this screen or of its display, and wishes nothing of a screen that is gone. */
function isDark({ screen, display, gone }) {
  const control = display && display.control || {};
  return Boolean((screen && screen.blank || control.blank) && !gone);
}

/** A read as it is painted. `calm`: it may come in with motion. */
function cardOf({ read, calm }) {
  const before = made.get(read), card = before && before.calm === calm ? before : Object.assign({}, read, { calm });
  made.set(read, card);
  return card;
}

const made = new WeakMap();       // the same card again, as long as its read is

/** By what people find this screen in their list. */
function identity({ display, screen }) {
  const id = screen ? text(screen.id).slice(-ID_CHARS_SHOWN) : "";
  return { display: text(display && display.name), screen: text(screen && screen.name), id: id && "screen …" + id };
}

function sceneOf(state, cards, level) {
  if (state.gone) return "gone";
  if (!state.greeted && state.keptAt === null) return "connecting";
  if (!cards.length) return "resting";
  if (level) return level > 1 ? "many" : "several";
  return cards[0].kind === "gun" ? "gun" : "runner";
}

function staleText(state, now) {
  const silent = now - state.heardAt;
  const away = state.greeted
    ? state.lostAt !== null && now - state.lostAt >= STALE_LOST_MS
    : state.keptAt !== null && (state.lostAt !== null || now - state.keptAt >= KEPT_MS);
  return !state.gone && (away || silent >= STALE_SILENT_MS) ? "no data for " + timeText(silent, "00:00") : "";
}

export function eventName(session) {
  if (!session) return "";
  const event = session.event;
  return text(event && typeof event === "object" ? event.name : event) || text(session.name);
}

function sessionLine(session, event) {
  if (!session) return "Waiting for a session";
  return text(session.name) === event ? "" : text(session.name);
}

/** 9:05 or 1:09:05; at least in the places that are asked for: 0:00:00 or 00:00. What has begun counts not yet. */
export function timeText(ms, least = "0:00") {
  if (Number.isNaN(ms)) return "";
  const seconds = Math.floor(Math.max(0, ms) / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  const all = [hours, minutes % 60, seconds % 60].map(each => String(each).padStart(2, "0")).join(":");
  return all.slice(Math.min(all.length - least.length, all.search(/[^0:]|$/)));
}

// ---- starts ------------------------------------------------------------------------------------------------

/** The clocks of the newest starts, each from its first gun. */
function raceClocks(state, now) {
  return state.starts.map(start => ({ label: startName(state, start.location), ms: hubNow(state, now) - start.guns[0] }))
    .filter(({ ms }) => ms > -EARLY_MS && ms < DAY_MS).slice(-CLOCKS_MAX)
    .map(({ label, ms }) => ({ label, time: timeText(ms, RACE_CLOCK) }));
}

/** The race that starts here, when it is one alone; else the location. */
function startName(state, location) {
  const start = startAt(state, location);
  const here = racesOf(state).filter(race => plain(race.start_location) === plain(location));
  return text(start && start.race) || text(here.length === 1 ? here[0].name : "") || text(location);
}

function startAt(state, location) {
  return state.starts.find(start => plain(start.location) === plain(location));
}

function racesOf(state) {
  const races = state.session && state.session.races;
  return Array.isArray(races) ? races.filter(Boolean) : [];
}

/** The start of the runner's race: the one of that name, or the only one that the session has. */
function startOf(state, runner) {
  const named = state.starts.find(start => start.race && plain(start.race) === plain(runner.race_name));
  const planned = new Set(racesOf(state).map(race => plain(race.start_location)));
  return named || (state.starts.length === 1 && planned.size < 2 ? state.starts[0] : null);
}

/** From the gun of the runner's wave to the read; "" where that says nothing. */
function sinceGun(state, card) {
  const start = card.runner && startOf(state, card.runner);
  if (!start || plain(start.location) === plain(card.location)) return "";
  const wave = Number((/\d+/.exec(card.runner.wave) || [1])[0]);
  const ms = Date.parse(card.time) - (start.guns[wave - 1] || start.guns[0]);
  return ms >= 0 && ms <= DAY_MS ? timeText(ms) : "";
}

// ---- cards -------------------------------------------------------------------------------------------------

/** The texts of a card. Nobody is invented: without a name the number stands in its place. */
export function cardTexts(card, state, now) {
  return card.kind === "gun" ? gunTexts(card, state, now) : readTexts(card, state);
}

function gunTexts(card, state, now) {
  const start = startAt(state, card.location), ms = Date.parse(card.time);
  const wave = start ? start.guns.findIndex(gun => Math.abs(gun - ms) < 1) + 1 : 0;
  const race = startName(state, card.location);
  const name = race + (wave > 1 ? ", wave " + wave : "");
  return {
    name, short: name, location: race === text(card.location) ? "" : text(card.location), when: timeOfDay(card.time),
    time: timeText(hubNow(state, now) - ms, RACE_CLOCK), bib: "", unknown: false, city: "", division: "", said: "",
  };
}

function readTexts(card, state) {
  const runner = card.runner || {};
  const bib = text(runner.bib) || text(card.bib);
  const name = nameOf(runner);
  const number = card.runner ? bib || text(card.tag) : text(card.tag) || bib;
  const result = modeOf(state) === "results" ? text(runner.finish_time) : "", place = result ? placeOf(runner) : "";
  const time = modeOf(state) === "pre_race" ? "" : result || sinceGun(state, card);
  return {
    name: name || number, short: name ? shortName(name, runner) : number,
    location: text(card.location), time, when: time ? text(runner.race_name) : timeOfDay(card.time),
    bib: name || bib !== number ? bib : "", unknown: !card.runner,
    city: [text(runner.city), text(runner.state)].filter(Boolean).join(", "), division: place || text(runner.division),
    said: text(fill(text(card.message), runner)),
  };
}

/** What the session is for now; see the hub's words. */
function modeOf({ session }) {
  return session && session.mode || "race";
}

/** 3rd overall, 1st in F40; of what is no number, what it is: DNF. */
function placeOf(runner) {
  const rank = text(runner.overall_rank), overall = ordinal(rank), inDivision = ordinal(text(runner.division_rank)), division = text(runner.division);
  return [overall ? overall + " overall" : rank, inDivision && division && inDivision + " in " + division].filter(Boolean).join(", ");
}

function ordinal(rank) {
  const [, number] = /^0*([1-9]\d*)$/.exec(rank) || ["", ""];
  return number && number + (/1\d$/.test(number) ? "th" : { 1: "st", 2: "nd", 3: "rd" }[number.slice(-1)] || "th");
}

function nameOf(runner) {
  return text(runner.name) || [text(runner.first_name), text(runner.last_name)].filter(Boolean).join(" ");
}

/** The first name as an initial; the last name is never touched. */
export function shortName(name, runner) {
  const last = text(runner.last_name);
  const first = text(runner.first_name);
  const cut = name.indexOf(" ");
  const rest = last && name.endsWith(" " + last) ? last
    : first && name.startsWith(first + " ") ? name.slice(first.length + 1)
    : cut > 0 ? name.slice(cut + 1) : "";
  return rest ? Array.from(name.normalize("NFC"))[0] + ". " + rest : name;
}

// ---- the clock ---------------------------------------------------------------------------------------------

/** The hub's time of day in the session's zone, or else in the screen's own. */
export function clockText(state, now) {
  const at = hubNow(state, now);
  return Number.isNaN(at) ? "" : formatFor(state.session && state.session.timezone || undefined).format(at);
}

let format = null, formatZone;    // one: making it is slow

function formatFor(timeZone) {
  if (!format || timeZone !== formatZone) format = makeFormat(timeZone);
  formatZone = timeZone;
  return format;
}

/** Hours, minutes and seconds in a zone. Making one is slow. */
export function makeFormat(timeZone) {
  try {
    const two = "2-digit";
    return new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", hour: two, minute: two, second: two });
  } catch {
    return makeFormat();          // a zone that this browser does not know
  }
}

/** The wall clock written in an ISO 8601 text, as written. */
export function timeOfDay(text) {
  const parts = /[T ](\d\d:\d\d:\d\d)/.exec(text || "");
  return parts ? parts[1] : "";
}
