// What the blocks of a template say: placeholders and their values, and the text of each kind of block. No DOM, no
// clock; refuses to know how large anything is.

import { hubNow, listedOf, text } from "./display-core.js";
import { fill, placeholdersOf } from "./display-fill.js";
import { plain } from "./display-flow.js";
import { cardTexts, eventName, timeOfDay } from "./display-view.js";
import { clockWords } from "./template-clock.js";

export { fill, placeholdersOf };

const GROUPED_FROM = 10000;
const THIN = "\u202f";
const NO_LINES = { pinned: [], rotating: "" };
const EAST_ASIAN_FROM = "\u3000"; // one letter of such a name is not how it is shortened

/** What a runner has beside while the session shows results, as hub.told calls it. */
export const OF_A_RESULT = ["finish_time", "gun_time", "pace", "gun_pace", "overall_rank", "division_rank", "gender_rank", "penalty_time",
  "time_with_penalty", "gun_time_with_penalty", "start_time", "finish_timestamp"];

/** All values that a text may ask for, of a card or, for null, of the session alone. */
export function fieldsOf(card, state, now) {
  const session = { event: eventName(state.session), session: text(state.session && state.session.name) };
  if (!card) return session;
  const fields = {}, runner = card.runner || {}, texts = cardTexts(card, state, now);
  for (const key of Object.keys(runner)) fields[key] = text(runner[key]);
  const first = text(runner.first_name), last = text(runner.last_name);
  Object.assign(fields, session, {
    name: texts.name, short_name: texts.short,
    first_name: first, last_name: last || (first ? "" : texts.name),
    bib: text(runner.bib) || text(card.bib), tag: text(card.tag), tag_code: text(card.tag),
    location: text(card.location), lap: text(card.lap), time: texts.time, time_of_day: timeOfDay(card.time),
    message: "",
  });
  fields.message = fill(text(card.message), fields);
  return fields;
}

/** The same somebody, with an initial in place of the first name: for where the whole name finds no room. */
export function shortened(fields) {
  const initial = Array.from(String(fields.first_name || "").normalize("NFC"))[0];
  if (!initial || initial > EAST_ASIAN_FROM) return fields;
  return Object.assign({}, fields, { name: fields.short_name || fields.name, first_name: fields.last_name ? initial + "." : fields.first_name });
}

// ---- what a block says --------------------------------------------------------------------------------------

/**
 * The text of a block, and the same with the first name as an initial. `data`: {fields, offset, counts, clock, nowMs}.
 * Of a list see `rowsOf`.
 */
export function saysOf(block, which, data) {
  const fields = data.fields || {};
  const pattern = patternOf(block, which, data);
  if (block.kind === "clock") return { words: pattern, short: pattern };
  const all = block.kind === "counter" ? Object.assign({}, fields, { count: countOf(block, data.counts) }) : fields;
  const words = fill(pattern, all);
  return { words, short: words && fill(pattern, shortened(all)) };
}

/** What an empty block says in the builder: the words that would be filled. */
export function hintOf(block) {
  return block.text || block.texts && block.texts[0] || block.before || "";
}

function patternOf(block, which, data) {
  if (block.kind === "clock") return data.clock ? data.clock(block) : "";
  if (block.kind === "message") return messageOf(block, which, data);
  return block.text || "";
}

/** What is pinned for all; else what the hub says with the runner, or one of the block's own; while nobody is shown, what
 * takes turns on all screens, or the block's own one after the other. */
function messageOf({ texts, every_s }, which, { fields, offset, nowMs, lines }) {
  const { pinned, rotating } = lines || NO_LINES;
  if (pinned.length) return pinned.join("\n");
  const told = which === "active" && fields && fields.message;
  if (told) return told;
  if (rotating && (which !== "active" || !texts.length)) return rotating;
  if (!texts.length) return "";
  const turn = which === "active" ? Number(offset) || 0 : Math.floor((Number(nowMs) || 0) / 1000 / every_s);
  return texts[turn % texts.length];
}

/** How many; "" while the hub has not said. Who is read at several locations of a block counts at each, and in all not
 * more often than there are runners. */
export function countOf(block, counts) {
  if (!counts) return "";
  const known = Array.isArray(counts.counts) ? counts.counts : [], wanted = block.locations.map(plain);
  const all = known.find(each => each.location === ""), here = known.filter(each => wanted.includes(plain(each.location)));
  const sum = field => {
    const most = all ? all[field] : 0;
    return wanted.length ? Math.min(here.reduce((total, each) => total + each[field], 0), most || Infinity) : most;
  };
  const roster = Number(counts.roster) || 0;
  if (block.what === "roster") return grouped(roster);
  if (block.what === "left") return grouped(Math.max(0, roster - sum("runners")));
  return grouped(sum(block.what));
}

function grouped(count) {
  const digits = String(count);
  return count < GROUPED_FROM ? digits : digits.replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** The runners of a list, from the top, each as {fields}; null where there is none yet. */
export function rowsOf(block, rows) {
  const wanted = block.locations.map(plain);
  const here = (rows || []).filter(fields => !wanted.length || wanted.includes(plain(fields.location)));
  const shown = here.slice(block.skip, block.skip + block.rows);
  return block.newest === "top" ? shown : shown.reverse();
}

/** The reads for the lists of a template, newest first, each runner once a location; while the screen catches up, as it
 * stood before. */
export function listOf(state) {
  const runners = new Map();
  for (const read of listedOf(state).reverse()) {
    const whose = plain(read.location) + "\n" + read.tag;
    if (!runners.has(whose)) runners.set(whose, read);
  }
  return Array.from(runners.values());
}

/** Whether a block is drawn at all. While nobody is shown, `when` says nothing. */
export function isShown(block, which, known) {
  if (block.hidden) return false;
  if (which !== "active" || block.when === "always") return true;
  return (block.when === "known") === (known !== false);
}

/** The clock of a block, as `data.clock` of a painter: by the hub's time, and the starts of the session. */
export function clockOf(state, now) {
  const at = { nowMs: hubNow(state, now), timeZone: state.session && state.session.timezone || undefined, starts: state.starts };
  const fields = fieldsOf(null, state, now);
  return block => clockWords(block, at, words => fill(words, fields));
}
