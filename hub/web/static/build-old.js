// One of the predecessor's templates: it is shown as it is, and not changed.

import { $, say, set } from "./front-paint.js";
import { openOldPanel } from "./build-panel-old.js";

export async function openOld(room, loaded) {
  const { stage, hint } = room, { template, version } = loaded;
  const { makeOldFrame } = await import("./old-frame.js"), place = document.createElement("div"), tabs = [...document.querySelectorAll("[data-which]")];
  place.className = "old";
  stage.replaceChildren(place);
  $("builder").dataset.old = "yes";
  say($("kept"), `Version ${version}`);
  say($("size"), `${template.active.width} × ${template.active.height}`);
  hint("A template of the old kind: screens show it as it is. To change it, make blocks of it.");
  const frame = makeOldFrame(place);
  let shown = "active";
  const show = which => {
    shown = which;
    frame.show(template, which, null);
    for (const tab of tabs) set(tab, "aria-selected", String(tab.dataset.which === which));
  };
  for (const tab of tabs) {
    tab.tabIndex = 0;
    tab.addEventListener("click", () => show(tab.dataset.which));
    tab.hidden = !template[tab.dataset.which];
  }
  show("active");
  openOldPanel(room, loaded, frame, () => show(shown));
  document.body.setAttribute("data-ready", "old");
}
