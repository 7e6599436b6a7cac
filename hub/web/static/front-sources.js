// Readers in the control room: which session each of them feeds, given with one click; those that lead nowhere first.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import * as words from "./front-words.js";
import { ask } from "./work-ask.js";
import { attempt, may, notice } from "./work-here.js";
import { byPartner, fits } from "./work-list.js";
import { sure } from "./work-sure.js";

const CHOICES_MAX = 6;            // more sessions at once than anybody times

let room = null;
const opened = new Set();         // whose actions are shown, by their numbers

/** `theRoom` as for sessions. */
export function openSources(theRoom) {
  room = theRoom;
  $("sources").addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
}

export function paintSources(now) {
  const state = room.shown(), filter = $("room-filter").value.trim();
  const fitting = state.sources.filter(each => fits(filter, each.program, each.remote, each.event_name, ...each.locations.map(place => place.name), nameOf(sessionOf(each))));
  byPartner($("sources"), fitting, withNobody(state, fitting), (list, items) => keep(list, items, each => each.id, "source-template", (element, each) => fill(element, each, state, now)));
  const none = filter ? `No reader fits “${filter}”.` : "No reader yet. One that connects is listed here.";
  sayOrHide($("no-source"), fitting.length ? "" : none);
  keep($("refused"), state.refused, each => [each.address, each.user, each.reason].join(" "), "refused-template", (element, each) => say(field(element, "words"), words.refused(each, now)));
  sayOrHide($("sources-more"), state.sources_more ? `and ${state.sources_more} more` : "");
}

/** Readers whose partner is not known are a group of their own, the first. */
function withNobody(state, sources) {
  const nobody = { id: 0, slug: "", name: "Nobody’s yet" };
  for (const each of sources) each.partner = each.partner || nobody;
  return sources.some(each => each.partner.id === 0) ? [nobody, ...state.partners] : state.partners;
}

function fill(element, each, state, now) {
  const seen = words.source(each, state, now), feeds = sessionOf(each);
  mark(element, "tone", seen.tone);
  mark(element, "amber", each.inbox && each.amber ? "yes" : "");
  say(field(element, "words"), seen.words);
  sayOrHide(field(element, "detail"), seen.detail);
  sayOrHide(field(element, "waits"), each.inbox ? waiting(each) : "");
  say(field(element, "feeds"), each.inbox ? "" : "feeds " + nameOf(feeds));
  const moving = element.querySelector(".moving");
  moving.hidden = !each.move;
  if (each.move) {
    const bar = moving.querySelector("progress");
    bar.max = Math.max(1, each.move.total);
    bar.value = each.move.done;
    say(field(element, "moved"), `${each.move.done.toLocaleString("en")} of ${words.count(each.move.total, "read")} moved`);
  }
  const actions = element.querySelector(".actions");
  if (!actions) return;
  const choices = choicesOf(each), shows = !each.move && (each.inbox || opened.has(each.id));
  const open = actions.querySelector("[data-act=open]");
  open.hidden = each.inbox || Boolean(each.move) || words.isDemo(state, each);
  set(open, "aria-expanded", String(shows));
  set(open, "aria-label", `Change what ${whoOf(each)} feeds`);
  keep(actions.querySelector(".choices"), shows ? choices : [], one => one.id, "choice-template", (button, one) => {
    say(button, "Assign to " + nameOf(one));
    mark(button, "only", each.inbox && choices.length === 1 ? "yes" : "");
    button.className = each.inbox && choices.length === 1 ? "main" : "";
    set(button, "aria-label", `Assign ${whoOf(each)} to ${nameOf(one)}`);
  });
  const release = actions.querySelector("[data-act=release]");
  release.hidden = !shows || each.inbox;
  set(release, "aria-label", "Take out " + whoOf(each));
  sayOrHide(field(element, "no-choice"), shows && !choices.length && each.inbox ? "Make or start a session for it." : "");
}

function waiting(each) {
  const held = each.held ? `${words.count(each.held, "read")} ${each.held === 1 ? "waits" : "wait"} here.` : "Nothing has come yet.";
  return `${each.amber ? sentence(each.amber) : "It leads nowhere."} ${held}`;
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

function sessionOf(each) {
  return room.state().sessions.find(one => one.id === each.session);
}

/** The partner's active sessions but the one that it feeds; anybody's where it is nobody's yet. */
function choicesOf(each) {
  return room.state().sessions.filter(one => one.purpose !== "demo" && one.id !== each.session && (!each.partner || !each.partner.id || !one.partner || one.partner.id === each.partner.id)).slice(0, CHOICES_MAX);
}

function nameOf(session) {
  return session ? session.name || "session " + session.id : "another session";
}

function whoOf(each) {
  return (each.program || "the reader") + " at " + each.remote;
}

// ---- what is done to one -----------------------------------------------------------------------------------------

function sourceAt(element) {
  const row = element.closest(".source");
  return row && room.shown().sources.find(each => String(each.id) === row.dataset.key);
}

function onClick(event) {
  const button = event.target.closest("button"), each = button && sourceAt(button);
  if (!each) return;
  if (button.dataset.act === "open") toggle(each);
  else if (button.dataset.act === "release") askToRelease(each);
  else if (button.dataset.key) assign(each, room.state().sessions.find(one => String(one.id) === button.dataset.key));
}

function toggle(each) {
  if (opened.has(each.id)) opened.delete(each.id);
  else opened.add(each.id);
  room.paint();
}

/** Into a session at once; out of another one only after a question. */
function assign(each, session) {
  const act = async () => {
    await ask("POST", `/api/sources/${each.id}/assign`, { session_id: session.id });
    opened.delete(each.id);
    notice(`${whoOf(each)} feeds ${nameOf(session)} now.`);
    await room.refresh();
  };
  if (each.inbox) return attempt(act);
  sure({ title: `Move ${whoOf(each)} to “${nameOf(session)}”?`, yes: "Move it", words: `${goes(each)} They are taken out of “${nameOf(sessionOf(each))}”. It can be moved back.` }, act);
}

function askToRelease(each) {
  sure({
    title: `Take ${whoOf(each)} out of “${nameOf(sessionOf(each))}”?`, yes: "Take it out",
    words: `${goes(each)} They wait until somebody assigns it again; until then no screen shows them.`,
  }, async () => {
    await ask("POST", `/api/sources/${each.id}/release`);
    opened.delete(each.id);
    notice(`${whoOf(each)} is taken out.`);
    await room.refresh();
  });
}

function goes(each) {
  return each.accepted ? `What it has sent, ${words.count(each.accepted, "read")} since the hub’s start, goes with it.` : "All that it has sent goes with it.";
}

/** `a` on a row: assigns it where there is one choice, else shows them. Enter: the same as its button. */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !may("operator") || document.querySelector("dialog[open]")) return;
  const row = event.target.closest(".source");
  if (!row || event.target.closest("input, select, textarea") || (event.key !== "a" && !(event.key === "Enter" && event.target === row))) return;
  const each = sourceAt(row), choices = each ? choicesOf(each) : [];
  if (!each || each.move || words.isDemo(room.state(), each)) return;
  event.preventDefault();
  if (event.key === "a" && choices.length === 1) return assign(each, choices[0]);
  if (!each.inbox) toggle(each);
  const first = row.querySelector(".choices button, [data-act=release]:not([hidden])");
  if (first) first.focus();
}
