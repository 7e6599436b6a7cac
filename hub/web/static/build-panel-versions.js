// All versions of a template: who has made each, what it looks like; and one of before can be had back.

import { button, el, makeDialog } from "./build-panel-dom.js";
import { makeSmall } from "./build-small.js";
import { ask } from "./work-ask.js";
import { attempt, notice } from "./work-here.js";
import { pathOf } from "./work-templates-words.js";
import { when } from "./work-words.js";

/** `room`: {doc, name, partner, reads}. Gives `open()`. */
export function openVersions(room) {
  const { name, partner, reads } = room, dialog = makeDialog("versions", "Versions", { wide: true });
  const list = el("ul", { class: "plain versions", role: "listbox", "aria-label": "Versions, the newest first" });
  const picture = el("div", { class: "small" }, el("div", { class: "glass" })), said = el("p", { class: "quiet" });
  const restore = button("Restore it", () => attempt(back), { class: "main", hidden: reads });
  const which = el("p", { class: "actions" }, button("With a runner", () => look("active")), button("Resting", () => look("resting")), said, restore);
  let versions = [], chosen = null, small = null, template = null;
  dialog.body.append(el("div", { class: "beside" }, list, el("div", { class: "look" }, picture, which)));

  async function open() {
    ({ versions } = await ask("GET", pathOf(name, "/versions", partner)));
    list.replaceChildren(...versions.map(row));
    dialog.open();
    small = small || makeSmall(picture);
    if (versions.length) await choose(versions[0]);
  }

  function row(each) {
    const words = [`saved ${when(each.made_at)}`, each.made_by && `by ${each.made_by}`, each.restored && `, as it was in version ${each.restored}`].filter(Boolean).join(" ").replace(" ,", ",");
    return el("li", { role: "option", tabindex: "-1", "aria-selected": "false", data: { version: each.version }, on: { click: () => attempt(() => choose(each)) } },
      el("b", {}, `Version ${each.version}`), el("span", { class: "detail" }, words));
  }

  async function choose(each) {
    chosen = each;
    for (const item of list.children) {
      const here = item.dataset.version === String(each.version);
      item.setAttribute("aria-selected", String(here));
      item.tabIndex = here ? 0 : -1;
      if (here && list.contains(document.activeElement)) item.focus();
    }
    restore.disabled = each === versions[0];
    said.textContent = each === versions[0] ? "in force" : "";
    const found = await ask("GET", pathOf(name, `/versions/${each.version}`, partner));
    if (chosen !== each) return;
    ({ template } = found);
    await look("active");
  }

  async function look(state) {
    if (template && small) await small.show(template, state);
  }

  async function back() {
    const from = chosen.version, { version } = await ask("POST", pathOf(name, `/versions/${from}/restore`, partner));
    dialog.close();
    if (template.format !== "racehub-3" || !room.doc) { location.reload(); return; }
    room.doc.replace(`Restore version ${from}`, template);
    room.doc.markSaved(version);
    notice(`Version ${from} is back, as version ${version}.`);
  }

  list.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key], at = versions.indexOf(chosen);
    if (!step || !versions[at + step]) return;
    event.preventDefault();
    attempt(() => choose(versions[at + step]));
  });
  dialog.element.addEventListener("close", () => { if (small) small.destroy(); small = null; });
  return () => attempt(open);
}
