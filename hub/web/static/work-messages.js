// The messages of a session: what screens, announcers and crew are told, now and later.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { Refused, ask, look } from "./work-ask.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { KINDS, again, asked, sends, shown, stateOf } from "./work-messages-words.js";

const ASK_MS = 5000;
const UNDO_MS = 12000;
const place = { session: null, all: [], everyS: 0, edited: null };

const path = (more = "") => `/api/sessions/${place.session().id}/messages${more}`;
const isMine = each => may("operator") || (may("announcer") && each.audience === "announcer");

/** `session()`: the one whose messages these are. */
export function openMessages(session) {
  place.session = session;
  const form = $("message"), list = $("messages-list");
  list.addEventListener("click", onClick);
  list.addEventListener("keydown", onKey);
  list.addEventListener("change", onChange);
  if (form) {
    handle(form, send);
    form.addEventListener("input", paintForm);
    form.addEventListener("keydown", event => { if (event.key === "Escape" && place.edited) { event.stopPropagation(); edit(null); } });
    $("message-cancel").addEventListener("click", () => edit(null));
    paintForm();
  }
  keepUp();
}

async function keepUp() {
  if (!$("messages-list")) return;    // the session is gone
  if (!document.hidden) await attempt(load);
  setTimeout(keepUp, ASK_MS);
}

async function load() {
  show(await look(path()));
}

// ---- what there is -----------------------------------------------------------------------------------------------

function show({ messages, every_s }) {
  Object.assign(place, { all: messages, everyS: every_s });
  if (!$("messages-list")) return;
  const held = document.activeElement, now = Date.now();
  const kinds = KINDS.filter(({ kind }) => messages.some(each => each.kind === kind));
  keep($("messages-list"), kinds, ({ kind }) => kind, "messages-template", (group, each) => fillGroup(group, each, now));
  if (held !== document.activeElement && held.isConnected) held.focus();    // it was moved, and that takes the focus
  $("no-message").hidden = messages.length > 0;
  if (place.edited && !messages.some(({ id }) => id === place.edited.id)) edit(null);
}

function fillGroup(group, { kind, title, words }, now) {
  const mine = place.all.filter(each => each.kind === kind), every = group.querySelector("input");
  say(field(group, "title"), title);
  say(field(group, "words"), words);
  if (every) {
    every.closest("label").hidden = kind !== "rotating";
    if (document.activeElement !== every) every.value = String(place.everyS);
  }
  keep(group.querySelector("ul"), mine, each => each.id, "message-template", (row, each) => fill(row, each, mine, now));
}

function fill(row, each, mine, now) {
  const { tone, words } = stateOf(each, place.all, now), at = mine.indexOf(each);
  say(field(row, "text"), each.text);
  say(field(row, "state"), words);
  mark(row, "tone", tone);
  mark(row, "edited", place.edited && place.edited.id === each.id ? "yes" : "");
  sayOrHide(field(row, "audience"), { announcer: "Announcers", crew: "Crew" }[each.audience] || "");
  const actions = row.querySelector(".actions");
  actions.hidden = !isMine(each);
  button(row, "up", "Move up: " + each.text, at > 0, mine.length > 1);
  button(row, "down", "Move down: " + each.text, at < mine.length - 1, mine.length > 1);
  button(row, "now", "Show now: " + each.text, true, each.kind !== "runner" && (each.kind !== "pinned" || !tone));
  button(row, "edit", "Edit: " + each.text, true, true);
  button(row, "delete", "Delete: " + each.text, true, true);
}

/** One that cannot be used now keeps its place and its focus. */
function button(row, act, label, usable, there) {
  const found = row.querySelector(`[data-act=${act}]`);
  set(found, "aria-label", label);
  set(found, "aria-disabled", String(!usable));
  found.hidden = !there;
}

// ---- one more, or another one ------------------------------------------------------------------------------------

const valueOf = name => $("message").elements.namedItem(name).value;

