// One of the predecessor's templates: it is shown as it is. Whoever may change templates can have blocks made of it; the old
// one stays as a version of before.

import { $, say, set } from "./front-paint.js";
import { button, el } from "./build-panel-dom.js";
import { openVersions } from "./build-panel-versions.js";
import { pathOf } from "./work-templates-words.js";
import { listed } from "./work-words.js";

/** `start(template, how)`: begins the builder with it. */
export async function openOld({ stage, mayEdit, hint, name, partner }, { template, version }, start) {
  const { makeOldFrame } = await import("./old-frame.js"), place = document.createElement("div"), tabs = [...document.querySelectorAll("[data-which]")];
  const frame = makeOldFrame(stage.appendChild(Object.assign(place, { className: "old" })));
  const watch = new AbortController();
  $("builder").dataset.old = "yes";
  say($("kept"), `Version ${version}`);
  say($("size"), `${template.active.width} × ${template.active.height}`);
  hint(" ");
  const show = which => {
    frame.show(template, which, null);
    for (const tab of tabs) set(tab, "aria-selected", String(tab.dataset.which === which));
  };
  for (const tab of tabs) {
    tab.tabIndex = 0;
    tab.hidden = !template[tab.dataset.which];
    tab.addEventListener("click", () => show(tab.dataset.which), { signal: watch.signal });
  }
  $("bar-more").replaceChildren(
    button("Versions", openVersions({ name, partner, reads: !mayEdit }), { id: "open-versions" }),
    el("a", { class: "button", href: pathOf(name, "/export", partner), id: "export" }, "Export"));
  show("active");
  offer("A template of the old kind: screens show it as it is.", mayEdit && ["Make blocks of it", convert]);
  document.body.setAttribute("data-ready", "old");

  async function convert() {
    const { convertOld } = await import("./old-convert.js"), { template: made, left } = await convertOld(frame, template);
    watch.abort();
    frame.destroy();
    place.remove();
    delete $("builder").dataset.old;
    for (const tab of tabs) tab.hidden = false;
    await start(made, { version, saved: null });
    const words = left.length ? `Not taken over: ${listed(left)}.` : "All of it was taken over.";
    offer(`These are blocks as near as they come to the old template. ${words} With Save screens show them; the old one stays as version ${version}.`, ["Done", () => {}]);
  }
}

function offer(words, act) {
  const bar = $("offer"), done = () => { bar.hidden = true; bar.replaceChildren(); act[1](); };
  bar.replaceChildren(el("p", {}, words), ...(act ? [button(act[0], done)] : []));
  bar.hidden = false;
}
