// Makes blocks of an old template, as near as blocks come: of what its frame measures, a template of the hub's own, and
// in words what could not be taken over. `templateOf` is pure; refuses to know HTML.

const BLOCKS_MAX = 100;
const TEXT_CHARS_MAX = 500;
const TEXTS_MAX = 100;
const LABEL_CHARS_MAX = 40;
const PLACE_PX_MAX = 32768;
const MS_MAX = 5000;
const GROUND = "#000000";
const IMAGE = /\/(?:images|static\/uploads)\/([0-9a-f]{32}\.(?:png|jpg|webp))(?:["')]|$)/;
const SAME = { finish_time: "time", chip_time: "time", net_time: "time", timestamp: "time_of_day", tag_code: "tag",
  custom_message: "message" };
const FACES = [
  ["Bebas Neue", /bebas|anton|league gothic|staatliches/i],
  ["Barlow Condensed", /barlow|condensed|narrow|oswald|impact|fjalla|teko|pathway/i],
  ["DSEG7 Classic", /dseg|digital|seven.?segment/i],
  ["Roboto Slab", /slab|georgia|times|merriweather|playfair|rockwell|(^|[^-])\bserif/i],
  ["Hanken Grotesk", /./],
];
const MOVES = [[/^zoom/, "zoom"], [/^bounce/, "bounce"], [/^flip/, "flip"], [/^rotate/, "turn"], [/Up$/, "rise"],
  [/Down$/, "drop"], [/Left$/, "from-left"], [/Right$/, "from-right"], [/^fade/, "fade"]];
const SIDES = { top: 0, right: 90, left: 270 };

/** `frame`: of makeOldFrame. Leaves it showing the active state, unfilled. */
export async function convertOld(frame, oldTemplate) {
  const measured = { active: null, resting: null };
  for (const which of oldTemplate.resting ? ["resting", "active"] : ["active"]) {
    frame.show(oldTemplate, which, null);
    measured[which] = await frame.measure();
  }
  return templateOf(measured.active, measured.resting);
}

/** `{template, left}`: as the hub takes it, without what is as it would be anyway. A single state is shown always. */
export function templateOf(active, resting) {
  const canvas = { width: active.width, height: active.height }, left = new Set();
  if (resting && (resting.width !== canvas.width || resting.height !== canvas.height)) {
    left.add("two canvases: the resting state is drawn on the active state's");
  }
  const states = { active: stateOf(active, canvas, left), resting: stateOf(resting || active, canvas, left) };
  return { template: { format: "racehub-3", canvas, ...states }, left: [...left] };
}

function stateOf(measured, canvas, left) {
  const state = { ground: solid(measured.ground) || GROUND, blocks: [] }, room = roomOf(measured, canvas);
  const sorted = measured.blocks.map((each, at) => ({ each, at })).sort((a, b) => a.each.z - b.each.z || a.at - b.at);
  for (const { each } of sorted) {
    if (!each.opacity || each.w < 1 || each.h < 1) continue;
    const covers = isCover(each, measured);
    if (covers && !state.blocks.length && takesGround(state, each)) continue;
    for (const block of blocksOf(each, room, left)) state.blocks.push(Object.assign({ id: "old-" + (state.blocks.length + 1) }, block));
  }
  if (state.blocks.length > BLOCKS_MAX) {
    left.add(state.blocks.length - BLOCKS_MAX + " blocks more than a state may have");
    state.blocks.length = BLOCKS_MAX;
  }
  return state;
}

/** How a canvas of another size goes into this one. */
function roomOf({ width, height }, canvas) {
  const scale = Math.min(canvas.width / width, canvas.height / height);
  return { scale, left: (canvas.width - width * scale) / 2, top: (canvas.height - height * scale) / 2 };
}

function isCover({ x, y, w, h, rotate }, { width, height }) {
  return !rotate && x <= 1 && y <= 1 && x + w >= width - 1 && y + h >= height - 1;
}

/** What covers everything, under everything, is the state's own ground. */
function takesGround(state, { text, image, ground, picture, line, opacity }) {
  const name = nameOf(image === null ? picture : image), colour = solid(ground);
  if (text || line || opacity < 1 || picture && !name || image !== null && !name || ground && !colour) return false;
  if (colour) state.ground = colour;
  if (name) state.image = name;
  return Boolean(colour || name);
}

function blocksOf(each, room, left) {
  const box = boxOf(each, room, left), place = placeOf(each, room), made = [];
  if (each.shadow) left.add("shadows");
  if (each.image !== null) return pictureOf(each, place, left);
  const name = nameOf(each.picture);
  if (name) made.push({ kind: "image", ...place, image: name, fit: "cover" });
  if (each.text) made.push(wordsOf(each, { ...place, box }, room, left));
  else if (box.fill || box.line) made.push({ kind: "shape", ...place, box });
  return made;
}

function pictureOf({ image, placeholder, fit }, place, left) {
  const name = nameOf(image);
  if (name) return [{ kind: "image", ...place, image: name, fit: fit === "contain" || fit === "cover" ? fit : "fill" }];
  if (placeholder) left.add("the runner's own picture, “" + placeholder + "”");
  else if (image) left.add("a picture that is not in the library: upload it, and put it there");
  return [];
}

function wordsOf(each, place, room, left) {
  const type = typeOf(each, room, left), words = each.text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, word) => "{{" + (SAME[word] || word) + "}}");
  if (each.mixed) left.add("parts of a text that look other than the rest");
  if (words.length > TEXT_CHARS_MAX) left.add("the end of a text longer than " + TEXT_CHARS_MAX + " letters");
  const texts = each.messages.split(",").map(one => one.trim().slice(0, TEXT_CHARS_MAX)).filter(Boolean).slice(0, TEXTS_MAX);
  if (texts.length || words === "{{message}}") return { kind: "message", ...place, name: "Message", texts, type };
  const text = Array.from(words.slice(0, TEXT_CHARS_MAX)).filter(letter => letter === "\n" || letter >= " ").join("");
  return { kind: "text", ...place, name: labelOf(text), text, type };
}

