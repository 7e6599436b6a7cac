// Displays: addresses that screens open. Made, changed, revoked and deleted here, and shown as pictures for telephones.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { session as sessionName } from "./front-words.js";
import { ask } from "./work-ask.js";
import { chooseFrom, choosePartner } from "./work-choose.js";
import { CONTROL_KEYS, control, fillControl, openControl } from "./work-fleet-control.js";
import { openSettings, settings } from "./work-fleet-settings.js";
import { fillOld } from "./work-fleet-old.js";
import { controlWords, displayDetail, displayName, displayState, goes } from "./work-fleet-words.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { byPartner, fits } from "./work-list.js";
import { sure } from "./work-sure.js";
import { count, instant, localTime } from "./work-words.js";

let room = null, changing = null;

export function openCodes(theRoom) {
  room = theRoom;
  $("codes").addEventListener("click", event => {
    const button = event.target.closest("[data-act]"), display = button && displayAt(button);
    if (display) act(display, button.dataset.act);
  });
  $("codes").addEventListener("keydown", onKey);
  $("qr-print").addEventListener("click", () => print());
  if (!may("operator")) return;
  openControl(room);
  openSettings(room);
  handle($("make"), make);
  handle($("change-form"), save);
  $("make-partner").addEventListener("change", paintCodes);
}

