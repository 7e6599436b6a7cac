// Sessions in the control room: those of memory with their live numbers, and all others as the database has them; made,
// started, ended and reopened here.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { askToSay, openSay } from "./front-say.js";
import { points, rateWords } from "./front-spark.js";
import { age, count } from "./front-words.js";
import { ask } from "./work-ask.js";
import { chooseFrom, choosePartner } from "./work-choose.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { isSlow, took } from "./work-latency-words.js";
import { byPartner, fits } from "./work-list.js";
import { sure } from "./work-sure.js";
import { STATUS, when } from "./work-words.js";

const ENDED_SHOWN = 5;            // unless somebody asks for more: a season has many
const ASK_MS = 10000;

/** `stored`: as the database had them last; null: not asked yet. `problem`: why it was not answered. */
const known = { stored: null, events: null, problem: "", askedAt: -Infinity };
let room = null, allEnded = false, offered = false;

/** `room.shown()`: the state as it is to be shown; `room.paint()`; `room.refresh()`: asks the hub anew. */
export function openSessions(theRoom) {
  room = theRoom;
  $("session-list").addEventListener("click", onClick);
  $("all-sessions").addEventListener("click", () => { allEnded = true; paintSessions(); });
  if (!may("operator")) return;
  handle($("session-form"), make);
  openSay();
  $("make-session").addEventListener("toggle", () => { if ($("make-session").open) attempt(loadEvents); });
  $("session-form-partner").addEventListener("change", paintChoices);
}

/** Asks when it is due, or when memory has others than the database had. */
export async function askSessions(now, force = false) {
  const fresh = known.stored && room.state().sessions.every(each => known.stored.some(other => other.id === each.id && other.status === "active"));
  if (!force && fresh && now - known.askedAt < ASK_MS) return;
  if (!force && now - known.askedAt < 2000) return;
  known.askedAt = now;
  try {
    known.stored = (await ask("GET", "/api/sessions")).sessions;
    known.problem = "";
    if (!offered && !rows().length && may("operator")) $("make-session").open = true;
    offered = true;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    known.problem = problem.message;
  }
  paintSessions();
}

async function loadEvents() {
  known.events = (await ask("GET", "/api/events")).events;
  paintChoices();
}

// ---- the list ----------------------------------------------------------------------------------------------------

/** Live ones first, then those to come, then those that are over; each with what memory knows of it. */
function rows() {
  const { sessions, partners } = room.shown(), ids = new Set(partners.map(each => each.id));
  const stored = (known.stored || []).filter(each => !each.partner || ids.has(each.partner.id));
  const live = sessions.map(each => ({ ...row(each), ...stored.find(other => other.id === each.id), ...liveOf(each) }));
  const others = stored.filter(each => !sessions.some(other => other.id === each.id));
  const rank = each => ["active", "scheduled", "ended"].indexOf(each.status);
  return [...live, ...others].sort((a, b) => rank(a) - rank(b));
}

function row({ id, name, event, purpose }) {
  return { id, session_name: name, event_name: event, purpose };
}

function liveOf({ name, event, purpose, partner, offset, runners, rate, unknown, testing, latency }) {
  return { session_name: name, event_name: event, purpose, status: "active", partner, total_reads: offset, runners, rate, unknown, testing, latency };
}

export function paintSessions() {
  const all = rows(), filter = $("room-filter").value.trim();
  const fitting = filter ? all.filter(each => fits(filter, each.session_name, each.event_name, STATUS[each.status])) : all;
  const ended = fitting.filter(each => each.status === "ended"), late = filter || allEnded ? [] : ended.slice(ENDED_SHOWN);
  const shown = fitting.filter(each => !late.includes(each));
  sayOrHide($("all-sessions"), late.length ? `All ${ended.length} that have ended` : "");
  byPartner($("session-list"), shown, room.shown().partners, (list, items) => keep(list, items, each => each.id, "session-template", fill));
  const none = known.stored || known.problem ? (may("operator") ? "No session yet. Make the first one: reads need a place to go to." : "No session yet.") : "Looking for sessions.";
  const away = known.problem ? `Sessions that are not live cannot be listed now: ${known.problem}` : "";
  sayOrHide($("no-session"), shown.length ? away : filter ? `No session fits “${filter}”.` : away || none);
  paintChoices();
}

function fill(element, each) {
  const link = field(element, "name"), words = each.session_name || "Session " + each.id;
  say(link, words);
  set(link, "href", "/sessions/" + each.id);
  fillLink(element, "roster", "Roster of " + words, `/sessions/${each.id}/roster`);
  fillLink(element, "assign", "Say whose the unknown tags of " + words + " are", `/sessions/${each.id}/roster#unknown`);
  fillLink(element, "announcer", "Announcer of " + words, "/announcer/" + each.id);
  if (field(element, "announcer")) field(element, "announcer").hidden = each.status === "ended";
  say(field(element, "status"), STATUS[each.status] || each.status);
  mark(field(element, "status"), "tone", each.status === "active" ? "live" : "");
  sayOrHide(field(element, "purpose"), { rehearsal: "Rehearsal", demo: "Demo" }[each.purpose] || "");
  sayOrHide(field(element, "test"), each.testing && each.status === "active" ? "TEST" : "");
  sayOrHide(field(element, "detail"), detailOf(each));
  fillRate(element, each);
  fillUnknown(element, each);
  for (const button of element.querySelectorAll("[data-act]")) {
    const live = each.status === "active";
    const fitting = { start: each.status === "scheduled", end: live, reopen: each.status === "ended", say: live, test: live && !each.testing, untest: live && each.testing };
    button.hidden = !fitting[button.dataset.act] || each.purpose === "demo";
    set(button, "aria-label", `${button.textContent} ${words}`);
  }
}

