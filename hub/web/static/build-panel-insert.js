// Puts a placeholder into a text: a button that opens what the session's roster has, each with an example.

import { button, el, freshId } from "./build-panel-dom.js";
import { placeholders } from "./build-samples.js";

/** `extra`: names that this text alone knows. */
export function inserter(input, room, extra = []) {
  const list = el("ul", { class: "plain inserts", id: freshId("inserts"), hidden: true }), id = list.id;
  const open = button("Put in a field", () => show(list.hidden), { class: "low", "aria-expanded": "false", "aria-controls": id });

  function show(yes) {
    list.hidden = !yes;
    open.setAttribute("aria-expanded", String(yes));
    if (!yes) return;
    list.replaceChildren(...[...extra, ...placeholders(room.extremes())].map(({ name, example }) => el("li", {},
      button([el("code", {}, name), el("span", { class: "quiet", dir: "auto" }, example)], () => put(name)))));
    list.querySelector("button").focus();
  }

  function put(name) {
    const at = input.selectionStart === null ? input.value.length : input.selectionStart, to = input.selectionEnd === null ? at : input.selectionEnd;
    input.setRangeText(`{{${name}}}`, at, to, "end");
    show(false);
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  list.addEventListener("keydown", event => {
    const all = [...list.querySelectorAll("button")], here = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { event.stopPropagation(); show(false); open.focus(); }
    if (step && all.length) { event.preventDefault(); all[(here + step + all.length) % all.length].focus(); }
  });
  return el("div", { class: "prop wide insert" }, open, list);
}