function onKey(event) {
  const display = event.target.matches(".code-row") && displayAt(event.target);
  if (!display || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") act(display, may("operator") ? "change" : "qr");
  else if (CONTROL_KEYS[event.key] && display.holds && may("operator")) {
    event.preventDefault();
    act(display, CONTROL_KEYS[event.key]);
  }
}

function act(display, name) {
  if (ACTS[name]) ACTS[name](display);
  else control(display, name);
}

export function paintCodes() {
  const { displays, partners, filter } = room, now = room.now();
  const shown = displays.filter(each => fits(filter, each.name, each.code, each.place, displayState(each, now).words, detailOf(each)));
  byPartner($("codes"), shown, partners, (list, items) => keep(list, items, each => each.code, "code-template", (element, each) => fill(element, each, now)));
  const next = may("operator") ? " Make one, and open its address on the screen at the finish." : "";
  sayOrHide($("no-code"), shown.length ? "" : displays.length ? `No display fits “${filter}”.` : "There is no display yet." + next);
  if (!may("operator")) return;
  choosePartner("make-partner", partners);
  const whose = partners.find(each => each.slug === $("make-partner").value);
  chooseFrom("make-session_id", choices(whose));
  chooseFrom("make-template", looks(whose));
}

function fill(element, each, now) {
  const url = field(element, "url"), state = displayState(each, now), name = displayName(each);
  say(field(element, "name"), name);
  sayOrHide(field(element, "state"), state.words);
  mark(field(element, "state"), "tone", state.tone);
  sayOrHide(field(element, "control"), controlWords(each, now));
  say(field(element, "detail"), detailOf(each));
  say(url, each.url);
  set(url, "href", each.url);
  set(element, "aria-label", name);
  mark(element, "away", each.holds ? "" : "yes");
  const fitting = { identify: each.screens > 0, reload: each.screens > 0, revoke: !each.revoked_at, restore: Boolean(each.revoked_at), qr: each.holds };
  for (const button of element.querySelectorAll("[data-act]")) {
    const { act } = button.dataset;
    button.hidden = act in fitting && !fitting[act];
    set(button, "aria-label", `${button.textContent}: ${name}`);
    fillControl(button, each);
  }
}

function detailOf(display) {
  const session = room.sessions.find(each => each.id === display.session_id);
  return displayDetail(display, session ? nameOf(session) : "");
}

function nameOf(session) {
  return sessionName({ id: session.id, name: session.session_name, event: "", purpose: session.purpose });
}

function choices(partner) {
  const own = room.sessions.filter(each => each.status !== "ended" && (!partner || !each.partner || each.partner.id === partner.id));
  return [{ id: "", name: "The active session" }, ...own.map(each => ({ id: each.id, name: nameOf(each) }))];
}

function looks(partner) {
  const own = room.templates.filter(each => !partner || !each.partner || each.partner.id === partner.id);
  return [{ id: "", name: "The hub’s own layout" }, ...own.map(each => ({ id: each.name, name: each.name }))];
}

function displayAt(element) {
  const { key } = element.closest(".code-row").dataset;
  return room.displays.find(each => each.code === key);
}

const path = (display, more = "") => "/api/displays/" + encodeURIComponent(display.code) + more;

async function tell(display, kind, words) {
  await attempt(async () => {
    const { told } = await ask("POST", path(display, "/" + kind));
    notice(`${count(told, "screen")} ${told === 1 ? words[0] : words[1]}.`);
  });
}

const ACTS = {
  qr: showPicture,
  change,
  settings,
  identify: display => tell(display, "identify", ["says who it is", "say who they are"]),
  reload: display => tell(display, "reload", ["loads its page anew", "load their pages anew"]),
  restore: display => attempt(async () => {
    await ask("PATCH", path(display), { revoked: false });
    notice(`The address of “${displayName(display)}” works again. Open it again on the screens that it had.`);
  }).then(room.refresh),
  revoke: display => sure({
    title: `Revoke “${displayName(display)}”?`, yes: "Revoke the address", tone: "danger",
    words: `Its address and its QR code stop working until you restore them. ${goes(display)}`,
  }, async () => { await ask("PATCH", path(display), { revoked: true }); await room.refresh(); }),
  delete: display => sure({
    title: `Delete “${displayName(display)}”?`, yes: "Delete the display", tone: "danger",
    words: `Its address and its QR code stop working for good, and the names of its screens go, too. ${goes(display)}`,
  }, async () => {
    await ask("DELETE", path(display));
    notice(`“${displayName(display)}” is deleted.`);
    await room.refresh();
  }),
};

function showPicture(display) {
  say($("qr-title"), displayName(display));
  sayOrHide($("qr-place"), display.place);
  say($("qr-url"), display.url);
  set($("qr-picture"), "src", path(display, "/qr.svg?") + encodeURIComponent(display.url));
  set($("qr-picture"), "alt", `QR code of ${displayName(display)}, ${display.url}`);
  $("qr-local").hidden = !/^https?:\/\/(localhost|127\.|\[::1\])/.test(display.url);
  fillOld(display);
  $("qr-old").open = false;
  $("qr").showModal();
}

function change(display) {
  changing = display;
  const form = $("change-form").elements;
  say($("change-title"), "Change " + displayName(display));
  form.name.value = display.name;
  form.place.value = display.place;
  chooseFrom("change-form-session_id", withOwn(display));
  form.session_id.value = display.session_id === null ? "" : String(display.session_id);
  chooseFrom("change-form-template", looks(display.partner));
  form.template.value = display.template ? display.template.name : "";
  form.expires_at.value = localTime(display.expires_at);
  $("change").showModal();
  form.name.focus();
}

function withOwn(display) {
  const there = choices(display.partner), own = display.session_id;
  return own === null || there.some(each => each.id === own) ? there : there.concat({ id: own, name: "Session " + own + ", ended" });
}

async function save(values) {
  need(values, { name: "Give it a name." });
  const until = values.expires_at && localTime(changing.expires_at) !== values.expires_at ? { expires_at: instant(values.expires_at) } : {};
  await ask("PATCH", path(changing), {
    name: values.name, place: values.place || "", session_id: values.session_id ? Number(values.session_id) : null,
    template: values.template || null,
    ...(values.expires_at ? until : { expires_at: null }),
  });
  $("change").close();
  notice(`“${values.name}” is saved.`);
  await room.refresh();
}

async function make(values) {
  need(values, { name: "Give it a name." });
  const { display } = await ask("POST", "/api/displays", {
    name: values.name, place: values.place || "", ...(values.partner ? { partner: values.partner } : {}),
    ...(values.session_id ? { session_id: Number(values.session_id) } : {}),
    ...(values.template ? { template: values.template } : {}),
    ...(values.expires_in_hours ? { expires_in_hours: Number(values.expires_in_hours) } : {}),
  });
  $("make").reset();
  $("make-more").open = false;
  await room.refresh();
  showPicture(display);
}
