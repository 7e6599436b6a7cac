// What the wall says: the state as flat texts. No DOM, and of the time only what is handed in.

import { STALE_LOST_MS, STALE_SILENT_MS, cardOf, hubNow } from "./display-core.js";

const NAME_CHARS_MAX = 200;

const FAREWELLS = {
  4001: "This screen's address is not valid any more. Ask the timer for a new one.",
  4002: "This screen was signed out. Ask the timer to sign it in again.",
  4003: "The session of this screen has been deleted. Ask the timer for a new address.",
  4004: "This screen has moved. Ask the timer for its new address.",
};
const FAREWELL = "This screen has been switched off. Ask the timer to switch it on again.";

/** Everything the wall says, as flat texts. */
export function view(state, now) {
  const silent = now - state.heardAt;
  const away = state.greeted && state.lostAt !== null && now - state.lostAt >= STALE_LOST_MS;
  const event = eventName(state.session);
  const card = cardOf(state);
  return {
    scene: sceneOf(state, card),
    stale: !state.gone && (away || silent >= STALE_SILENT_MS) ? "no data for " + countText(silent) : "",
    offset: state.offset === null ? "" : String(state.offset),
    clock: clockText(state, now),
    event, session: sessionLine(state.session, event),
    identify: now < state.identifyUntil ? text(state.display && state.display.name) || " " : "",
    farewell: state.gone ? FAREWELLS[state.gone] || FAREWELL : "",
    card,
  };
}

function sceneOf(state, card) {
  if (state.gone) return "gone";
  if (!state.greeted) return "connecting";
  if (!card) return "resting";
  return card.kind === "gun" ? "gun" : "runner";
}

function eventName(session) {
  if (!session) return "";
  const event = session.event;
  return text(event && typeof event === "object" ? event.name : event) || text(session.name);
}

function sessionLine(session, event) {
  if (!session) return "Waiting for a session";
  return text(session.name) === event ? "" : text(session.name);
}

export function countText(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = number => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const head = minutes < 60 ? two(minutes) : Math.floor(minutes / 60) + ":" + two(minutes % 60);
  return head + ":" + two(seconds % 60);
}

const GUN = { name: "Start", short: "Start", bib: "", unknown: false, city: "", division: "" };

/** The texts of a card. Nobody is invented: without a name the number stands in its place. */
export function cardTexts(card) {
  const place = { location: text(card.location), time: timeOfDay(card.time), test: card.marks.includes("test") };
  if (card.kind === "gun") return { ...place, ...GUN };
  const runner = card.runner || {};
  const bib = text(runner.bib) || text(card.bib);
  const name = nameOf(runner);
  const number = card.runner ? bib || text(card.tag) : text(card.tag) || bib;
  return {
    ...place, name: name || number, short: name ? shortName(name, runner) : number,
    bib: name || bib !== number ? bib : "", unknown: !card.runner,
    city: [text(runner.city), text(runner.state)].filter(Boolean).join(", "), division: text(runner.division),
  };
}

function text(value) {
  const words = value === null || value === undefined ? "" : String(value);
  return words.replace(/\s+/g, " ").trim().slice(0, NAME_CHARS_MAX);
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

/** The hub's time of day, in the session's zone or else in the one the hub wrote. */
export function clockText(state, now) {
  const at = Math.floor(hubNow(state, now) / 1000) * 1000;
  if (Number.isNaN(at)) return "";
  const format = formatFor(state.session && state.session.timezone);
  return format ? format.format(at) : new Date(at + state.zoneMinutes * 60000).toISOString().slice(11, 19);
}

const formats = new Map();        // zone -> formatter or null; a screen meets one or two zones in its life

function formatFor(timeZone) {
  if (!timeZone) return null;
  if (!formats.has(timeZone)) formats.set(timeZone, makeFormat(timeZone));
  return formats.get(timeZone);
}

function makeFormat(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
  } catch {
    return null;                  // a zone this browser does not know: the hub's own offset is right enough
  }
}

/** The wall clock written in an ISO 8601 text, as written. */
export function timeOfDay(text) {
  const parts = /[T ](\d\d:\d\d:\d\d)/.exec(text || "");
  return parts ? parts[1] : "";
}
