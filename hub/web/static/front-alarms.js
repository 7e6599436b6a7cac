// Alarms in the control room: what the hub says is one, since when, and whether somebody has seen it. Which minutes, the
// sound and what was acknowledged are one's own, and kept on the hub.

import { $, field, keep, mark, say, sayOrHide } from "./front-paint.js";
import * as sound from "./front-sound.js";
import { age, count } from "./front-words.js";
import { ask } from "./work-ask.js";
import { handle } from "./work-form.js";
import { attempt, notice } from "./work-here.js";

const USUAL = { silent_min: 5, location_min: 20, sound: false, seen: {} };
const ASK_MS = 30000;             // another page of the same person may have changed them
const AWAY_MS = 10000;            // a hub that is started anew answers sooner

/** `own`: what one has chosen; `first`: when this page saw an alarm first, by its key. */
const held = { own: USUAL, known: false, askedAt: -Infinity, first: {}, list: [], awaySince: NaN };

export function openAlarms(theRoom) {
  $("alarm-list").addEventListener("click", onClick);
  $("sound").addEventListener("click", onSound);
  document.addEventListener("pointerdown", unlock);
  document.addEventListener("keydown", unlock);
  $("alarm-more").addEventListener("toggle", () => { if (!$("alarm-more").open) fillForm(); });   // what was typed and not saved
  fillForm();
  handle($("alarm-form"), async values => {
    await save({ silent_min: minutes(values.silent_min), location_min: minutes(values.location_min) });
    notice("Saved.");
    $("alarm-more").open = false;
    await theRoom.refresh();
  });
}

/** For the question how the hub is. */
export function minutesWanted() {
  const { silent_min, location_min } = held.own;
  return new URLSearchParams({ silent_min, location_min });
}

export async function askSettings(now) {
  if (now - held.askedAt < ASK_MS) return;
  held.askedAt = now;
  try {
    held.own = { ...USUAL, ...(await ask("GET", "/api/me/settings")).alarms };
    held.known = true;
    if (!$("alarm-form").contains(document.activeElement)) fillForm();
  } catch (problem) {
    if (problem.status === undefined) throw problem;   // else the usual ones, until it answers
  }
}

/** Whether the page has to ask the hub though nobody looks at it. */
export function listens() {
  return held.own.sound && sound.isOpen();
}

/** The list as of now; gives the words of those that nobody has seen. `away`: why the hub does not answer. */
export function paintAlarms(state, away, now) {
  if (!away) held.awaySince = NaN;
  else if (Number.isNaN(held.awaySince)) held.awaySince = now;
  held.list = all(state, away, now);
  forget();
  const open = held.list.filter(each => !isSeen(each));
  keep($("alarm-list"), [...open, ...held.list.filter(isSeen)], each => each.key, "alarm-template", (element, each) => fill(element, each, now));
  mark($("alarms"), "tone", open.some(each => GRAVE.includes(each.kind)) ? "bad" : open.length ? "warn" : "");
  const seen = held.list.length - open.length;
  say($("alarms-words"), open.length ? count(open.length, "alarm") : seen ? `No new alarm, ${seen} acknowledged` : "No alarm");
  paintSound();
  sound.ring(held.own.sound && open.length > 0);
  return open.map(each => each.words);
}

const GRAVE = ["journal", "hub", "disk"];

function all(state, away, now) {
  if (away && now - held.awaySince >= AWAY_MS) return [{ key: "hub", kind: "hub", words: "The hub does not answer", since: null }];
  return away ? held.list : state.alarms;
}

function forget() {
  const keys = held.list.map(each => each.key), now = Date.now();
  for (const key of keys) held.first[key] = held.first[key] || now;
  for (const key of Object.keys(held.first)) if (!keys.includes(key)) delete held.first[key];
  const { seen } = held.own;
  if (held.list.length || !held.known) return;
  for (const key of Object.keys(seen)) if (!seen[key]) delete seen[key];   // what comes again is another one
}

function isSeen(each) {
  return held.own.seen[each.key] === (each.since || "");
}

function fill(element, each, now) {
  const since = each.since ? age(Date.parse(each.since), now) : age(held.first[each.key], Date.now());
  say(field(element, "words"), each.words);
  say(field(element, "since"), "since " + since.replace(/ ago$/, ""));
  sayOrHide(field(element, "seen"), isSeen(each) ? "Acknowledged" : "");
  element.querySelector("[data-act]").hidden = isSeen(each);
  element.querySelector("[data-act]").setAttribute("aria-label", "Acknowledge: " + each.words);
  mark(element, "seen", isSeen(each) ? "yes" : "");
}

function onClick(event) {
  const button = event.target.closest("[data-act=seen]");
  const each = button && held.list.find(one => one.key === button.closest("[data-key]").dataset.key);
  if (each) acknowledge([each]);
}

function acknowledge(list) {
  const now = Object.fromEntries(list.map(each => [each.key, each.since || ""]));
  const there = Object.entries(held.own.seen).filter(([key]) => held.list.some(each => each.key === key));
  return attempt(() => save({ seen: { ...Object.fromEntries(there), ...now } }));
}

async function save(changes) {
  const before = held.own;
  held.own = { ...before, ...changes };
  try {
    held.own = (await ask("PUT", "/api/me/settings", { alarms: held.own })).alarms;
  } catch (problem) {
    held.own = { ...before, ...(changes.seen ? { seen: changes.seen } : {}) };   // what was seen was seen
    throw problem;
  }
}

// ---- sound -------------------------------------------------------------------------------------------------------

export function onSound() {
  if (!held.own.sound || sound.isOpen()) return attempt(() => save({ sound: !held.own.sound })).then(unlock);
  return unlock();
}

async function unlock() {
  if (held.own.sound && !sound.isOpen()) await sound.open();
  paintSound();
}

function paintSound() {
  const heard = held.own.sound && sound.isOpen(), locked = held.own.sound && !heard;
  say($("sound"), heard ? "Mute" : locked ? "Click to hear alarms" : "Turn sound on");
  mark($("sound"), "tone", locked ? "warn" : "");
  say($("sound-words"), heard ? "Alarms are heard." : locked ? "This browser is silent until you click." : "Sound is off.");
}

// ---- which minutes -----------------------------------------------------------------------------------------------

function fillForm() {
  for (const name of ["silent_min", "location_min"]) $("alarm-form").elements.namedItem(name).value = String(held.own[name]);
}

function minutes(text) {
  return text === undefined ? 0 : Number(text);
}
