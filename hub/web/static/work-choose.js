// Select boxes that are filled by a script, and asked again and again: what is chosen stays as long as it is there.

import { $, keep, say } from "./front-paint.js";

/** Only who sees several partners is asked for one. */
export function choosePartner(id, partners) {
  $(id).closest(".field").hidden = partners.length < 2;
  chooseFrom(id, partners.map(each => ({ id: each.slug, name: each.name })));
}

/** `options`: {id, name}. */
export function chooseFrom(id, options) {
  const select = typeof id === "string" ? $(id) : id;
  keep(select, options, each => each.id, "option-template", (element, each) => {
    say(element, each.name);
    if (element.value !== String(each.id) || !element.hasAttribute("value")) element.value = String(each.id);
  });
}
