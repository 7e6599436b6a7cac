// Puts a template on displays, and takes it off: a list of all displays of its partner, with what each looks like now.

import { $, field, keep, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { clear, handle } from "./work-form.js";
import { notice } from "./work-here.js";
import { listed } from "./work-words.js";

let asked = null;

/** `after()`: displays have changed. */
export function openDisplays() {
  handle($("on-form"), save);
  $("on").querySelector("[data-closes]").addEventListener("click", () => $("on").close());
}

/** `template`: {name, partner}. */
export async function putOnDisplays(template, after = () => {}) {
  const { displays } = await ask("GET", "/api/displays");
  const own = displays.filter(each => !each.revoked_at && (!template.partner || !each.partner || each.partner.slug === template.partner.slug));
  asked = { template, own, after };
  clear($("on-form"));
  say($("on-title"), `Displays that show “${template.name}”`);
  sayOrHide($("on-words"), own.length ? "Screens change at once. What is not ticked keeps what it has, or shows the hub’s own layout." : "There is no display yet: make one under Displays.");
  $("on-form").querySelector("[type=submit]").hidden = !own.length;
  keep($("on-list"), own, each => each.code, "on-template", (element, each) => {
    const shows = isOn(each) ? "shows it now" : each.template ? `shows “${each.template.name}”` : "shows the hub’s own layout";
    say(field(element, "name"), each.name || each.code);
    say(field(element, "detail"), [each.place, shows].filter(Boolean).join(" · "));
    element.querySelector("input").checked = isOn(each);
  });
  $("on").showModal();
}

function isOn(display) {
  return Boolean(display.template) && display.template.name === asked.template.name;
}

async function save() {
  const { template, own, after } = asked;
  const ticked = new Map(Array.from($("on-list").children, each => [each.dataset.key, each.querySelector("input").checked]));
  const changed = own.filter(each => ticked.get(each.code) !== isOn(each));
  for (const each of changed) await ask("PATCH", "/api/displays/" + encodeURIComponent(each.code), { template: ticked.get(each.code) ? template.name : null });
  $("on").close();
  const names = on => listed(changed.filter(each => ticked.get(each.code) === on).map(each => each.name || each.code));
  const on = names(true), off = names(false);
  if (changed.length) notice([on && `“${template.name}” is shown on ${on}.`, off && `${off} shows the hub’s own layout.`].filter(Boolean).join(" "));
  await after();
}
