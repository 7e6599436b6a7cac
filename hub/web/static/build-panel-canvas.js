// The canvas and the wall: how large, what is behind all blocks, the grid, what a frame may cover, and from how far it is
// read. Shown while no block is chosen.

import { button, checkField, chooseField, colourField, el, numberField, section } from "./build-panel-dom.js";
import { usedColours } from "./build-colours.js";
import { keepWall } from "./build-wall.js";

export const SIZES = [[1920, 1080, "television"], [1080, 1920, "upright"], [3840, 2160, "4K"], [1366, 768, "laptop"], [1024, 768, "4:3"]];
const INCH_MM = 25.4;
const ANOTHER = "another";
const SIDE = { least: 16, most: 8192, unit: "px" };

/** `room`: {doc, reads, chooseImage(asked)}. */
export function openCanvas(host, room) {
  const { doc } = room, fields = [];
  let scales = false;
  const keep = (field, read) => { fields.push(() => field.update([read(doc.template, doc.state)])); return field.element; };

  // ---- size --------------------------------------------------------------------------------------------------------

  const resize = (width, height, settled = true) => { doc.setCanvas(width, height, { scale: scales }); if (settled) doc.settle(); };
  const sizes = chooseField("Size", { wide: true, options: [...SIZES.map(([w, h, words]) => [`${w}x${h}`, `${w} × ${h}, ${words}`]), [ANOTHER, "another"]], changed: value => {
    if (value !== ANOTHER) resize(...value.split("x").map(Number));
  } });
  const scaling = checkField("What is on it goes with it", { changed: yes => { scales = yes; } });
  const size = [
    keep(sizes, ({ canvas: { width, height } }) => (SIZES.some(([w, h]) => w === width && h === height) ? `${width}x${height}` : ANOTHER)),
    keep(numberField("Width", { ...SIDE, changed: (value, settled) => settled && resize(value, doc.template.canvas.height) }), ({ canvas }) => canvas.width),
    keep(numberField("Height", { ...SIDE, changed: (value, settled) => settled && resize(doc.template.canvas.width, value) }), ({ canvas }) => canvas.height),
    scaling.element,
  ];

  // ---- behind everything -------------------------------------------------------------------------------------------

  const image = el("img", { alt: "", class: "chosen" }), without = button("Without image", () => { doc.setState({ image: "" }); doc.settle(); }, { class: "low" });
  const choose = button("Choose an image", () => {
    const { width, height } = doc.template.canvas;
    room.chooseImage({ ratio: width / height, of: "the canvas", done: name => { doc.setState({ image: name }); doc.settle(); } });
  }, { class: "low" });
  fields.push(() => {
    const name = doc.state.image;
    image.hidden = without.hidden = !name;
    if (name && !image.src.endsWith(name)) image.src = "/images/" + name;
  });
  const ground = [
    keep(colourField("Colour", { alpha: false, used: () => usedColours(doc.template), changed: (value, settled) => { doc.setState({ ground: value }); if (settled) doc.settle(); } }), (_, state) => state.ground),
    el("div", { class: "prop wide" }, image, el("span", { class: "acts" }, choose, without)),
  ];

  // ---- grid, frame -------------------------------------------------------------------------------------------------

  const grid = (label, name, least, most, unit) => keep(numberField(label, { least, most, unit, changed: (value, settled) => { doc.setGrid({ [name]: value }); if (settled) doc.settle(); } }), template => template.grid[name]);
  const lines = [
    grid("Columns", "columns", 1, 48), grid("Rows", "rows", 1, 48), grid("Margin", "margin", 0, 8192, "px"), grid("Gutter", "gutter", 0, 8192, "px"),
    keep(numberField("A frame may cover", { least: 0, most: 25, step: .5, unit: "%", hint: "of each side: the safe area is within.", changed: (value, settled) => { doc.setSafe(value / 100); if (settled) doc.settle(); } }), ({ safe }) => safe * 100),
  ];

  // ---- the wall ----------------------------------------------------------------------------------------------------

  const diagonal = ({ canvas: { width, height }, wall }) => wall.pitch_mm * Math.hypot(width, height) / INCH_MM;
  const say = (patch, settled) => {
    const { wall, canvas } = doc.template, held = wall || { distance_m: 10, pitch_mm: 55 * INCH_MM / Math.hypot(canvas.width, canvas.height) };
    doc.setWall({ ...held, ...patch });
    if (!settled) return;
    doc.settle();
    keepWall(doc.template.wall);
  };
  const pitchOf = inches => Math.min(100, Math.max(.001, inches * INCH_MM / Math.hypot(doc.template.canvas.width, doc.template.canvas.height)));
  const unsaid = button("Nobody has said yet", () => { doc.setWall(null); doc.settle(); }, { class: "low" });
  fields.push(() => { unsaid.hidden = !doc.template.wall; unsaid.textContent = "Forget it"; });
  const distance = numberField("Read from", { least: .1, most: 500, step: .5, unit: "m", none: "how far?", changed: (value, settled) => say({ distance_m: value }, settled) });
  const wall = [
    el("p", { class: "hint wide" }, "Say it once, and the warnings know how large letters must be."),
    keep(distance, template => (template.wall ? template.wall.distance_m : null)),
    keep(numberField("Diagonal", { least: 1, most: 5000, step: 1, unit: "in", hint: "of a screen; or", changed: (value, settled) => say({ pitch_mm: pitchOf(value) }, settled) }), template => (template.wall ? Math.round(diagonal(template) * 10) / 10 : null)),
    keep(numberField("Pixel pitch", { least: .05, most: 100, step: .1, unit: "mm", hint: "of an LED wall", changed: (value, settled) => say({ pitch_mm: value }, settled) }), template => (template.wall ? Math.round(template.wall.pitch_mm * 1000) / 1000 : null)),
    unsaid,
  ];

  const title = el("h2", {});
  host.replaceChildren(title, el("fieldset", { disabled: room.reads },
    section("Behind all blocks", ground), section("Canvas", size), section("Wall", wall, { key: "wall" }), section("Grid", lines, { open: false })));

  function paint() {
    title.textContent = doc.which === "active" ? "With a runner" : "Resting";
    for (const each of fields) each();
  }
  doc.subscribe(paint);
  paint();
  return { askWall() { const part = host.querySelector("[data-section=wall]"); part.open = true; distance.input.focus(); } };
}
