// Properties of what is chosen: for one block all that its kind has, for several what they have in common; where they
// differ it says so. Knows which control each word of a block has; the document keeps the way back.

import { button, buttonsField, checkField, chooseField, colourField, el, numberField, section, textField } from "./build-panel-dom.js";
import { columnsField, placesField, textsField } from "./build-panel-lists.js";
import { nearestCell } from "./build-geometry.js";
import { labelOf } from "./build-kinds.js";
import { ratioOf } from "./build-checks.js";
import { usedColours } from "./build-colours.js";
import { inserter } from "./build-panel-insert.js";

const FONTS = ["Hanken Grotesk", "Barlow Condensed", "Bebas Neue", "Roboto Slab", "DSEG7 Classic"].map(each => [each, each]);
const WEIGHTS = [[400, "Regular"], [500, "Medium"], [600, "Half bold"], [700, "Bold"], [800, "Extra bold"], [900, "Black"]];
const ALIGN = [
  ["start", "By the script", "M3 4h14M3 8h9M3 12h6m3-2 2 2-2 2M3 16h9"], ["left", "Left", "M3 4h14M3 8h9M3 12h14M3 16h9"],
  ["center", "Centred", "M3 4h14M5.5 8h9M3 12h14M5.5 16h9"], ["right", "Right", "M3 4h14M8 8h9M3 12h14M8 16h9"],
];
const VALIGN = [["top", "Top", "M3 3h14M7 7h6M7 10h6"], ["middle", "Middle", "M3 10h3m8 0h3M7 8h6M7 12h6"], ["bottom", "Bottom", "M3 17h14M7 13h6M7 10h6"]];
const ENTRANCES = [["", "None"], ["fade", "Fade"], ["rise", "Rise"], ["drop", "Drop"], ["from-left", "From the left"], ["from-right", "From the right"], ["zoom", "Zoom"], ["bounce", "Bounce"], ["flip", "Flip"], ["turn", "Turn"]];
const ENTER = { how: "rise", ms: 320, delay: 0 };
const PLACE_PX = 32768;

