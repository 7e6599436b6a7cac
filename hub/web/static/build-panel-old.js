// Beside one of the predecessor's templates: what it is, and how blocks are made of it. Nothing is lost by that: the old
// one stays among the versions.

import { $, mark } from "./front-paint.js";
import { button, el, makeDialog } from "./build-panel-dom.js";
import { wholeTemplate } from "./build-kinds.js";
import { moreButtons } from "./build-panel-more.js";
import { makeSmall } from "./build-small.js";
import { ask } from "./work-ask.js";
import { attempt, may } from "./work-here.js";

/** `frame`: of makeOldFrame; `again()`: shows in it what was shown before. */
export function openOldPanel({ name, partner }, { template, version }, frame, again) {
  const offer = $("offer"), reads = !may("operator");
  offer.replaceChildren(el("p", {}, "This template comes from the hub’s predecessor. Screens show it as it is, in a frame of its own; to change it here, make blocks of it."),
    reads ? "" : button("Convert to blocks", () => attempt(convert), { class: "main", id: "convert" }));
  mark(offer, "of", "old");
  offer.hidden = false;
  $("bar-more").replaceChildren(...moreButtons({ name, partner, reads, version: () => version }));

  async function convert() {
    const { convertOld } = await import("./old-convert.js");
    const { template: made, left } = await convertOld(frame, template);
    again();
    show(wholeTemplate(made), made, left);
  }

  function show(whole, made, left) {
    const dialog = makeDialog("converted", "As blocks", { wide: true }), box = () => el("div", { class: "small" }, el("div", { class: "glass" }));
    const active = box(), resting = box(), smalls = [makeSmall(active), makeSmall(resting)];
    dialog.body.append(
      el("div", { class: "pair" }, el("figure", {}, active, el("figcaption", { class: "quiet" }, "With a runner")), el("figure", {}, resting, el("figcaption", { class: "quiet" }, "Resting"))),
      left.length ? el("p", {}, "Some of it is otherwise now:") : el("p", {}, "All of it could be taken over."),
      el("ul", { class: "plain quiet" }, left.map(words => el("li", {}, words))),
      el("p", { class: "hint" }, "The old one stays among the versions: it can be had back."),
      el("p", { class: "actions" }, button("Leave it as it is", dialog.close), button("Save as the next version", () => attempt(() => save(made)), { class: "main" })));
    dialog.element.addEventListener("close", () => { for (const each of smalls) each.destroy(); dialog.element.remove(); });
    dialog.open();
    smalls[0].show(whole, "active");
    smalls[1].show(whole, "resting");
  }

  async function save(made) {
    await ask("POST", "/api/templates", { name, template: made, base: version, ...(partner ? { partner } : {}) });
    location.reload();
  }
}
