// What is amiss with a template, as somebody at the fence would say: too small, too faint, too long, not there. Pure: how
// text fits is asked for. Each of its rules says where it comes from.

import { boundsOf, overlap, safeBox } from "./build-geometry.js";
import { behind, contrast, solid } from "./build-colours.js";
import { OF_A_RESULT, fill, placeholdersOf, shortened } from "./template-words.js";

/** Heights of capitals, as parts of the size, measured in the faces that the hub brings along. */
export const CAPITALS = { "Hanken Grotesk": .7, "Barlow Condensed": .7, "Bebas Neue": .7, "Roboto Slab": .71, "DSEG7 Classic": 1 };
/** ISO 9241-303 (and NUREG-0700, 1.3.1-4): capitals of at least 16 minutes of arc, better 20. */
export const ARC_LEAST = 16;
export const ARC_GOOD = 20;
/** On 1080 lines: a name, and anything at all that is to be read from afar. */
export const NAME_PX = 96;
export const ANY_PX = 40;
const LINES = 1080;
export const CONTRAST_LEAST = 7;
const TRIED_MAX = 40;
const NAMES = ["name", "short_name", "last_name", "first_name"];
const OF_A_SESSION = ["event", "session"];
const OF_A_READ = ["short_name", "location", "lap", "time", "time_of_day", "tag", "tag_code", "message", "event", "session", "name", "count"];

/**
 * All of both states: [{which, block, kind, tone, words}], `tone` "warn" or "note".
 * `fitOf(block, words, {short, column})` as template-paint.js has it; `needs(block, words, column)`: how many pixels it is
 * too wide at its smallest. `extremes`: of a session, or made up; null: nothing is said of rosters.
 */
export function checks(template, { fitOf, needs = () => 0, extremes = null }) {
  const found = [];
  for (const which of ["active", "resting"]) {
    for (const block of template[which].blocks) {
      if (block.hidden) continue;
      const say = (kind, words, tone = "warn") => found.push({ which, block: block.id, kind, tone, words });
      isEmpty(block, say);
      isOutside(template, block, say);
      if (block.type) {
        const worst = isTooLong(block, which, { fitOf, needs, extremes }, say);
        isTooSmall(template, block, worst, say);
        isFaint(template[which], block, say);
        isTooHigh(block, say);
      }
      if (!hasRunner(block, which)) isOfNobody(block, say);
      else if (extremes && !extremes.madeUp) isMissing(block, extremes, say);
    }
  }
  return found;
}

/** Whether somebody's values stand in it: while a runner is shown, and in lists always. */
function hasRunner({ kind }, which) {
  return which === "active" || kind === "list";
}

// ---- empty, outside ------------------------------------------------------------------------------------------------

function isEmpty(block, say) {
  if (block.kind === "image" && !block.image) say("empty", "No image is chosen.");
  if ((block.kind === "text" || block.kind === "qr" || block.kind === "counter") && !block.text.trim()) say("empty", "It has no text.");
  if (block.kind === "message" && !block.texts.some(each => each.trim())) say("empty", "It has no message of its own: without one from the hub it shows nothing.", "note");
  if (block.kind === "clock" && block.mode === "countdown" && !block.at) say("empty", "It counts down to no time.");
  if (block.kind === "list" && block.columns.every(each => !each.text.trim())) say("empty", "No column has a text.");
}

function isOutside({ canvas, safe }, block, say) {
  const bounds = boundsOf(block), whole = { x: 0, y: 0, w: canvas.width, h: canvas.height };
  if (!overlap(bounds, whole)) return say("outside", "It lies beside the canvas: nobody sees it.");
  if (!isWithin(bounds, whole)) {
    if (hasWords(block)) say("outside", "A part of it lies beside the canvas.");
    return null;
  }
  if (safe && hasWords(block) && !isWithin(bounds, safeBox({ canvas, safe }))) say("safe", "It reaches out of the safe area: a screen’s frame may cover it.", "note");
  return null;
}