/** `room`: {doc, reads, extremes(), chooseImage(done), play(), whenKnown(cb)}. `host`: an element of the page's own. */
export function openProperties(host, room) {
  const { doc } = room;
  let fields = [], shown = "";

  function blocks() { return doc.selected(); }

  function paint() {
    const chosen = blocks(), kinds = [...new Set(chosen.map(each => each.kind))].sort(), now = [doc.which, chosen.map(each => each.id).join(), kinds.join()].join(" ");
    if (now !== shown) build(chosen, kinds);
    shown = now;
    for (const each of fields) each.update(chosen);
  }

  function build(chosen, kinds) {
    const folded = new Set([...host.querySelectorAll("details:not([open])")].map(each => each.dataset.section));
    fields = [];
    if (!chosen.length) { host.replaceChildren(el("h2", {}, "Properties"), el("p", { class: "quiet" }, "Choose a block to change it.")); return; }
    const one = chosen.length === 1, kind = kinds.length === 1 ? kinds[0] : "", sets = el("fieldset", { disabled: room.reads });
    const title = one ? labelOf(kind) : `${chosen.length} blocks`;
    sets.append(...partsOf(kinds, one).filter(Boolean));
    host.replaceChildren(el("h2", {}, title), sets);
    for (const each of host.querySelectorAll("details")) if (folded.has(each.dataset.section)) each.open = false;
  }

  /** A control for one word of the chosen blocks. `path`: where it stands in a block. */
  function add(path, field, { only = null } = {}) {
    fields.push({ update: all => field.update((only ? all.filter(only) : all).map(each => get(each, path))) });
    return field.element;
  }

  function put(path, value, settled, label) {
    const ids = blocks().map(each => each.id);
    doc.change(label, (draft, state) => {
      for (const block of state.blocks) if (ids.includes(block.id)) set(block, path, value);
    }, { merge: `${path} of ${ids}` });
    if (settled) doc.settle();
  }

  const to = (path, label) => (value, settled) => put(path, value, settled, label);
  const number = (label, path, least, most, more = {}) => add(path, numberField(label, { least, most, ...more, changed: to(path, label) }));
  const choice = (label, path, options, more = {}) => add(path, chooseField(label, { options, ...more, changed: to(path, label) }));
  const words = (label, path, more = {}) => add(path, textField(label, { ...more, changed: to(path, label) }));
  const check = (label, path, more = {}) => add(path, checkField(label, { ...more, changed: to(path, label) }));
  const buttons = (label, path, options) => add(path, buttonsField(label, { options, changed: to(path, label) }));
  const colour = (label, path, more = {}) => add(path, colourField(label, { used: () => usedColours(doc.template), ...more, changed: to(path, label) }));

  function partsOf(kinds, one) {
    const kind = kinds.length === 1 ? kinds[0] : "", isWords = kinds.every(each => !["image", "shape", "qr"].includes(each));
    return [
      kind && section(one ? "Content" : "All of them", OWN[kind](one), { key: "own" }),
      isWords && section("Letters", letters()),
      section("Place", place(one)),
      section(kind === "shape" ? "Colour and line" : "Behind and around", box(kind), { open: kind === "shape" }),
      doc.which === "active" && section("Entrance", entrance(), { open: false }),
      section("Shown", [
        number("Opacity", "opacity", 0, 1, { step: .05 }),
        doc.which === "active" && choice("For", "when", [["always", "Everybody"], ["known", "Known runners"], ["unknown", "Unknown tags"]]),
        check("Hidden", "hidden"), check("Locked", "locked"),
      ].filter(Boolean), { open: false }),
    ];
  }

  function place(one) {
    return [
      one && words("Name", "name", { most: 100, placeholder: "as its text" }),
      number("X", "x", -PLACE_PX, PLACE_PX, { unit: "px" }), number("Y", "y", -PLACE_PX, PLACE_PX, { unit: "px" }),
      number("Width", "w", 1, PLACE_PX, { unit: "px" }), number("Height", "h", 1, PLACE_PX, { unit: "px" }),
      number("Turned", "rotate", -360, 360, { unit: "°" }), cells(),
    ].filter(Boolean);
  }

  /** Where it lies in the grid, for what does; and the way in, for what does not. */
  function cells() {
    const { grid } = doc.template;
    const one = (label, at, from, most) => numberField(label, { least: 1, most, changed: (value, settled) => {
      const ids = blocks().filter(each => each.cell).map(each => each.id);
      doc.change("Cells", (draft, state) => { for (const each of state.blocks) if (ids.includes(each.id)) each.cell[at] = value - from; }, { merge: "cell" + at + ids });
      if (settled) doc.settle();
    } });
    const all = [one("Column", 0, 1, grid.columns), one("Row", 1, 1, grid.rows), one("Columns", 2, 0, grid.columns), one("Rows", 3, 0, grid.rows)];
    const into = button("Put into the grid", () => doc.set(null, each => ({ cell: nearestCell(doc.template, each) }), "Into the grid"), { class: "low" });
    const within = el("div", { class: "props of-cells" }, all.map(each => each.element)), host = el("div", { class: "group" }, within, into);
    fields.push({ update: chosen => {
      within.hidden = !chosen.every(each => each.cell);
      into.hidden = chosen.every(each => each.cell);
      if (!within.hidden) all.forEach((each, at) => each.update(chosen.map(block => block.cell[at] + (at < 2 ? 1 : 0))));
    } });
    return host;
  }

  function letters() {
    return [
      choice("Font", "type.font", FONTS, { wide: true }),
      number("Largest", "type.size", 4, 4000, { unit: "px" }), number("Smallest", "type.least", 4, 4000, { unit: "px" }),
      choice("Weight", "type.weight", WEIGHTS), number("Lines", "type.lines", 1, 12),
      colour("Colour", "type.colour", { note: ratio }),
      buttons("Across", "type.align", ALIGN), buttons("Down", "type.valign", VALIGN),
      number("Line height", "type.leading", .7, 3, { step: .02 }), number("Spacing", "type.spacing", -.2, 1, { step: .01, unit: "em" }),
      check("Italic", "type.italic"), check("Capitals", "type.upper"),
    ];
  }

  function ratio() {
    const [block] = blocks();
    if (!block || !block.type || blocks().length > 1) return "";
    const value = ratioOf(doc.state, block, block.type.colour);
    return value === null ? "Contrast not judged: on an image" : `Contrast ${Math.floor(value * 10) / 10}:1${value < 7 ? ", should be 7:1" : ""}`;
  }

  function box(kind) {
    return [
      colour(kind === "shape" ? "Fill" : "Ground", "box.fill", { none: "none" }), colour("Goes over into", "box.fill_to", { none: "one colour" }),
      number("Angle", "box.angle", 0, 359, { unit: "°" }), number("Corners", "box.radius", 0, 8192, { unit: "px" }),
      colour("Line", "box.line", { none: "none" }), number("Thick", "box.line_px", 0, 8192, { unit: "px" }),
      kind !== "shape" && number("Padding", "box.padding", 0, 8192, { unit: "px" }),
    ].filter(Boolean);
  }

  function entrance() {
    const how = chooseField("How", { options: ENTRANCES, changed: value => {
      const ids = blocks().map(each => each.id);
      doc.change("Entrance", (draft, state) => {
        for (const each of state.blocks) if (ids.includes(each.id)) each.enter = value ? { ...ENTER, ...each.enter, how: value } : null;
      });
      room.play();
    } });
    fields.push({ update: all => how.update(all.map(each => (each.enter ? each.enter.how : ""))) });
    const timed = (label, name, most) => {
      const field = numberField(label, { least: 0, most, step: 20, unit: "ms", changed: (value, settled) => {
        const ids = blocks().filter(each => each.enter).map(each => each.id);
        doc.change(label, (draft, state) => { for (const each of state.blocks) if (ids.includes(each.id)) each.enter[name] = value; }, { merge: name + ids });
        if (settled) doc.settle();
      } });
      fields.push({ update: all => {
        const coming = all.filter(each => each.enter);
        field.input.disabled = !coming.length;
        field.update(coming.map(each => each.enter[name]));
      } });
      return field.element;
    };
    return [how.element, timed("Takes", "ms", 5000), timed("Waits", "delay", 5000), button("Play", () => room.play(), { class: "play" })];
  }

  function withInserter(field, path) {
    const made = textField(field, { rows: 2, changed: to(path, field) });
    return [add(path, made), inserter(made.input, room)];
  }

  const OWN = {
    text: () => withInserter("Text", "text"),
    qr: () => [...withInserter("Leads to", "text"), colour("Dark", "dark", { alpha: false }), colour("Light", "light", { alpha: false })],
    counter: () => [choice("Counts", "what", [["runners", "Runners read"], ["reads", "Reads"], ["roster", "The whole roster"], ["left", "Still to come"]], { wide: true }), places(), ...withInserter("Text", "text")],
    message: () => [textsField(room, fields, to("texts", "Messages")), number("Each for", "every_s", 1, 3600, { unit: "s" })],
    image: one => [picture(one), choice("Fits", "fit", [["contain", "All of it"], ["cover", "Covers the block"], ["fill", "Stretched"]])],
    shape: () => [choice("Form", "form", [["rectangle", "Rectangle"], ["ellipse", "Ellipse"], ["line", "Line"]])],
    clock: () => [
      choice("Shows", "mode", [["day", "The time of day"], ["race", "The race since its gun"], ["countdown", "Until a time, then the race"]], { wide: true }),
      onlyFor(each => each.mode === "countdown", words("Until", "at", { most: 8, placeholder: "10:00", hint: "A time of day in the session’s zone." })),
      onlyFor(each => each.mode !== "day", words("Start at", "start", { most: 100, placeholder: "the newest", hint: "A location or a race; empty: the newest gun." })),
      onlyFor(each => each.mode !== "day", words("Before the gun", "before", { placeholder: "nothing" })),
      check("Seconds", "seconds"),
    ],
    list: () => [
      number("Rows", "rows", 1, 40), number("Leaves out", "skip", 0, 40), number("Gap", "gap", 0, 8192, { unit: "px" }),
      choice("Newest", "newest", [["top", "On top"], ["bottom", "At the foot"]]), colour("Line between", "rule", { none: "none" }), places(), columnsField(room, fields, put),
    ],
  };

  function places() { return placesField(room, fields, to("locations", "Locations")); }

  function onlyFor(fits, element) {
    fields.push({ update: all => { element.hidden = !all.every(fits); } });
    return element;
  }

  function picture(one) {
    const image = el("img", { alt: "", class: "chosen" }), none = el("p", { class: "quiet" }, "No image yet.");
    fields.push({ update: all => {
      const names = [...new Set(all.map(each => each.image))], name = names.length === 1 ? names[0] : "";
      image.hidden = !name;
      none.hidden = Boolean(name);
      none.textContent = names.length > 1 ? "Several images." : "No image yet.";
      if (name && !image.src.endsWith(name)) image.src = "/images/" + name;
    } });
    const choose = button("Choose an image", () => {
      const [block] = blocks();
      room.chooseImage({ ratio: one && block ? block.w / block.h : null, of: "the block", done: name => put("image", name, true, "Image") });
    });
    return el("div", { class: "prop wide" }, image, none, choose);
  }

  doc.subscribe(paint);
  room.whenKnown(paint);
  paint();
}

function get(block, path) {
  return path.split(".").reduce((value, name) => (value === null || value === undefined ? undefined : value[name]), block);
}

function set(block, path, value) {
  const names = path.split("."), last = names.pop(), holder = names.reduce((held, name) => held[name], block);
  holder[last] = value;
}
