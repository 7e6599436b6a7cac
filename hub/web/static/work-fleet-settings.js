// How a display shows what: the form, and what it makes of the words that stand in it. The names that there are may be
// picked; others may be typed, for who sets up a screen before anybody has come.

import { $, keep, say, set } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { path as controlPath } from "./work-fleet-control.js";
import { displayName } from "./work-fleet-words.js";
import { handle } from "./work-form.js";
import { notice } from "./work-here.js";

const NUMBERS = { duration: [1, 60, "seconds"], dwell: [1, 10, "seconds"], gap_s: [0, 60, "seconds"] };
const LISTS = ["locations", "races"];

let room = null, changing = null;

export function openSettings(theRoom) {
  room = theRoom;
  handle($("settings-form"), save);
  for (const name of LISTS) {
    $("settings-form-" + name).addEventListener("input", () => press(name));
    $("settings-" + name).addEventListener("click", event => {
      const button = event.target.closest("button");
      if (button) toggle(name, button.textContent);
    });
  }
}

export async function settings(display) {
  changing = display;
  const form = $("settings-form").elements, own = display.settings;
  say($("settings-title"), "How " + displayName(display) + " shows runners");
  for (const name of Object.keys(NUMBERS)) form[name].value = own[name] === undefined ? "" : String(own[name]);
  form.layout.value = own.layout || "";
  form.laps.value = own.laps === "first" ? "first" : "";
  form.transitions.checked = own.transitions !== false;
  for (const name of LISTS) form[name].value = (own[name] || []).join(", ");
  offer({});
  $("settings").showModal();
  form.layout.focus();
  try {
    const there = await ask("GET", controlPath(display));
    if (changing === display) offer(there);
  } catch (problem) {
    if (problem.status === undefined) throw problem;   // they can be typed
  }
}

/** The names that there are, to be picked. */
function offer(there) {
  for (const name of LISTS) {
    const place = $("settings-" + name), names = there[name] || [];
    place.hidden = !names.length;
    keep(place, names, each => each, "name-template", (element, each) => say(element, each));
    press(name);
  }
}

function press(name) {
  const chosen = listOf($("settings-form-" + name).value).map(each => each.toLowerCase());
  for (const button of $("settings-" + name).children) set(button, "aria-pressed", String(chosen.includes(button.textContent.toLowerCase())));
}

function toggle(name, word) {
  const input = $("settings-form-" + name), chosen = listOf(input.value), rest = chosen.filter(each => each.toLowerCase() !== word.toLowerCase());
  input.value = (rest.length < chosen.length ? rest : chosen.concat(word)).join(", ");
  press(name);
}

function listOf(words) {
  return (words || "").split(",").map(each => each.trim()).filter(Boolean);
}

/** What is as it is by itself is not said. Throws Refused. */
export function settingsOf(values) {
  const said = {};
  for (const [name, [least, most, unit]] of Object.entries(NUMBERS)) {
    if (values[name] === undefined) continue;
    const number = Number(values[name].replace(",", "."));
    if (!(number >= least && number <= most)) throw new Refused(400, { message: `Expected ${least} to ${most} ${unit}.`, field: name });
    said[name] = number;
  }
  if (values.layout) said.layout = values.layout;
  if (values.laps) said.laps = values.laps;
  if (values.transitions === false) said.transitions = false;
  for (const name of LISTS) if (listOf(values[name]).length) said[name] = listOf(values[name]);
  return said;
}

async function save(values) {
  await ask("PATCH", "/api/displays/" + encodeURIComponent(changing.code), { settings: settingsOf(values) });
  $("settings").close();
  notice(`“${displayName(changing)}” shows runners so from now on.`);
  await room.refresh();
}