function isWithin(inner, outer) {
  return inner.x >= outer.x - .5 && inner.y >= outer.y - .5 && inner.x + inner.w <= outer.x + outer.w + .5 && inner.y + inner.h <= outer.y + outer.h + .5;
}

function hasWords(block) {
  return Boolean(block.type) || block.kind === "qr";
}

// ---- how large -----------------------------------------------------------------------------------------------------

/** Millimetres that so many minutes of arc are at this distance. */
export function arcMm(minutes, distanceM) {
  return 2 * distanceM * 1000 * Math.tan(minutes / 60 / 2 * Math.PI / 180);
}

function isTooSmall({ canvas, wall }, block, size, say) {
  const isName = textsOf(block).some(each => placeholdersOf(each).some(name => NAMES.includes(name)));
  const px = Math.min(size, block.type.size);
  if (wall) {
    const mm = px * (CAPITALS[block.type.font] || .7) * wall.pitch_mm, least = arcMm(ARC_LEAST, wall.distance_m), good = arcMm(ARC_GOOD, wall.distance_m);
    const has = `Its capitals are ${round(mm)} mm high`;
    if (mm < least) return say("small", `${has}; from ${round(wall.distance_m)} m they must have ${Math.ceil(least)} mm.`);
    if (mm < good) return say("small", `${has}; from ${round(wall.distance_m)} m ${Math.ceil(good)} mm read easily.`, "note");
    return null;
  }
  const scale = Math.min(canvas.width, canvas.height) / LINES, floor = (isName && block.kind !== "list" ? NAME_PX : ANY_PX) * scale;
  if (px < Math.floor(floor)) say("small", `It is set in ${round(px)} px; ${isName && block.kind !== "list" ? "a name" : "what is read from afar"} needs ${Math.ceil(floor)} px on this canvas.`);
  return null;
}

/** A list has its rows, which its own size says nothing of. */
function isTooHigh({ kind, type: { size, leading }, h }, say) {
  const high = Math.round(size * leading);
  if (kind !== "list" && high > h * 1.05) say("size", `At ${size} px a line is ${high} px high, and the block only ${h} px high: it is never as large.`, "note");
}

function round(value) {
  return Math.round(value * 10) / 10;
}

// ---- how strong ----------------------------------------------------------------------------------------------------

function isFaint(state, block, say) {
  const columns = block.kind === "list" ? block.columns.map(each => each.colour || block.type.colour) : [block.type.colour];
  const grounds = behind(state, block);
  for (const colour of new Set(columns)) {
    const ratio = Math.min(...grounds.map(each => contrast(solid(colour, each.colour, block.opacity), each.colour)));
    if (ratio >= CONTRAST_LEAST) continue;
    if (grounds.some(each => each.image)) { say("contrast", "It lies on an image, so its contrast is not judged: put a shape behind it.", "note"); return; }
    say("contrast", `Its contrast is ${Math.floor(ratio * 10) / 10}:1, and should be at least ${CONTRAST_LEAST}:1.`);
    return;
  }
}

/** As one number, for the panel; null: it lies on an image. */
export function ratioOf(state, block, colour) {
  const grounds = behind(state, block), ratio = Math.min(...grounds.map(each => contrast(solid(colour, each.colour, block.opacity), each.colour)));
  return grounds.some(each => each.image) && ratio < CONTRAST_LEAST ? null : ratio;
}

// ---- how long ------------------------------------------------------------------------------------------------------

/** The smallest size that any of these texts gets. */
function isTooLong(block, which, { fitOf, needs, extremes }, say) {
  let smallest = block.type.size;
  for (const { pattern, column } of patternsOf(block)) {
    let worst = null;
    for (const fields of triedFor(pattern, extremes, hasRunner(block, which))) {
      const words = fill(pattern, fields);
      if (!words) continue;
      const short = fill(pattern, shortened(fields)), fit = fitOf(block, words, { short, column });
      smallest = Math.min(smallest, fit.size);
      if (!fit.fits && (!worst || fit.size < worst.size)) worst = { words, short, size: fit.size };
    }
    if (!worst) continue;
    const over = Math.ceil(needs(block, worst.short, column));
    const least = Math.min(block.type.least, block.type.size), by = over > 0 ? `: it is ${over} px too wide at ${least} px` : "";
    say("long", `“${brief(worst.words)}” does not fit${by}.`);
  }
  return Math.max(smallest, Math.min(block.type.least, block.type.size));
}

