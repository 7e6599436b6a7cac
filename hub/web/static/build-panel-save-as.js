// Keeps what is on the canvas as a template of its own, under another name: the one that it was stays as it was saved. Also
// the way out when that is gone.

import { button, el, makeDialog } from "./build-panel-dom.js";
import { ask } from "./work-ask.js";
import { handle, need } from "./work-form.js";
import { attempt } from "./work-here.js";
import { keepNew } from "./work-templates-new.js";
import { freeName, pageOf } from "./work-templates-words.js";

/** `room`: {doc, name, partner}. Gives `open(words)`; words: why it is asked for. */
export function openSaveAs({ doc, name, partner }) {
  const dialog = makeDialog("save-as", "Save as another template"), why = el("p", {});
  const input = el("input", { type: "text", id: "save-as-form-name", name: "name", maxlength: 100, autocomplete: "off", dir: "auto", "aria-describedby": "save-as-form-name-error" });
  const form = el("form", { id: "save-as-form", novalidate: true }, why,
    el("div", { class: "field" }, el("label", { for: input.id }, "Name"), el("p", { class: "error", id: "save-as-form-name-error", hidden: true }), input),
    el("p", { class: "error form-error", role: "alert", hidden: true }),
    el("p", { class: "actions" }, button("Cancel", dialog.close), el("button", { type: "submit", class: "main" }, "Save")));
  dialog.body.append(form);

  handle(form, async values => {
    need(values, { name: "Give it a name." });
    const { template } = doc, made = await keepNew(values.name, template, partner);
    doc.markSaved(made.version, template);   // the page may be left
    location.assign(pageOf(made.name, partner));
  });

  return (words = "") => attempt(async () => {
    const taken = await ask("GET", "/api/templates" + (partner ? "?" + new URLSearchParams({ partner }) : ""));
    why.textContent = words;
    why.hidden = !words;
    input.value = freeName(name, taken);
    dialog.open();
    input.focus();
    input.select();
  });
}
