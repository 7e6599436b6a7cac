// Forms: what was typed stays, what is wrong stands beside its field and gets the focus, and a button that works says so.

import { Refused } from "./work-ask.js";

const AGAIN = "Try again";

/** `act(values)`: what a form is for. Values: texts by name, without what is empty; true or false of a check box; a
 * file. */
export function handle(form, act) {
  const button = form.querySelector("[type=submit]");
  let words = button.textContent;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (form.dataset.busy) return;
    clear(form);
    if (button.textContent !== AGAIN) words = button.textContent;
    form.dataset.busy = "yes";
    button.setAttribute("aria-busy", "true");
    try {
      await act(valuesOf(form));
      button.textContent = words;
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      if (problem.status !== 401 || form.dataset.stays) tell(form, problem);
      button.textContent = problem.again ? AGAIN : words;
    } finally {
      delete form.dataset.busy;
      button.removeAttribute("aria-busy");
    }
  });
}

export function valuesOf(form) {
  const values = {};
  for (const each of form.elements) {
    if (!each.name || each.closest("[hidden]")) continue;
    if (each.type === "checkbox") values[each.name] = each.checked;
    else if (each.type === "file") { if (each.files.length) values[each.name] = each.files[0]; }
    else if (each.type === "radio") { if (each.checked) values[each.name] = each.value; }
    else if (each.type === "password") { if (each.value) values[each.name] = each.value; }
    else if (each.value.trim()) values[each.name] = each.value.trim();
  }
  return values;
}

export function clear(form) {
  for (const each of form.querySelectorAll(".error")) { each.hidden = true; each.textContent = ""; }
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
}

/** Beside the field that it is about, if the form has it and shows it. */
export function tell(form, { message, field }) {
  const input = field && form.elements.namedItem(field), place = field && document.getElementById(`${form.id}-${field}-error`);
  const words = sentence(message, field);
  if (!place || place.closest("[hidden]:not(.error)")) {
    const general = form.querySelector(".form-error");
    general.textContent = words;
    general.hidden = false;
    return;
  }
  place.textContent = words;
  place.hidden = false;
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  input.focus();
}

/** The hub's own, without the field's name before it: that is what the label says. */
export function sentence(message, field) {
  const prefix = field + ": ";
  const words = field && message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?]$/.test(words) ? "" : ".");
}

/** What the form itself can see. Throws Refused, as the hub would. */
export function need(values, names) {
  for (const [name, words] of Object.entries(names)) {
    if (values[name] === undefined) throw new Refused(400, { message: words, field: name });
  }
}

/** Buttons that show and hide what a password field holds. */
export function showOnClick(root) {
  root.addEventListener("click", event => {
    const button = event.target.closest("button[data-shows]");
    if (!button) return;
    const input = document.getElementById(button.dataset.shows), shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
  });
}