function brief(words) {
  const line = words.replace(/\s+/g, " ");
  return line.length > 60 ? line.slice(0, 58) + "…" : line;
}

function patternsOf(block) {
  if (block.kind === "list") return block.columns.map(column => ({ pattern: column.text, column }));
  return textsOf(block).map(pattern => ({ pattern, column: null }));
}

/** What can stand in it: of a clock and a counter the widest that they come to. */
export function textsOf(block) {
  if (block.kind === "text") return [block.text];
  if (block.kind === "message") return block.texts;
  if (block.kind === "counter") return [block.text.replace(/\{\{\s*count\s*\}\}/g, "00,000")];
  if (block.kind === "list") return block.columns.map(each => each.text);
  if (block.kind === "clock") return [block.seconds ? "00:00:00" : "00:00", block.before].filter(Boolean);
  return [];
}

/** Fields to try a text with: those who have the longest names, and somebody with each of the longest values; while
 * nobody is shown, the session's own. */
function triedFor(pattern, extremes, runner) {
  const names = placeholdersOf(pattern);
  if (!extremes || !names.length) return [SOMEBODY];
  const session = { event: extremes.session.event || "", session: extremes.session.name };
  if (!runner) return [session];
  const base = { ...SOMEBODY, ...(extremes.runners[0] || {}), ...session };
  const tried = names.some(each => NAMES.includes(each)) ? extremes.runners.map(each => ({ ...base, ...each, short_name: shortOf(each) })) : [base];
  for (const name of names) {
    const values = name === "location" ? extremes.locations : NAMES.includes(name) && name !== "last_name" ? [] : extremes.values[name] || [];
    for (const value of values.slice(0, 8)) tried.push({ ...base, [name]: value });
  }
  return tried.slice(0, TRIED_MAX + 8 * names.length);
}

const SOMEBODY = { time: "10:00:00", time_of_day: "23:59:59", lap: "1", tag: "000000", location: "Finish", event: "", session: "" };

function shortOf(runner) {
  return shortened({ ...runner, short_name: runner.first_name && runner.last_name ? `${Array.from(runner.first_name)[0]}. ${runner.last_name}` : runner.name }).name;
}

// ---- what is not there ---------------------------------------------------------------------------------------------

/** While nobody is shown there is the session alone. */
function isOfNobody(block, say) {
  const texts = block.kind === "message" ? block.texts : block.kind === "text" || block.kind === "qr" ? [block.text] : [];
  const of = texts.find(each => placeholdersOf(each).length && !placeholdersOf(each).some(name => OF_A_SESSION.includes(name.toLowerCase())));
  if (of !== undefined) say("missing", `“${brief(of)}” is of a runner, and nobody is shown while it rests: nothing stands there.`);
}

function isMissing(block, { fields, missing, total }, say) {
  if (!total) return;
  const known = new Map(fields.map(each => [each.toLowerCase(), each]));
  const texts = block.kind === "qr" ? [block.text] : block.kind === "clock" ? [] : textsOf(block);
  for (const name of new Set(texts.flatMap(placeholdersOf))) {
    if (OF_A_READ.includes(name.toLowerCase()) || OF_A_RESULT.includes(name.toLowerCase())) continue;
    const own = known.get(name.toLowerCase());
    if (own === undefined) say("missing", `The roster has no “${name}”: nothing stands there.`);
    else if (missing[own]) say("missing", `“${name}” is empty for ${missing[own].toLocaleString("en")} of ${total.toLocaleString("en")} runners.`, "note");
  }
}
