// What is worth saying of an arrival, as the hub tells it: asked for once somebody is shown large for a moment, and kept.
// Without an answer the page goes on with what the roster says.

import { text } from "./announce-words.js";

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

/** Flat texts, whatever came: `facts`, best first; `next`: where and when the runner is expected; `spoken`. */
export function storyOf(answer) {
  const story = (answer && answer.story) || answer || {};
  return { facts: list(story.facts).filter(isNews).map(factOf).filter(Boolean), next: nextOf(story.next), spoken: text(story.phonetic) };
}

/** The note stands on the page already, and is newer there. */
function isNews(fact) {
  return Boolean(fact) && fact.kind !== "note";
}

function factOf({ text: told, words }) {
  return text(told || words);
}

/** "Expected at FINISH at 10:42:10, give or take 2 min" */
export function nextOf(next) {
  const clock = next && /[T ](\d\d:\d\d)(:\d\d)?/.exec(next.at || next.expected_at || "");
  if (!clock) return "";
  const give = Math.round(Number(next.within_s) || 0);
  const within = give <= 0 ? "" : give < 90 ? `, give or take ${give} s` : `, give or take ${Math.round(give / 60)} min`;
  return `Expected${next.location ? " at " + text(next.location) : ""} at ${clock[1]}${within}`;
}

function list(value) {
  return Array.isArray(value) ? value : [];
}
