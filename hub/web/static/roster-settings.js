// How the roster of a session is shown and made: what its screens are for, how much of minors everybody sees, and whose
// word holds.

import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { handle } from "./work-form.js";
import { may, notice } from "./work-here.js";
import { without } from "./roster-list.js";
import { ORIGIN_WORDS } from "./roster-words.js";
import { count } from "./work-words.js";

const UNDER_MAX = 21;
const ORDER = ["hand", "provider", "file"];
/** `shown`: the settings that the form was filled with. `order`: as somebody has put it. */
const held = { shown: "", order: ORDER };
let room = null;

export function openSettings(theRoom) {
  room = theRoom;
  $("order").addEventListener("click", onMove);
  if (may("operator")) handle($("settings-form"), save);
  paintSettings(room);
}

function settingsOf({ mode, minors, roster_order: order }) {
  return { mode: mode || "race", minors: minors || null, order: order || ORDER };
}

/** What is said elsewhere comes into the form, unless somebody is about to change it here. */
export function paintSettings({ session }) {
  const now = settingsOf(session), key = JSON.stringify(now);
  paintMinors(now.minors);
  if (key === held.shown) return;
  if (held.shown) room.changed();    // how much of whom everybody sees is another by now
  const form = $("settings-form").elements;
  held.shown = key;
  held.order = now.order;
  form.mode.value = now.mode;
  form.minors_under.value = now.minors ? String(now.minors.under) : "";
  form.minors_privacy.value = now.minors ? now.minors.privacy : "initials";
  paintOrder();
}

/** Of whom no age is known, the rule says nothing: that has to be seen. */
function paintMinors(minors) {
  const unknown = without("age");
  sayOrHide($("minors-words"), minors && unknown ? `Of ${count(unknown, "runner")} neither birth date nor age is known: the rule does not reach them.` : "");
}

function paintOrder() {
  keep($("order"), held.order, each => each, "order-template", (element, each) => {
    const at = held.order.indexOf(each), words = ORIGIN_WORDS[each];
    say(field(element, "name"), words);
    for (const [act, able] of [["up", at > 0], ["down", at < held.order.length - 1]]) {
      const button = element.querySelector(`[data-act=${act}]`);
      if (!button) continue;
      set(button, "aria-label", `${words}: move ${act}`);
      set(button, "aria-disabled", String(!able));
    }
  });
}

function onMove(event) {
  const button = event.target.closest("[data-act]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const name = button.closest("[data-key]").dataset.key, order = held.order.slice(), at = order.indexOf(name);
  order.splice(at, 1);
  order.splice(at + (button.dataset.act === "up" ? -1 : 1), 0, name);
  held.order = order;
  paintOrder();
  button.focus();
}

async function save(values) {
  const was = settingsOf(room.session);
  const minors = values.minors_under ? { under: Number(values.minors_under), privacy: values.minors_privacy } : null;
  if (minors && !(minors.under >= 1 && minors.under <= UNDER_MAX && Number.isInteger(minors.under))) {
    throw new Refused(422, { message: `Give years, from 1 to ${UNDER_MAX}.`, field: "minors_under" });
  }
  const wanted = { mode: values.mode, minors, roster_order: held.order };
  const before = { mode: was.mode, minors: was.minors, roster_order: was.order };
  const change = {};
  for (const name of Object.keys(wanted)) if (JSON.stringify(wanted[name]) !== JSON.stringify(before[name])) change[name] = wanted[name];
  const answer = Object.keys(change).length ? await ask("PATCH", "/api/sessions/" + room.session.id, change) : {};
  held.shown = "";
  await room.refresh();
  room.changed();
  notice(answer.job ? "Saved. The roster is being put together anew." : "Saved.");
}
