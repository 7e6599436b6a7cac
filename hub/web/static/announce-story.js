// What is worth saying of an arrival, as the hub tells it: asked for once somebody is shown large for a moment, and kept.
// Without an answer the page goes on with what the roster says.

import { isSpoken, text } from "./announce-words.js";

const KEPT_MAX = 60;
const WAIT_MS = 200;              // whoever is shown for less is not asked about
const AGAIN_MS = 5000;            // after no answer

/** `ask(path)`: a promise; `path(offset)`; `changed()`: there is something new to paint. */
export function makeStories({ ask, path, changed }) {
  const kept = new Map();
  let wanted = null, timer = 0;

  async function fetchIt(offset) {
    const entry = { story: null, at: Date.now() };
    keep(offset, entry);
    try {
      entry.story = storyOf(await ask(path(offset)));
      changed();
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.again) kept.delete(offset);
      else entry.at = Infinity;
    }
  }

  function keep(offset, entry) {
    kept.set(offset, entry);
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value);
  }

  return {
    /** What is known of it now; asks for it when it is still wanted in a moment. */
    of(offset) {
      const entry = kept.get(offset);
      if (wanted !== offset && (!entry || (!entry.story && Date.now() - entry.at > AGAIN_MS))) {
        wanted = offset;
        clearTimeout(timer);
        timer = setTimeout(() => { wanted = null; fetchIt(offset); }, WAIT_MS);
      }
      return entry ? entry.story : null;
    },
    forget(offset) { kept.delete(offset); },
    get size() { return kept.size; },
  };
}

/** Facts that the page shows beside the name already, or in a line of their own. */
const SHOWN = ["note", "hometown", "division", "race", "team", "expected", "together"];
const WORTH = 60;                 // an age that weighs less is one of many
const FACTS_MAX = 7;
const BEFORE_MAX = 6;             // of many laps the last

/** Flat texts, whatever came: `facts`, best first; `together`: who came along; `passed`: where the runner was before;
 * `next`: where and when the runner is expected. */
export function storyOf(answer) {
  const facts = list(answer && answer.facts).filter(fact => fact && text(fact.words));
  const along = facts.find(fact => fact.kind === "together");
  return {
    facts: facts.filter(isNews).map(fact => text(fact.words)).slice(0, FACTS_MAX),
    together: along ? text(along.words) : "", passed: beforeOf(answer && answer.splits), next: nextOf(answer && answer.expected),
  };
}

/** "Before: START 10:40:00, 5 KM 11:04:10" */
function beforeOf(splits) {
  const visits = list(splits).map(each => each && each.from).filter(each => each && text(each.location));
  const words = visits.map(({ location, time }) => [text(location), timeIn(time)].filter(Boolean).join(" "));
  return words.length ? "Before: " + words.slice(-BEFORE_MAX).join(", ") : "";
}

function timeIn(time) {
  return (/[T ](\d\d:\d\d:\d\d)/.exec(time) || ["", ""])[1];
}

function isNews({ kind, weight, words }) {
  if (kind === "own" && isSpoken(text(words).split(":")[0])) return false;
  return !SHOWN.includes(kind) && (kind !== "age" || weight >= WORTH);
}

const USUAL = "own pace and others";

/** "Expected at FINISH at 10:42, give or take 2 min (own pace)": by what, where it is not by all that can be known. */
export function nextOf(expected) {
  const clock = expected && /[T ](\d\d:\d\d)/.exec(expected.time || "");
  if (!clock) return "";
  const give = Math.round((Date.parse(expected.to) - Date.parse(expected.from)) / 2000) || 0;
  const within = give <= 0 ? "" : give < 90 ? `, give or take ${give} s` : `, give or take ${Math.round(give / 60)} min`;
  const basis = text(expected.basis), how = basis && basis !== USUAL ? ` (${basis})` : "";
  return `Expected at ${text(expected.location)} at ${clock[1]}${within}${how}`;
}

/** Where a runner was, newest first, each with the time since the location before: "10 KM 11:29:54, 42:10 from START" */
export function passedWords({ reads, splits }) {
  const legs = new Map(list(splits).filter(each => each && each.to && each.from).map(each => [each.to.offset, each]));
  return list(reads).filter(each => !list(each.marks).includes("repeat")).map(each => {
    const leg = legs.get(each.offset), at = timeIn(each.time);
    const since = leg ? `${lasted(leg.seconds)} from ${text(leg.from.location)}` : "", pace = leg && leg.seconds_per_km ? lasted(leg.seconds_per_km) + " a km" : "";
    return { offset: each.offset, words: [`${text(each.location)} ${at}`, since, pace].filter(Boolean).join(", ") };
  }).reverse();
}

/** "4:07", "1:02:33" */
function lasted(seconds) {
  const whole = Math.round(seconds), of60 = number => String(number % 60).padStart(2, "0");
  return whole < 3600 ? `${Math.floor(whole / 60)}:${of60(whole)}` : `${Math.floor(whole / 3600)}:${of60(Math.floor(whole / 60))}:${of60(whole)}`;
}

function list(value) {
  return Array.isArray(value) ? value : [];
}
