// What an announcer's page knows of its session: functions that take what is held and a message of the hub, and give
// what is held then. No DOM, no clock but what is handed in. What this page itself has said and not sent yet is not in it.

import { corrected, isRead, retracted, withRead } from "./held-reads.js";

export const HELD_MAX = 500;      // reads, and of how many a hello says which were said
const SKEWS_MAX = 12;             // a minute of ticks

/** `marks`: by who; `calls`: by offset; `stars`: who always gets a card. `skews`: the hub's clock against ours. */
export function nothing() {
  return { session: null, epoch: null, offset: null, reads: [], marks: {}, calls: {}, messages: [], emergency: "", skews: [] };
}

const MESSAGES = {
  hello: onHello, read: (held, read) => withRead(held, read, HELD_MAX), correction: corrected, retract: retracted,
  marks: (held, { marks }) => ({ ...held, marks: marked(held.marks, marks) }),
  calls: (held, { calls }) => ({ ...held, calls: called(held.calls, calls) }),
  messages: (held, { messages }) => ({ ...held, messages: arrayOf(messages) }),
  message: (held, { kind, text }) => (kind === "emergency" ? { ...held, emergency: String(text || "") } : held),
  tick: (held, message, now) => withNow(held, message.now, now),
};

/** What is held after one message; unknown types change nothing. `now`: local, monotonic, ms. */
export function reduce(held, message, now) {
  const known = message && Object.prototype.hasOwnProperty.call(MESSAGES, message.type);
  return known ? MESSAGES[message.type](held, message, now) : held;
}

/** `recent` replaces what is held of its offsets; what lies before stays, as long as it is of the same feed. */
function onHello(held, hello, now) {
  const recent = arrayOf(hello.recent).filter(isRead).sort(byOffset), session = hello.session || null;
  const same = Boolean(held.session && session && held.session.id === session.id && held.epoch === hello.epoch && held.offset <= hello.offset);
  const from = recent.length ? recent[0].offset : hello.offset + 1;
  const before = same && from <= held.offset + 1 ? held.reads.filter(read => read.offset < from) : [];
  const calls = same ? Object.values(held.calls).filter(({ offset }) => offset <= hello.offset - HELD_MAX) : [];
  return withNow({
    ...nothing(), session, epoch: hello.epoch, offset: hello.offset, emergency: String(hello.emergency || ""),
    reads: before.concat(recent).slice(-HELD_MAX), messages: arrayOf(hello.messages),
    marks: marked({}, hello.marks), calls: called({}, calls.concat(arrayOf(hello.calls))),
  }, hello.now, now);
}

/** The offsets that the page should have and a hello does not bring: those after `after`, before `before`; null: none. */
export function missing(held) {
  if (held.offset === null) return null;
  const before = held.reads.length ? held.reads[0].offset : held.offset + 1;
  const after = Math.max(0, held.offset - HELD_MAX);
  return before - 1 > after && held.reads.length < HELD_MAX ? { after, before } : null;
}

/** With reads of the database before those that are held. */
export function filled(held, reads) {
  const first = held.reads.length ? held.reads[0].offset : Infinity;
  const older = arrayOf(reads).filter(read => isRead(read) && read.offset < first).sort(byOffset);
  return { ...held, reads: older.concat(held.reads).slice(-HELD_MAX) };
}

/** Neither starred nor with a note: nothing is said of that runner any more. */
export function marked(marks, changed) {
  const next = { ...marks };
  for (const mark of arrayOf(changed)) {
    if (mark.starred || mark.note) next[mark.who] = mark; else delete next[mark.who];
  }
  return next;
}

export function called(calls, changed) {
  const next = { ...calls };
  for (const call of arrayOf(changed)) {
    if (call.said === null) delete next[call.offset]; else next[call.offset] = call;
  }
  return next;
}

function arrayOf(value) {
  return Array.isArray(value) ? value : [];
}

function byOffset(one, other) {
  return one.offset - other.offset;
}

/** A frame can only come late, so the most forward of the last minute's differences is the best one. */
function withNow(held, text, now) {
  const skew = Date.parse(text) - now;
  return Number.isNaN(skew) ? held : { ...held, skews: held.skews.concat(skew).slice(-SKEWS_MAX) };
}

/** Milliseconds since 1970 by the hub's clock; by our own until it has said. */
export function hubNow(held, now) {
  return held.skews.length ? now + Math.max(...held.skews) : Date.now();
}
