// What is said of a session's messages on a work page, and what is asked of the hub for one. No DOM; of the time only what
// is handed in.

import { PINNED_MAX } from "./display-messages.js";
import { instant, localTime, when } from "./work-words.js";

export const KINDS = [
  { kind: "pinned", title: "Pinned", words: "Stay until somebody takes them away." },
  { kind: "rotating", title: "Taking turns", words: "One after the other, while nothing is pinned." },
  { kind: "runner", title: "With runners", words: "One with each runner who has the screen alone, and in a template\u2019s place for messages." },
];
const SEEN_BY = { public: "everybody", announcer: "announcers", crew: "the crew" };

/** Where a message is now, in words, and their tone: "live" for what is seen. */
export function stateOf(each, all, now) {
  const { begins_at: begins, ends_at: ends } = each;
  if (ends && Date.parse(ends) <= now) return { tone: "", words: "Over since " + when(ends, now) };
  if (begins && Date.parse(begins) > now) return { tone: "", words: spanOf(each, now) };
  const until = ends ? ", until " + when(ends, now) : "";
  return { tone: "live", words: placeOf(each, all.filter(one => one.audience === each.audience && isInForce(one, now))) + until };
}

function isInForce({ begins_at: begins, ends_at: ends }, now) {
  return !(begins && Date.parse(begins) > now) && !(ends && Date.parse(ends) <= now);
}

function placeOf(each, inForce) {
  const here = inForce.filter(({ kind }) => kind === each.kind);
  if (each.audience !== "public") return "Seen by " + SEEN_BY[each.audience];
  if (each.kind === "rotating" && inForce.some(({ kind }) => kind === "pinned")) return "Waits while something is pinned";
  if (each.kind === "rotating") return here.length > 1 ? `On screens, one of ${here.length}` : "On all screens";
  if (each.kind === "runner") return here.length > 1 ? `With one runner in ${here.length}` : "With every runner";
  return here.indexOf(each) < PINNED_MAX ? "On all screens" : `Waits: ${PINNED_MAX} stand above it`;
}

function spanOf({ begins_at: begins, ends_at: ends }, now) {
  return "From " + when(begins, now) + (ends ? " until " + when(ends, now) : "");
}

/** What the button that sends the form says. */
export function sends({ kind, begins_at: begins }, isEdited) {
  if (isEdited) return "Save";
  if (begins) return "Schedule it";
  return { pinned: "Show it now", rotating: "Add it", runner: "Add it" }[kind];
}

/** A form's values as the hub is asked for them; of a new one that is pinned and has no time, that it be shown at once. */
export function asked({ text, kind, audience, begins_at: begins, ends_at: ends }, isEdited) {
  const body = { text, kind, audience: kind === "runner" ? "public" : audience };
  if (begins || isEdited) body.begins_at = begins ? instant(begins) : null;
  if (ends || isEdited) body.ends_at = ends ? instant(ends) : null;
  return !isEdited && kind === "pinned" && !begins ? { ...body, now: true } : body;
}

/** The same message once more: for who has deleted it and wants it back. */
export function again({ text, kind, audience, position, begins_at, ends_at }) {
  return { text, kind, audience, position, begins_at, ends_at };
}

/** What a form shows of a message. */
export function shown({ text, kind, audience, begins_at, ends_at }) {
  return { text, kind, audience, begins_at: localTime(begins_at), ends_at: localTime(ends_at) };
}
