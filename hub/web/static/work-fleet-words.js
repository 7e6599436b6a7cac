// What the fleet page says of displays and screens, as flat texts. No DOM; `now` by the hub's clock, in milliseconds.

import { isSlow, took } from "./work-latency-words.js";
import { age, count, when } from "./work-words.js";

const FRAME_LATE_MS = 12000;      // a tick leaves every 5 s
const TRIP_SLOW_MS = 1000;
const ID_CHARS_SHOWN = 4;
const SHOWS = {
  connecting: "Connecting", resting: "Event and clock", runner: "A runner", several: "Several runners", gun: "A start",
  stale: "Stale", blank: "Dark", message: "A message", emergency: "Emergency line", gone: "Nothing",
};

export function screenName(screen) {
  return screen.name || "Screen " + screen.id.slice(-ID_CHARS_SHOWN);
}

export function displayName(display) {
  return display.name || "Display " + display.code;
}

/** A row: texts, and what is amiss of them by name. `version`: that of the hub. */
export function screenRow(screen, version, now) {
  const row = {
    name: screenName(screen), code: screen.code, where: [screen.display, screen.place].filter(Boolean).join(", "),
    size: screen.width ? `${screen.width}×${screen.height}` : "–", version: screen.version || "–",
    state: "", shows: "–", frame: "–", trip: "–", latency: "–", amiss: {},
  };
  return screen.online ? present(row, screen, version, now) : { ...row, state: "gone since " + when(screen.last_seen, now) };
}

function present(row, screen, version, now) {
  const at = Date.parse(screen.last_frame_at), trip = screen.round_trip_ms;
  const amiss = {
    frame: now - at > FRAME_LATE_MS, trip: trip > TRIP_SLOW_MS, version: Boolean(screen.version) && screen.version !== version,
    shows: screen.shows === "stale" || !screen.visible, latency: isSlow(screen.latency),
  };
  const shows = SHOWS[screen.shows] || "Connecting";
  return {
    ...row, amiss, state: screen.blank ? "dark" : "", shows: screen.visible ? shows : "Hidden",
    frame: age(at, now), trip: trip === null ? "–" : trip < 1 ? "under 1 ms" : Math.round(trip).toLocaleString("en") + " ms",
    latency: took(screen.latency) || "–",
    version: amiss.version ? `${screen.version}, old` : row.version,
  };
}

export function screensWords(screens) {
  const there = screens.filter(each => each.online).length, away = screens.length - there;
  return [there && count(there, "screen") + " connected", away && away.toLocaleString("en") + " away"].filter(Boolean).join(", ");
}

/** What is left of a display's time, or that it is over. */
export function displayState(display, now) {
  if (display.revoked_at) return { words: "revoked", tone: "warn" };
  if (!display.expires_at) return { words: "", tone: "" };
  if (!display.holds) return { words: "expired " + when(display.expires_at, now), tone: "warn" };
  return { words: "until " + when(display.expires_at, now), tone: "" };
}

/** What an operator wishes of it for now, in words; "": nothing. */
export function controlWords({ control, pinned }, now) {
  const { blank, hold, pin, skip } = control, who = pinned && (pinned.name || (pinned.bib && "bib " + pinned.bib));
  return [
    blank && "dark", hold !== undefined && "held since " + clockWords(hold, now), pin && (who ? `${who} is pinned` : `read ${pin.offset} is pinned`),
    skip !== undefined && `nothing up to read ${skip}`,
  ].filter(Boolean).join(" · ");
}

/** A read as one tells it from others: who, and where and when. */
export function readWords({ runner, tag, bib, location, time }) {
  const name = runner && runner.name ? runner.name : "Unknown tag " + tag;
  return { name, detail: [bib && "bib " + bib, location, String(time).slice(11, 19)].filter(Boolean).join(" · ") };
}

function clockWords(ms, now) {
  const seconds = Math.abs(now - ms) < 12 * 3600000;
  return seconds ? new Date(ms).toLocaleTimeString("en-GB") : when(new Date(ms).toISOString(), now);
}

export function displayDetail(display, session) {
  const shows = display.session_id === null ? "shows the active session" : session ? "shows " + session : "shows a session that has ended";
  const { duration, locations, races, laps, layout } = display.settings, only = [...(locations || []), ...(races || [])];
  return [
    display.place, shows, display.template && `looks like “${display.template.name}”`, layout === "fixed" && !display.template && "one at a time",
    duration && `runners stay ${duration} s`, only.length && "only " + only.join(", "), laps === "first" && "only the first lap",
    display.screens ? count(display.screens, "screen") + " open" : "no screen open",
  ].filter(Boolean).join(" · ");
}

export function goes(display) {
  if (!display.screens) return "No screen shows it now.";
  return display.screens === 1 ? "1 screen shows it now, and will go dark." : `${count(display.screens, "screen")} show it now, and will go dark.`;
}
