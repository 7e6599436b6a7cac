// The locations of a session: how each is called, its place, whether it is shown, and of which it is a part.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { ask, look } from "./work-ask.js";
import { sentence } from "./work-form.js";
import { attempt, notice } from "./work-here.js";
import { count, when } from "./work-words.js";

const ASK_MS = 15000;             // each time all reads are counted
const place = { session: null, operates: false, all: [], wrong: new Map() };

const path = (more = "") => `/api/sessions/${place.session().id}/locations${more}`;

/** `session()`: the one whose locations these are. `operates`: whether something may be said of them here. */
export function openLocations(session, operates) {
  Object.assign(place, { session, operates });
  if (operates) {
    const list = $("locations");
    list.addEventListener("change", onChange);
    list.addEventListener("click", onClick);
    list.addEventListener("keydown", onKey);
  }
  keepUp();
}

async function keepUp() {
  if (!$("locations")) return;    // the session is gone
  if (!document.hidden) await attempt(load);
  setTimeout(keepUp, ASK_MS);
}

async function load() {
  show((await look(path())).locations);
}

// ---- what there is -----------------------------------------------------------------------------------------------

function show(locations) {
  place.all = locations;
  if (!$("locations")) return;
  const held = document.activeElement, wholes = locations.filter(each => each.merged_into === null);
  keep($("locations"), locations, each => each.id, "location-template", (element, each) => {
    mark(element, "part", each.merged_into === null ? "" : "yes");
    say(field(element, "detail"), detailOf(each));
    if (place.operates) fill(element, each, wholes);
    else say(field(element, "shown"), each.merged_into === null ? each.shown_name : each.name);
  });
  if (held !== document.activeElement && held.isConnected) held.focus();    // it was moved, and that takes the focus
  sayOrHide($("no-location"), locations.length ? "" : "None yet: each appears with its first read.");
  if ($("locations-words")) $("locations-words").hidden = !locations.length;
}

function detailOf(each) {
  return [
    each.merged_into === null ? each.shown_name !== each.name && "readers call it " + each.name : "a part of " + each.shown_name,
    count(each.reads, "read"), each.last_read_at && "last one came " + when(each.last_read_at), each.hidden && each.merged_into === null && "hidden",
  ].filter(Boolean).join(" · ");
}

function fill(element, each, wholes) {
  const whole = each.merged_into === null, at = wholes.indexOf(each), input = element.querySelector("input");
  const name = whole ? each.shown_name : each.name, others = wholes.filter(one => one !== each);
  if (document.activeElement !== input) input.value = name;
  input.readOnly = !whole;
  set(input, "aria-label", `Shown as, for ${each.name}`);
  sayOrHide(field(element, "error"), place.wrong.get(each.id) || "");
  button(element, "up", "Move " + name + " up", whole && at > 0, whole);
  button(element, "down", "Move " + name + " down", whole && at < wholes.length - 1, whole);
  const hide = button(element, "hide", (each.hidden ? "Show " : "Hide ") + name, true, whole);
  say(hide, each.hidden ? "Show" : "Hide");
  set(hide, "aria-pressed", String(each.hidden));
  button(element, "split", "Split " + name + " off", true, !whole);
  const merge = element.querySelector("[data-act=merge]");
  merge.hidden = !whole || !others.length;
  set(merge, "aria-label", "Make " + name + " a part of");
  if (document.activeElement === merge) return;
  merge.replaceChildren(new Option("Part of…", ""), ...others.map(one => new Option(one.shown_name, one.id)));
}

/** One that cannot be used now keeps its place and its focus. */
function button(element, act, label, usable, there) {
  const found = element.querySelector(`[data-act=${act}]`);
  set(found, "aria-label", label);
  set(found, "aria-disabled", String(!usable));
  found.hidden = !there;
  return found;
}

// ---- what is done ------------------------------------------------------------------------------------------------

function of(event) {
  const row = event.target.closest("[data-key]");
  return row && place.all.find(each => String(each.id) === row.dataset.key);
}

/** What the hub refuses stands beside the location until something else is said of it. */
async function tell(each, method, more, body) {
  place.wrong.delete(each.id);
  try {
    show((await ask(method, path(`/${each.id}${more}`), body)).locations);
    return true;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status === 401) return false;
    if (problem.again) notice(problem.message); else place.wrong.set(each.id, sentence(problem.message, problem.field));
    show(place.all);
    return false;
  }
}

function onChange(event) {
  const each = of(event);
  if (!each) return;
  if (event.target.name === "shown_name") tell(each, "PATCH", "", { shown_name: event.target.value.trim() || null });
  else if (event.target.dataset.act === "merge" && event.target.value) {
    const into = Number(event.target.value);
    event.target.value = "";
    event.target.blur();
    tell(each, "POST", "/merge", { into });
  }
}

function onClick(event) {
  const each = of(event), clicked = event.target.closest("button[data-act]");
  if (!each || !clicked || clicked.getAttribute("aria-disabled") === "true") return;
  const { act } = clicked.dataset;
  if (act === "hide") tell(each, "PATCH", "", { hidden: !each.hidden });
  else if (act === "split") tell(each, "POST", "/split");
  else move(each, act === "up" ? -1 : 1);
}

function onKey(event) {
  const each = of(event), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Enter" && event.target.name === "shown_name") event.target.blur();
  if (!each || !step || !event.altKey || each.merged_into !== null) return;
  event.preventDefault();
  move(each, step);
}

function move(each, step) {
  const wholes = place.all.filter(one => one.merged_into === null), position = wholes.indexOf(each) + 1 + step;
  if (position >= 1 && position <= wholes.length) tell(each, "PATCH", "", { position });
}
