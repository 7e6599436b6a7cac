// The buttons of a template that are there whatever it is made of: its versions, its displays, its file.

import { button, el } from "./build-panel-dom.js";
import { openVersions } from "./build-panel-versions.js";
import { attempt, notice } from "./work-here.js";
import { openDisplays, putOnDisplays } from "./work-templates-displays.js";
import { pathOf } from "./work-templates-words.js";

/** `version()`: the one that is saved; 0: none. `doc`: where the template can be changed. */
export function moreButtons({ name, partner, reads, version, doc = null }) {
  const more = [button("Versions", openVersions({ doc, name, partner, reads }), { id: "open-versions" })];
  if (!reads) {
    openDisplays();
    more.push(button("Displays", () => attempt(async () => {
      if (version()) await putOnDisplays({ name, partner: partner ? { slug: partner } : null });
      else notice("Save it first: a display shows what is saved.");
    }), { id: "open-displays" }));
  }
  more.push(el("a", { class: "button", href: pathOf(name, "/export", partner), id: "export" }, "Export"));
  return more;
}
