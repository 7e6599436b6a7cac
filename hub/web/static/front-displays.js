// Displays in the control room: their addresses, how many screens show them, and what they show; made and deleted here.

import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import * as words from "./front-words.js";
import { ask } from "./work-ask.js";
import { chooseFrom, choosePartner } from "./work-choose.js";
import { controlWords } from "./work-fleet-words.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { byPartner, fits } from "./work-list.js";
import { sure } from "./work-sure.js";

let room = null, fresh = "";     // the code of the one that was made last

/** `theRoom` as for sessions. */
export function openDisplays(theRoom) {
  room = theRoom;
  $("display-list").addEventListener("click", onClick);
  $("display-list").addEventListener("change", onChange);
  if (!may("operator")) return;
  handle($("display-form"), make);
  $("make-display").open = !room.state().displays.length;
  $("display-form-partner").addEventListener("change", paintDisplays);
}

export function paintDisplays() {
  const { displays, displays_local, partners } = room.shown();
  const filter = $("room-filter").value.trim(), fitting = displays.filter(each => fits(filter, each.name, each.code));
  byPartner($("display-list"), fitting, partners, (list, items) => keep(list, items, each => each.code, "display-template", fill));
  $("displays-local").hidden = !displays_local;
  const next = may("operator") ? " Make one, and open its address on the screen at the finish." : "";
  sayOrHide($("no-display"), fitting.length ? "" : displays.length ? `No display fits “${filter}”.` : "There is no display yet." + next);
  if (!may("operator")) return;
  choosePartner("display-form-partner", partners);
  chooseFrom("display-form-session_id", choices(partners.find(each => each.slug === $("display-form-partner").value)));
}

function fill(element, each) {
  const image = element.querySelector("img"), url = field(element, "url"), name = nameOf(each);
  if (!image.src) element.querySelector("details").open = room.shown().displays.length === 1 || each.code === fresh;
  set(image, "src", `/api/displays/${encodeURIComponent(each.code)}/qr.svg?${encodeURIComponent(each.url)}`);
  set(image, "alt", `QR code of ${name}, ${each.url}`);
  say(field(element, "name"), name);
  say(url, each.url);
  set(url, "href", each.url);
  set(field(element, "open"), "href", each.url);
  set(field(element, "open"), "aria-label", "Open " + name);
  say(field(element, "code"), each.code);
  say(field(element, "screens"), each.screens ? words.count(each.screens, "screen") + " open" : "No screen open");
  sayOrHide(field(element, "control"), controlWords(each, Date.now()));
  for (const button of element.querySelectorAll("[data-act]")) fillButton(button, each, name);
  const shows = field(element, "shows");
  if (!shows || document.activeElement === shows) return;
  set(shows, "aria-label", "What " + name + " shows");
  chooseFrom(shows, choices(each.partner));
  const chosen = each.session === null ? "" : String(each.session);
  if (shows.value !== chosen) shows.value = chosen;
}

function fillButton(button, { control }, name) {
  const { act } = button.dataset, { blank, hold, pin } = control;
  set(button, "aria-label", button.textContent + " " + name);
  if (act === "blank") set(button, "aria-pressed", String(Boolean(blank)));
  else if (act === "hold") set(button, "aria-pressed", String(hold !== undefined));
  else if (act === "resume") button.hidden = !(blank || pin || hold !== undefined);
}

function choices(partner) {
  const sessions = room.shown().sessions.filter(each => !partner || !each.partner || each.partner.id === partner.id);
  return [{ id: "", name: "The active session" }, ...sessions.map(each => ({ id: each.id, name: words.session(each) }))];
}

function nameOf(each) {
  return each.name || "Display " + each.code;
}

function displayAt(element) {
  const { key } = element.closest(".display").dataset;
  return room.shown().displays.find(each => each.code === key);
}

function onClick(event) {
  const button = event.target.closest("[data-act]"), each = button && displayAt(button);
  if (!each) return;
  if (button.dataset.act !== "delete") wish(each, button.dataset.act);
  else remove(each);
}

/** The quick ones; the others are on the page of displays. */
function wish(each, act) {
  const action = act === "blank" && each.control.blank ? "unblank" : act === "hold" && each.control.hold !== undefined ? "resume" : act;
  return attempt(async () => {
    await ask("POST", `/api/displays/${encodeURIComponent(each.code)}/control`, { action });
    await room.refresh();
  });
}

function remove(each) {
  const screens = each.screens ? `${words.count(each.screens, "screen")} ${each.screens === 1 ? "shows" : "show"} it now, and will go dark.` : "No screen shows it now.";
  sure({
    title: `Delete “${nameOf(each)}”?`, yes: "Delete the display", tone: "danger",
    words: `Its address and its QR code stop working for good. ${screens}`,
  }, async () => {
    await ask("DELETE", "/api/displays/" + encodeURIComponent(each.code));
    notice(`“${nameOf(each)}” is deleted.`);
    await room.refresh();
  });
}

function onChange(event) {
  const each = event.target.matches("[data-f=shows]") && displayAt(event.target);
  if (!each) return;
  const session_id = event.target.value ? Number(event.target.value) : null;
  const chosen = event.target.selectedOptions[0].textContent.replace(/^The/, "the");
  const show = async () => {
    await ask("PATCH", "/api/displays/" + encodeURIComponent(each.code), { session_id });
    notice(`“${nameOf(each)}” shows ${chosen}.`);
    await room.refresh();
  };
  event.target.value = each.session === null ? "" : String(each.session);   // until it is so
  if (!each.screens) return attempt(show);
  sure({
    title: `Show ${chosen} on “${nameOf(each)}”?`, yes: "Show it",
    words: `${words.count(each.screens, "screen")} ${each.screens === 1 ? "shows" : "show"} it now, and ${each.screens === 1 ? "changes" : "change"} at once.`,
  }, show);
}

async function make(values) {
  need(values, { name: "Give it a name." });
  const { display } = await ask("POST", "/api/displays", {
    name: values.name, ...(values.session_id ? { session_id: Number(values.session_id) } : {}),
    ...(values.partner ? { partner: values.partner } : {}),
  });
  fresh = display.code;
  notice(`“${values.name}” is made.`);
  $("display-form").reset();
  $("make-display").open = false;
  $("make-display").firstElementChild.focus();
  await room.refresh();
}
