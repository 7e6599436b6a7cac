// The line over everything on all screens of a partner: shown, put there, and taken away.

import { $, field, keep, say, set } from "./front-paint.js";
import * as words from "./front-words.js";
import { ask } from "./work-ask.js";
import { choosePartner } from "./work-choose.js";
import { handle, need } from "./work-form.js";
import { may, notice } from "./work-here.js";
import { sure } from "./work-sure.js";

let room = null;

export function openEmergency(theRoom) {
  room = theRoom;
  if (!may("operator")) return;
  $("emergency-open").addEventListener("click", () => { $("emergency-dialog").showModal(); $("emergency-form-text").focus(); });
  $("emergency-no").addEventListener("click", () => $("emergency-dialog").close());
  $("emergency-form-partner").addEventListener("change", paintEmergency);
  $("emergency-list").addEventListener("click", onClick);
  handle($("emergency-form"), async values => {
    need(values, { text: "Say what the screens are to show." });
    await ask("PUT", "/api/emergency", { text: values.text, ...(values.partner ? { partner: values.partner } : {}) });
    $("emergency-dialog").close();
    $("emergency-form").reset();
    notice("It stands on all screens.");
    await room.refresh();
  });
}

export function paintEmergency() {
  const { emergency, partners } = room.shown();
  $("emergency").hidden = !emergency.length;
  keep($("emergency-list"), emergency, each => each.partner.slug, "emergency-template", (element, each) => {
    say(field(element, "words"), (partners.length > 1 ? `On all screens of ${each.partner.name}: ` : "On all screens: ") + each.text);
    const clear = element.querySelector("[data-act]");
    if (clear) set(clear, "aria-label", "Clear the line: " + each.text);
  });
  if (!may("operator")) return;
  choosePartner("emergency-form-partner", partners);
  const slug = $("emergency-form-partner").value, screens = screensOf(partners.find(each => each.slug === slug));
  say($("emergency-words"), `It covers everything on ${screens ? words.count(screens, "open screen") : "every screen that opens"}, at once, until somebody clears it.`);
}

function screensOf(partner) {
  const own = room.shown().displays.filter(each => !partner || !each.partner || each.partner.id === partner.id);
  return own.reduce((sum, each) => sum + each.screens, 0);
}

function onClick(event) {
  const button = event.target.closest("[data-act=clear]");
  const each = button && room.shown().emergency.find(one => one.partner.slug === button.closest("[data-key]").dataset.key);
  if (!each) return;
  sure({ title: "Clear the line on all screens?", yes: "Clear it", words: `“${each.text}” goes, and screens show what they did before.` }, async () => {
    await ask("PUT", "/api/emergency", { text: "", partner: each.partner.slug });
    notice("The line is gone.");
    await room.refresh();
  });
}
