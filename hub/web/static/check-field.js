// The one field of the tag check: a scanner types into it, fast, and ends with Enter. It has the focus whenever nothing
// else is in use, and what is typed beside it goes there.

import { $ } from "./front-paint.js";

const PRINTABLE = key => key.length === 1 && key !== " ";
const CONTROLS = "button, a, select, input, summary";

/** `look(code)`: what was entered. */
export function openField(look) {
  const field = $("code");
  $("ask").addEventListener("submit", event => {
    event.preventDefault();
    const code = field.value.replace(/\s+/g, " ").trim();
    field.value = "";
    if (code) look(code);
    focusField();
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isAsking()) return;
    if (event.key === "Escape") { field.value = ""; return focusField(); }
    if (event.target === field) { if (event.key === "ArrowDown") step(event, null, 1); return; }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], row = event.target.closest && event.target.closest("#candidates li");
    if (by && row) return step(event, row, by);
    if (PRINTABLE(event.key) && !(event.target.matches && event.target.matches("select"))) focusField();
  });
  document.addEventListener("focusout", event => { if (!event.relatedTarget) setTimeout(focusField); });
  document.addEventListener("click", event => { if (!event.target.closest(CONTROLS) && !String(getSelection())) focusField(); });
  addEventListener("focus", focusField);
  document.addEventListener("visibilitychange", focusField);
  focusField();
}

function step(event, row, by) {
  const next = row ? (by > 0 ? row.nextElementSibling : row.previousElementSibling) : $("candidates").firstElementChild;
  if (!next && !row) return;
  event.preventDefault();
  (next ? next.querySelector("button") : $("code")).focus();
}

function isAsking() {
  return Boolean(document.querySelector("dialog[open]"));
}

export function focusField() {
  const { activeElement: at } = document;
  if (document.hidden || isAsking() || $("code") === at) return;
  $("code").focus({ preventScroll: true });
}

/** Whether somebody is typing. */
export function isTyping() {
  return $("code").value.trim() !== "";
}
