// The fields of a runner in a form: what each holds, who has said so, and whether that is held fast. What somebody is
// typing is never overwritten: what the hub says meanwhile stands beside it.

import { field, made, mark, say, sayOrHide, set } from "./front-paint.js";
import { attempt } from "./work-here.js";
import { ORIGINS, text } from "./roster-words.js";


const told = form => [...form.querySelectorAll("[data-field]")];

/** `person` null: a new one. `was`: what the form was filled with before; null: it is filled anew. */
export function fillFields(form, person, was) {
  const shown = person || {}, custom = shown.custom || {};
  const names = Object.keys(custom);
  form.querySelector("#custom-box").hidden = !names.length;
  makeCustom(form, names);
  for (const element of told(form)) fill(element, element.dataset.field, shown, was);
  for (const element of form.querySelectorAll("[data-custom]")) {
    put(element.querySelector("input"), text(custom[element.dataset.custom]), was && text((was.custom || {})[element.dataset.custom]));
  }
}

function fill(element, name, shown, was) {
  const input = element.querySelector("input, select"), value = text(shown[name]);
  const kept = put(input, value, was && text(was[name]));
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

function makeCustom(form, names) {
  const place = form.querySelector("#custom"), there = [...place.children].map(each => each.dataset.custom);
  if (JSON.stringify(there) === JSON.stringify(names)) return;
  place.replaceChildren(...names.map((name, i) => {
    const element = made("custom-template"), label = element.querySelector("label"), input = element.querySelector("input");
    element.dataset.custom = name;
    say(label, name);
    label.htmlFor = input.id = "person-form-custom-" + i;
    return element;
  }));
}

/** Texts by field. */
export function values(form) {
  return Object.fromEntries(told(form).map(each => [each.dataset.field, each.querySelector("input, select").value]));
}

/** Of the columns of its own, those that differ. */
export function ownValues(form, person) {
  const custom = (person && person.custom) || {}, changed = {};
  for (const element of form.querySelectorAll("[data-custom]")) {
    const name = element.dataset.custom, value = element.querySelector("input").value.trim();
    if (value !== text(custom[name])) changed[name] = value;
  }
  return changed;
}

/** To lock a field is to say it by hand as it stands; `change(what)` tells the hub. */
export function lockOnClick(form, change) {
  form.addEventListener("click", event => {
    const lock = event.target.closest(".lock");
    if (!lock) return;
    const element = lock.closest("[data-field]"), name = element.dataset.field;
    const locked = lock.getAttribute("aria-pressed") === "true";
    attempt(() => change(locked ? { unlock: [name] } : { [name]: element.querySelector("input, select").value.trim() }));
  });
}
