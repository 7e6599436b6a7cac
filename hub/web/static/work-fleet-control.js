// What an operator wishes of a display for now: dark, held, one card for as long as wanted, nothing of what was. Each is
// one press, by hand or by key; what is in force stands beside the display's name.

import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { displayName, readWords } from "./work-fleet-words.js";
import { attempt, notice } from "./work-here.js";

const DONE = {
  blank: "is dark", unblank: "is shown again", hold: "is held as it is; its clocks go on",
  pin: "keeps this card", skip: "shows only who comes from now on", resume: "goes on as usual",
};
export const CONTROL_KEYS = { b: "blank", h: "hold", p: "pin", s: "skip", r: "resume" };

let room = null, pinning = null;

export const path = display => "/api/displays/" + encodeURIComponent(display.code) + "/control";

export function openControl(theRoom) {
  room = theRoom;
  $("pin-reads").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    $("pin").close();
    wish(pinning, "pin", Number(button.dataset.offset));
  });
}

/** `button`: one of a display's, by what it does. */
export function fillControl(button, { control, holds }) {
  const { act } = button.dataset, { blank, hold, pin, skip } = control;
  if (act === "blank") set(button, "aria-pressed", String(Boolean(blank)));
  else if (act === "hold") set(button, "aria-pressed", String(hold !== undefined));
  else if (act === "pin") set(button, "aria-pressed", String(Boolean(pin)));
  else if (act === "resume") button.disabled = !(blank || pin || hold !== undefined || skip !== undefined);
  else if (act !== "skip") return;
  button.closest(".controls").hidden = !holds;
}

/** What a button or a key does. */
export function control(display, act) {
  const { blank, hold } = display.control;
  if (act === "pin") return choose(display);
  if (act === "blank") return wish(display, blank ? "unblank" : "blank");
  if (act === "hold" && hold !== undefined) return notice(`“${displayName(display)}” is held already. Resume lets it go on.`);
  return wish(display, act);
}

function wish(display, action, offset) {
  return attempt(async () => {
    const body = offset === undefined ? { action } : { action, offset };
    ({ control: display.control } = await ask("POST", path(display), body));
    notice(`“${displayName(display)}” ${DONE[action]}.`);
    await room.refresh();
  });
}

/** The newest, to choose one of. */
function choose(display) {
  return attempt(async () => {
    const { reads } = await ask("GET", path(display));
    pinning = display;
    say($("pin-title"), "Pin a card on " + displayName(display));
    sayOrHide($("pin-none"), reads.length ? "" : "Nobody has come yet whom this display shows.");
    keep($("pin-reads"), reads, each => each.offset, "pin-template", fill);
    $("pin").showModal();
    const first = $("pin-reads").querySelector("button");
    if (first) first.focus();
  });
}

function fill(element, read) {
  const { name, detail } = readWords(read), button = element.querySelector("button");
  button.dataset.offset = read.offset;
  say(field(element, "name"), name);
  say(field(element, "detail"), detail);
}
