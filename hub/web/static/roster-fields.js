// The fields of a runner in a form: what each holds, who has said so, and whether that is held fast. What somebody is
// typing is never overwritten: what the hub says meanwhile stands beside it.

import { field, made, mark, say, sayOrHide, set } from "./front-paint.js";
import { attempt } from "./work-here.js";
import { ORIGINS, text } from "./roster-words.js";

const CUSTOM = "custom:";         // before the name of a column of the roster's own, where a field is meant

const told = form => [...form.querySelectorAll("[data-field]")];
const inputOf = element => element.querySelector("input, select");
const columnOf = name => (name.startsWith(CUSTOM) ? name.slice(CUSTOM.length) : "");

function valueOf(person, name) {
  const column = columnOf(name), from = (column ? person && person.custom : person) || {};
  return text(from[column || name]);
}

/** `person` null: a new one. `was`: what the form was filled with before; null: it is filled anew. */
export function fillFields(form, person, was) {
  const columns = Object.keys((person && person.custom) || {});
  form.querySelector("#custom-box").hidden = !columns.length;
  makeCustom(form, columns);
  for (const element of told(form)) fill(element, element.dataset.field, person || {}, was);
}

function fill(element, name, shown, was) {
  const value = valueOf(shown, name), kept = put(inputOf(element), value, was && valueOf(was, name));
  const origin = (shown.origins || {})[name], locked = (shown.locked || []).includes(name);
  sayOrHide(field(element, "from"), origin && value ? ORIGINS[origin] || origin : "");
  mark(field(element, "from"), "origin", origin);
  sayOrHide(field(element, "other"), kept ? `It says “${value || "nothing"}” by now.` : "");
  const lock = element.querySelector(".lock");
  if (!lock) return;
  lock.hidden = !shown.id;
  set(lock, "aria-pressed", String(locked));
  const label = element.querySelector("label").textContent;
  set(lock, "aria-label", locked ? `${label} is locked: unlock it` : `Lock ${label}`);
  set(lock, "title", locked ? "Locked: no file and no service changes it" : "Lock it: no file and no service changes it");
}

/** Gives whether the input keeps what was typed, though the hub says something else. */
function put(input, value, before) {
  const typed = before !== null && before !== undefined && input.value.trim() !== before;
  if (typed && input.value.trim() !== value) return value !== before;
  if (input.value !== value) input.value = value;
  return false;
}

function makeCustom(form, columns) {
  const place = form.querySelector("#custom"), there = [...place.children].map(each => columnOf(each.dataset.field));
  if (JSON.stringify(there) === JSON.stringify(columns)) return;
  place.replaceChildren(...columns.map((name, i) => {
    const element = made("custom-template"), label = element.querySelector("label");
    element.dataset.field = CUSTOM + name;
    say(label, name);
    label.htmlFor = inputOf(element).id = "person-form-custom-" + i;
    return element;
  }));
}

/** What somebody has changed, as the hub wants it said. */
export function changesIn(form, person) {
  const changes = {}, custom = {};
  for (const element of told(form)) {
    const name = element.dataset.field, value = inputOf(element).value.trim(), column = columnOf(name);
    if (value === valueOf(person, name)) continue;
    if (column) custom[column] = value; else changes[name] = value;
  }
  return Object.keys(custom).length ? { ...changes, custom } : changes;
}

/** To lock a field is to say it by hand as it stands; `change(what)` tells the hub. */
export function lockOnClick(form, change) {
  form.addEventListener("click", event => {
    const lock = event.target.closest(".lock");
    if (!lock) return;
    const element = lock.closest("[data-field]"), name = element.dataset.field, column = columnOf(name);
    const value = inputOf(element).value.trim(), locked = lock.getAttribute("aria-pressed") === "true";
    attempt(() => change(locked ? { unlock: [name] } : column ? { custom: { [column]: value } } : { [name]: value }));
  });
}