/** Where somebody may go. The announcer's page is of sessions that are to come or live. */
function fillLink(element, name, label, path) {
  const link = field(element, name);
  if (!link) return;
  set(link, "href", path);
  set(link, "aria-label", label);
}

function fillRate(element, each) {
  const rate = each.rate || [], figure = element.querySelector(".rate");
  figure.hidden = each.status !== "active";
  set(figure.querySelector("polyline"), "points", points(rate));
  say(field(element, "rate"), rateWords(rate) || "no read in the last minute");
  sayOrHide(field(element, "latency"), each.latency ? "on screens in " + took(each.latency) : "");
  mark(field(element, "latency"), "tone", isSlow(each.latency) ? "warn" : "");
}

function fillUnknown(element, each) {
  const { count: many, last } = each.unknown || { count: 0, last: [] }, more = element.querySelector(".unknown-tags");
  more.hidden = !many || !each.runners;
  say(field(element, "unknown"), count(many, "unknown tag"));
  keep(more.querySelector("ul"), more.open ? last : [], one => one.tag, "tag-template", (item, one) => {
    say(field(item, "tag"), one.tag);
    say(field(item, "detail"), `${count(one.count, "read")}, last at ${one.location} ${age(Date.parse(one.at), Date.now())}`);
  });
}

function detailOf(each) {
  const event = each.event_name && each.event_name !== each.session_name ? each.event_name : "";
  return [
    event,
    each.status === "scheduled" && (each.scheduled_for ? "starts " + when(each.scheduled_for) : "waits to be started"),
    each.status === "scheduled" && !each.total_reads ? "" : count(each.total_reads || 0, "read"),
    each.runners ? count(each.runners, "runner") : each.runners === 0 && each.purpose !== "demo" ? "no names yet" : "",
    each.status === "ended" && each.ended_at && "ended " + when(each.ended_at),
  ].filter(Boolean).join(" · ");
}

// ---- what is done to one -----------------------------------------------------------------------------------------

function onClick(event) {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const id = Number(button.closest("[data-key]").dataset.key), each = rows().find(one => one.id === id);
  if (!each) return;
  const act = button.dataset.act;
  if (act === "end") return askToEnd(each, room.shown().displays.filter(one => one.session === id).length, () => turn(each, "end"));
  if (act === "say") return askToSay(each);
  if (act === "test") return askToTest(each);
  if (act === "untest") return askToEndTest(each);
  attempt(() => turn(each, act));
}

function askToTest(each) {
  sure({
    title: `Turn on test mode for “${each.session_name}”?`, yes: "Turn it on",
    words: "Reads that come from now on are marked as a test, on all screens, too. They do not count when the test is over.",
  }, () => test(each, true));
}

function askToEndTest(each) {
  sure({
    title: `End the test of “${each.session_name}”?`, yes: "End the test",
    words: "Reads count again from now on. Those of the test are kept, and no result has them.",
  }, () => test(each, false));
}

async function test(each, on) {
  await ask("POST", `/api/sessions/${each.id}/testing`, { on });
  notice(on ? `“${each.session_name}” is in test mode.` : `The test of “${each.session_name}” is over.`);
  await room.refresh();
}

/** The question before a session ends; the session's own page asks it, too. */
export function askToEnd(each, displays, act) {
  const shown = displays ? `Its readers are hung up on, and ${count(displays, "display")} that ${displays === 1 ? "shows" : "show"} it will rest.` : "Its readers are hung up on, and screens that show it will rest.";
  sure({
    title: `End “${each.session_name}”?`, yes: "End the session",
    words: `Its ${count(each.total_reads || 0, "read")} ${each.total_reads === 1 ? "is" : "are"} kept. ${shown} It can be reopened.`,
  }, act);
}

const DONE = { start: "is live", end: "has ended", reopen: "is live again" };

async function turn(each, act) {
  await ask("POST", `/api/sessions/${each.id}/${act}`);
  notice(`“${each.session_name}” ${DONE[act]}.`);
  await room.refresh();
}

async function make(values) {
  need(values, { session_name: "Give it a name." });
  await ask("POST", "/api/sessions", {
    session_name: values.session_name, purpose: values.rehearsal ? "rehearsal" : "race", start: values.start,
    ...(values.event_id ? { event_id: Number(values.event_id) } : {}), ...(values.partner ? { partner: values.partner } : {}),
  });
  notice(`“${values.session_name}” is made.`);
  $("session-form").reset();
  $("make-session").open = false;
  $("make-session").firstElementChild.focus();
  await room.refresh();
}

function paintChoices() {
  if (!may("operator")) return;
  choosePartner("session-form-partner", room.shown().partners);
  const slug = $("session-form-partner").value;
  const events = (known.events || []).filter(each => !slug || !each.partner || each.partner.slug === slug);
  const options = [{ id: "", name: "No event yet" }, ...events.map(each => ({ id: each.id, name: [each.name, each.date].filter(Boolean).join(", ") }))];
  chooseFrom("session-form-event_id", options);
}