function labelOf(text) {
  return Array.from(text.replace(/[{}]/g, "").replace(/[\s_]+/g, " ").trim()).slice(0, LABEL_CHARS_MAX).join("");
}

function typeOf({ size, weight, family, italic, upper, colour, align, leading, h, padding }, { scale }, left) {
  const high = leading || 1.2, most = within(Math.round(size * scale), 4, 4000);
  const lines = within(Math.floor((h - 2 * padding) / (size * high) + 0.3), 1, 12);
  const isTight = Math.abs(h - 2 * padding - size * high) < size / 2;
  return { font: faceOf(family, left), size: most, least: within(Math.round(most / 2), 4, 4000),
    weight: within(Math.round(weight / 100) * 100, 400, 900), italic, upper, colour: hex(colour) || "#ffffff",
    align: alignOf(align), valign: lines === 1 && isTight ? "middle" : "top", lines, leading: within(Math.round(high * 100) / 100, 0.7, 3) };
}

function faceOf(family, left) {
  const first = family.split(",")[0].replace(/["']/g, "").trim();
  const face = FACES.find(([, like]) => like.test(first))[0];
  if (face !== first) left.add("the face " + first + ": it is " + face + " now");
  return face;
}

function alignOf(align) {
  if (/center/.test(align)) return "center";
  return /right|end/.test(align) ? "right" : "left";
}

function placeOf({ x, y, w, h, rotate, opacity, anim, ms, delay }, { scale, left, top }) {
  const place = { x: Math.round(x * scale + left), y: Math.round(y * scale + top), w: Math.round(w * scale), h: Math.round(h * scale) };
  for (const side of ["x", "y"]) place[side] = within(place[side], -PLACE_PX_MAX, PLACE_PX_MAX);
  for (const side of ["w", "h"]) place[side] = within(place[side], 1, PLACE_PX_MAX);
  const move = anim && MOVES.find(([like]) => like.test(anim));
  const enter = move ? { how: move[1], ms: within(Math.round(ms), 0, MS_MAX), delay: within(Math.round(delay), 0, MS_MAX) } : null;
  return { ...place, rotate, opacity: within(opacity, 0, 1), enter };
}

function boxOf({ ground, picture, line, linePx, radius, padding, w, h }, { scale }, left) {
  const px = length => within(Math.round(length * scale), 0, 8192);
  const box = { radius: px(Math.min(radius, w / 2, h / 2)), padding: px(Math.min(padding, w / 3, h / 3)) };
  if (hex(ground)) box.fill = hex(ground);
  if (line && hex(line) && px(linePx)) Object.assign(box, { line: hex(line), line_px: px(linePx) });
  if (picture && !nameOf(picture)) Object.assign(box, gradientOf(picture, left));
  return box;
}

/** Of two colours at a known angle, which is what a box has. */
function gradientOf(picture, left) {
  const colours = picture.match(/rgba?\([^)]*\)/g) || [], angle = /linear-gradient\((-?[\d.]+)deg/.exec(picture);
  if (!/^linear-gradient\(/.test(picture) || colours.length < 2) {
    left.add(/gradient/.test(picture) ? "a gradient that is not straight" : "a picture that is not in the library: upload it, and put it there");
    return {};
  }
  if (colours.length > 2) left.add("the middle colours of a gradient");
  const degrees = angle ? Math.round(Number(angle[1])) : sideOf(picture);
  return { fill: hex(colours[0]), fill_to: hex(colours[colours.length - 1]), angle: (degrees % 360 + 360) % 360 };
}

function sideOf(picture) {
  const side = /linear-gradient\(to (\w+)/.exec(picture);
  return side && side[1] in SIDES ? SIDES[side[1]] : 180;
}

function nameOf(address) {
  const found = IMAGE.exec(address || "");
  return found ? found[1] : "";
}

/** #rrggbb, or #rrggbbaa where one sees through it; "" for none. */
function hex(colour) {
  const parts = /^rgba?\(([^)]*)\)$/.exec(colour || "");
  if (!parts) return "";
  const [red, green, blue, alpha = 1] = parts[1].split(/[\s,/]+/).filter(Boolean).map(Number);
  const all = alpha < 1 ? [red, green, blue, alpha * 255] : [red, green, blue];
  return "#" + all.map(each => within(Math.round(each), 0, 255).toString(16).padStart(2, "0")).join("");
}

function solid(colour) {
  const found = hex(colour);
  return found.length === 7 ? found : "";
}

function within(value, least, most) {
  return Math.min(most, Math.max(least, value || 0));
}
