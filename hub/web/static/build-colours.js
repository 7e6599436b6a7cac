// Colours as people see them: how one lies over another, how far two are apart, and what lies behind a block. Pure.

import { boundsOf, overlap } from "./build-geometry.js";
import { placeholdersOf } from "./template-words.js";

const GROUNDS_MAX = 12;
const OF_ANY_TAG = ["name", "last_name", "short_name", "tag", "tag_code", "location", "lap", "time", "time_of_day", "message", "event", "session"];

/** [red, green, blue, how solid], the first three from 0 to 255. */
export function parsed(colour) {
  const hex = colour.slice(1), part = at => parseInt(hex.slice(at, at + 2), 16);
  return [part(0), part(2), part(4), hex.length > 6 ? part(6) / 255 : 1];
}

/** `over` on `under`, which is solid. Both as `parsed`. */
function laid(over, under, opacity = 1) {
  const by = over[3] * opacity;
  return [0, 1, 2].map(i => over[i] * by + under[i] * (1 - by)).concat(1);
}

/** A colour as it is seen on a ground. */
export function solid(colour, ground, opacity = 1) {
  return laid(colour ? parsed(colour) : [0, 0, 0, 0], ground, opacity);
}

function light(colour) {
  const [r, g, b] = colour.slice(0, 3).map(each => each / 255).map(each => (each <= .04045 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4));
  return r * .2126 + g * .7152 + b * .0722;
}

/** WCAG 2: from 1 to 21. */
export function contrast(one, other) {
  const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
  return (more + .05) / (less + .05);
}

/** All that is seen behind a block: [{colour, image}]. `image`: some picture is, so that this is only how dark or light it
 * can be at the most. */
export function behind(state, block) {
  const below = state.blocks.slice(0, state.blocks.findIndex(each => each.id === block.id)).filter(each => !each.hidden && meets(each, block));
  let grounds = state.image ? anything() : [{ colour: parsed(state.ground), image: false }];
  for (const each of below) grounds = covered(grounds, each, block);
  return painted(grounds, block);
}

/** Whether one is ever shown behind the other. A text that has nothing to say of an unknown tag is not there for one. */
function meets(below, block) {
  if (below.when !== block.when && below.when !== "always" && block.when !== "always") return false;
  const asked = block.when === "unknown" && below.kind === "text" ? placeholdersOf(below.text) : [];
  return !asked.length || asked.some(each => OF_ANY_TAG.includes(each));
}

function anything() {
  return [[0, 0, 0, 1], [255, 255, 255, 1]].map(colour => ({ colour, image: true }));
}

function covered(grounds, over, block) {
  const a = boundsOf(block), b = boundsOf(over);
  if (!overlap(a, b)) return grounds;
  const whole = !over.rotate && over.form !== "ellipse" && over.form !== "line" && b.x <= a.x + 1 && b.y <= a.y + 1 && b.x + b.w >= a.x + a.w - 1 && b.y + b.h >= a.y + a.h - 1;
  if (over.form === "line") return grounds;
  const now = over.kind === "image" ? (over.image ? anything() : grounds) : over.kind === "qr" ? [{ colour: parsed(over.light), image: false }] : painted(grounds, over);
  return distinct(whole && (over.when === "always" || over.when === block.when) ? now : [...grounds, ...now]);
}

/** What a box makes of what is behind it. */
function painted(grounds, { box, opacity }) {
  const fills = [box.fill, box.fill && box.fill_to].filter(Boolean).map(parsed);
  if (!fills.length) return grounds;
  return distinct(fills.flatMap(each => grounds.map(({ colour, image }) => ({ colour: laid(each, colour, opacity), image: image && each[3] * opacity < 1 }))));
}

function distinct(grounds) {
  const byKey = new Map(grounds.map(each => [each.colour.map(Math.round).join() + each.image, each]));
  return [...byKey.values()].slice(-GROUNDS_MAX);
}

/** The colours that a template has, the most frequent first. */
export function usedColours(template, most = 12) {
  const counts = new Map();
  const take = value => {
    if (typeof value === "string") { if (/^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(value)) counts.set(value.toLowerCase(), (counts.get(value.toLowerCase()) || 0) + 1); }
    else if (value && typeof value === "object") Object.values(value).forEach(take);
  };
  take([template.active, template.resting]);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, most).map(([colour]) => colour);
}
