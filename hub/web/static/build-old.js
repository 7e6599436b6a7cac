// One of the predecessor's templates: it is shown as it is, and not changed.

import { $, say, set } from "./front-paint.js";

export async function openOld({ stage, hint }, { template, version }) {
  const { makeOldFrame } = await import("./old-frame.js"), place = document.createElement("div"), tabs = [...document.querySelectorAll("[data-which]")];
  place.className = "old";
  stage.replaceChildren(place);
  $("builder").dataset.old = "yes";
  say($("kept"), `Version ${version}`);
  say($("size"), `${template.active.width} × ${template.active.height}`);
  hint("A template of the old kind: screens show it as it is. It cannot be changed here.");
  const frame = makeOldFrame(place);
  const show = which => {
    frame.show(template, which, null);
    for (const tab of tabs) set(tab, "aria-selected", String(tab.dataset.which === which));
  };
  for (const tab of tabs) {
    tab.tabIndex = 0;
    tab.addEventListener("click", () => show(tab.dataset.which));
    tab.hidden = !template[tab.dataset.which];
  }
  show("active");
  document.body.setAttribute("data-ready", "old");
}
