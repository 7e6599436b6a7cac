// Controls for words of which there are several: messages, locations, and the columns of a list.

import { button, chooseField, colourField, el, common, numberField, textField } from "./build-panel-dom.js";
import { inserter } from "./build-panel-insert.js";
import { usedColours } from "./build-colours.js";
import { COLUMN, copied } from "./build-kinds.js";

const TEXTS_MAX = 100;
const COLUMNS_MAX = 8;
const WEIGHTS = [[0, "As the list"], [400, "Regular"], [500, "Medium"], [600, "Half bold"], [700, "Bold"], [800, "Extra bold"]];
const ALIGN = [["start", "By the script"], ["left", "Left"], ["center", "Centred"], ["right", "Right"]];

/** One message a line. `fields`: what is told when the chosen blocks are others. */
export function textsField(room, fields, changed) {
  const field = textField("Messages, one a line", { rows: 5, most: 20000, changed: (value, settled) => changed(lines(value), settled) });
  fields.push({ update: all => {
    const texts = common(all.map(each => each.texts));
    if (document.activeElement === field.input && texts && JSON.stringify(texts) === JSON.stringify(lines(field.input.value))) return;
    field.update([texts === undefined ? undefined : texts.join("\n")]);
  } });
  const into = inserter(field.input, room);
  return el("div", { class: "group" }, field.element, into);
}

function lines(value) {
  return value.split("\n").map(each => each.trim()).filter(Boolean).slice(0, TEXTS_MAX);
}

/** Names with commas between them; those of the session are offered. */
export function placesField(room, fields, changed) {
  const field = textField("Only at", { most: 2000, placeholder: "all locations", changed: (value, settled) => changed(value.split(",").map(each => each.trim()).filter(Boolean).slice(0, 100), settled) });
  const offers = el("span", { class: "offers" });
  fields.push({ update: all => {
    const held = common(all.map(each => each.locations));
    if (document.activeElement !== field.input) field.update([held === undefined ? undefined : held.join(", ")]);
    const left = room.extremes().locations.filter(each => !(held || []).includes(each)).slice(0, 8);
    offers.replaceChildren(...left.map(name => button("+ " + name, () => changed([...(held || []), name], true), { class: "low" })));
  } });
  return el("div", { class: "group" }, field.element, offers);
}

/** `put(path, value, settled, label)`. Of one list, or of several that have the same. */
export function columnsField(room, fields, put) {
  const host = el("div", { class: "columns-of" });
  let held = null, controls = [], count = -1;

  const say = (columns, settled = true) => put("columns", columns, settled, "Columns");
  const change = (at, patch, settled) => say(held.map((each, i) => (i === at ? { ...each, ...patch } : each)), settled);

  function build() {
    controls = [];
    count = held ? held.length : 0;
    if (!held) { host.replaceChildren(el("p", { class: "quiet" }, "Their columns differ.")); return; }
    host.replaceChildren(...held.map((_, at) => column(at)), button("Add a column", () => say([...copied(held), { ...COLUMN, text: "{{city}}" }]), { class: "low", disabled: held.length >= COLUMNS_MAX }));
  }

  function column(at) {
    const text = textField("Text", { changed: (value, settled) => change(at, { text: value }, settled) });
    const all = {
      text, share: numberField("Share", { least: .1, most: 100, step: .5, changed: (value, settled) => change(at, { share: value }, settled) }),
      align: chooseField("Across", { options: ALIGN, changed: value => change(at, { align: value }, true) }),
      weight: chooseField("Weight", { options: WEIGHTS, changed: value => change(at, { weight: value }, true) }),
      colour: colourField("Colour", { none: "as the list", used: () => usedColours(room.doc.template), changed: (value, settled) => change(at, { colour: value }, settled) }),
    };
    controls.push(all);
    const move = by => { const next = [...held], [moved] = next.splice(at, 1); next.splice(at + by, 0, moved); say(next); };
    return el("fieldset", { class: "column" }, el("legend", {}, `Column ${at + 1}`),
      el("span", { class: "acts" },
        button("↑", () => move(-1), { class: "low", "aria-label": `Column ${at + 1} before the one before`, disabled: at === 0 }),
        button("↓", () => move(1), { class: "low", "aria-label": `Column ${at + 1} behind the next`, disabled: at === held.length - 1 }),
        button("Remove", () => say(held.filter((_, i) => i !== at)), { class: "low", "aria-label": `Remove column ${at + 1}`, disabled: held.length < 2 })),
      text.element, inserter(text.input, room), all.share.element, all.align.element, all.weight.element, all.colour.element);
  }

  fields.push({ update: blocks => {
    held = common(blocks.map(each => each.columns)) || null;
    if (count !== (held ? held.length : 0)) build();
    controls.forEach((all, at) => { for (const name of Object.keys(all)) all[name].update([held[at][name]]); });
  } });
  return host;
}
