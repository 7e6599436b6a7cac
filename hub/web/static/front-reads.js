// The last reads of a session: functions that take what is held and a message of the hub, and give what is held then.
// No DOM, no clock.

import { corrected, isRead, retracted, withRead } from "./held-reads.js";

export const ROWS_MAX = 50;
const HELD_MAX = 200;             // what a hello brings: enough to fall back on when rows are taken back

export function nothing() {
  return { session: null, epoch: null, offset: null, reads: [] };
}

const MESSAGES = { hello: onHello, read: (held, read) => withRead(held, read, HELD_MAX), correction: corrected, retract: retracted };

/** What is held after one message; unknown types change nothing. */
export function reduce(held, message) {
  const known = message && Object.prototype.hasOwnProperty.call(MESSAGES, message.type);
  return known ? MESSAGES[message.type](held, message) : held;
}

/** The newest first. */
export function rowsOf(held) {
  return held.reads.slice(-ROWS_MAX).reverse().map(rowOf);
}

/** `recent` is all that the list can show, as it is known now. What is missed comes once more, one by one. */
function onHello(held, hello) {
  const recent = Array.isArray(hello.recent) ? hello.recent.filter(isRead) : [];
  return {
    session: hello.session || null, epoch: hello.epoch, offset: hello.offset,
    reads: recent.sort((a, b) => a.offset - b.offset).slice(-HELD_MAX),
  };
}

// ---- words -------------------------------------------------------------------------------------------------

const MARKS = { late: "late", repeat: "repeat", test: "test", suspect_time: "suspect time" };

/** A read as a row of a list. */
export function rowOf(read) {
  const gun = read.kind === "gun", runner = read.runner || {};
  const name = text(runner.name) || [text(runner.first_name), text(runner.last_name)].filter(Boolean).join(" ");
  const marks = (Array.isArray(read.marks) ? read.marks : []).map(mark => MARKS[mark] || text(mark));
  return {
    key: read.offset, at: Date.parse(read.received_at),
    time: (/[T ](\d\d:\d\d:\d\d)/.exec(read.time) || ["", ""])[1], location: text(read.location),
    bib: gun ? "" : text(runner.bib) || text(read.bib), unknown: !gun && !read.runner,
    name: gun ? "Start" : read.runner ? name || "no name" : "unknown tag " + text(read.tag),
    marks: (gun ? ["gun"] : []).concat(marks).join(", "),
  };
}

function text(value) {
  return value === null || value === undefined ? "" : String(value).replace(/\s+/g, " ").trim();
}