function paintForm() {
  const kind = valueOf("kind"), runner = kind === "runner";
  $("message-audience").closest(".field").hidden = runner || !may("operator");
  $("message-fills").hidden = !runner;
  say($("message").querySelector("[type=submit]"), sends({ kind, begins_at: valueOf("begins_at") }, Boolean(place.edited)));
  const left = 200 - Array.from(valueOf("text")).length;
  sayOrHide($("message-left"), left <= 40 ? `${left} left` : "");
}

async function send(values) {
  need(values, { text: "Say what it is to say." });
  const given = { ...values, kind: valueOf("kind"), audience: may("operator") ? valueOf("audience") : "announcer" };
  const body = asked(given, Boolean(place.edited)), { edited } = place;
  show(await (edited ? ask("PATCH", path("/" + edited.id), body) : ask("POST", path(), body)));
  notice(edited ? "Saved." : body.now ? "It stands there." : "Added.");
  edit(null, { stay: !edited });
}

/** The form is for this message; null: for a new one. stay: the next one is likely to be of the same kind. */
function edit(each, { stay = false } = {}) {
  const form = $("message"), before = place.edited;
  if (!form) return;
  place.edited = each;
  const { kind, audience } = stay ? { kind: valueOf("kind"), audience: valueOf("audience") } : { kind: "pinned", audience: may("operator") ? "public" : "announcer" };
  const values = each ? shown(each) : { text: "", kind, audience, begins_at: "", ends_at: "" };
  for (const [name, value] of Object.entries(values)) form.elements.namedItem(name).value = value;
  if (values.begins_at || values.ends_at) $("message-times").open = true;
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  say($("message-title"), each ? "Edit this message" : "New message");
  $("message-cancel").hidden = !each;
  paintForm();
  for (const row of document.querySelectorAll("#messages-list li[data-key]")) mark(row, "edited", each && row.dataset.key === String(each.id) ? "yes" : "");
  if (each) { form.elements.namedItem("text").focus(); form.scrollIntoView({ block: "nearest" }); }
  else if (before) focusOn(before.id, "edit");
}

function focusOn(id, act) {
  const found = document.querySelector(`#messages-list li[data-key="${id}"] [data-act=${act}]`);
  if (found) found.focus();
}

// ---- what is done ------------------------------------------------------------------------------------------------

function of(event) {
  const row = event.target.closest("li[data-key]");
  return row && place.all.find(each => String(each.id) === row.dataset.key);
}

function onClick(event) {
  const each = of(event), clicked = event.target.closest("button[data-act]");
  if (!each || !clicked || clicked.getAttribute("aria-disabled") === "true") return;
  const acts = {
    up: () => move(each, -1), down: () => move(each, 1), edit: () => edit(each), delete: () => attempt(() => remove(each)),
    now: () => attempt(async () => { show(await ask("PATCH", path("/" + each.id), { now: true })); notice("It stands there."); }),
  };
  acts[clicked.dataset.act]();
}

function onKey(event) {
  const each = of(event), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!each || !step || !event.altKey || !isMine(each)) return;
  event.preventDefault();
  move(each, step);
}

function move(each, step) {
  const mine = place.all.filter(({ kind }) => kind === each.kind), position = mine.indexOf(each) + 1 + step;
  if (position < 1 || position > mine.length) return;
  attempt(async () => show(await ask("PATCH", path("/" + each.id), { position })));
}

async function remove(each) {
  const position = place.all.filter(({ kind }) => kind === each.kind).indexOf(each) + 1;
  await ask("DELETE", path("/" + each.id));
  if (place.edited && place.edited.id === each.id) edit(null);
  await load();
  const next = document.querySelector("#messages-list button:not([hidden])") || $("message-text");
  if (next && document.activeElement === document.body) next.focus();
  notice(`“${each.text}” is deleted.`, () => attempt(async () => {
    show(await ask("POST", path(), again({ ...each, position })));
    notice("It is back.");
  }), { label: "Undo", forMs: UNDO_MS });
}

async function onChange({ target }) {
  if (target.name !== "every_s") return;
  const error = target.closest("[data-key]").querySelector(".error");
  sayOrHide(error, "");
  try {
    show(await ask("PATCH", path(), { every_s: Number(target.value) }));
    notice("Saved.");
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    if (problem.again) notice(problem.message); else sayOrHide(error, "Expected whole seconds from 3 to 600.");
  }
}
