// What a clock block says, as of a moment. No clock of its own, no DOM.

import { plain } from "./display-flow.js";
import { makeFormat, timeText } from "./display-view.js";

const DAY_S = 86400;
const DAY_MS = DAY_S * 1000;
const RACE = "0:00:00";
const OTHER_GUN_MS = 15 * 60000;  // a gun so long before the time that is waited for is another race's
const FORMATS_MAX = 20;

/**
 * `at`: {nowMs since 1970 or NaN, timeZone of the session, starts: [{location, race, guns: [ms]}] by their first guns}.
 * `filled`: puts values into the words that stand there before a gun.
 */
export function clockWords(block, at, filled = words => words) {
  if (Number.isNaN(at.nowMs)) return "";
  if (block.mode === "day") return dayText(at, block.seconds);
  return block.mode === "race" ? raceText(block, at, filled) : countdownText(block, at, filled);
}

function raceText(block, at, filled) {
  const gun = gunOf(block, at);
  return gun === null ? filled(block.before) : sinceText(at.nowMs - gun, block.seconds);
}

function countdownText(block, at, filled) {
  const left = leftMs(block, at);
  const gun = gunOf(block, at);
  if (left === null) return gun === null ? filled(block.before) : sinceText(at.nowMs - gun, block.seconds);
  const target = at.nowMs + left;
  const isAnothers = gun !== null && !block.start && target - gun > OTHER_GUN_MS;
  if (gun !== null && !isAnothers) return sinceText(at.nowMs - gun, block.seconds);
  return left > 0 ? untilText(left, block.seconds) : sinceText(-left, block.seconds);
}

/** The first gun of the start at this location or race, or of the newest; null until it has gone off. */
function gunOf({ start }, { starts, nowMs }) {
  const wanted = plain(start);
  const begun = (starts || []).filter(each => nowMs - each.guns[0] < DAY_MS && each.guns[0] <= nowMs
    && (!wanted || plain(each.location) === wanted || plain(each.race) === wanted));
  return begun.length ? begun[begun.length - 1].guns[0] : null;
}

function sinceText(ms, seconds) {
  const words = timeText(ms, RACE);
  return seconds ? words : words.slice(0, -3);
}

/** What has begun counts in full: 0:00:01 until the very moment. */
function untilText(ms, seconds) {
  return seconds ? timeText(Math.ceil(ms / 1000) * 1000, RACE) : timeText(Math.ceil(ms / 60000) * 60000, RACE).slice(0, -3);
}

/** Until this time of today in the session's zone; negative when it is over; null when none is given. */
function leftMs({ at }, { nowMs, timeZone }) {
  if (!at) return null;
  const [hours, minutes, seconds] = at.split(":").map(Number);
  const [nowHours, nowMinutes, nowSeconds] = formatFor(timeZone).format(nowMs).split(":").map(Number);
  const left = (hours - nowHours) * 3600 + (minutes - nowMinutes) * 60 + (seconds || 0) - nowSeconds;
  return left * 1000 - (nowMs % 1000);
}

function dayText({ nowMs, timeZone }, seconds) {
  const words = formatFor(timeZone).format(nowMs);
  return seconds ? words : words.slice(0, 5);
}

const formats = new Map();        // making one is slow

function formatFor(timeZone) {
  if (!formats.has(timeZone)) {
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(timeZone, makeFormat(timeZone));
  }
  return formats.get(timeZone);
}
