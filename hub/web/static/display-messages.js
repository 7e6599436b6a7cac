// The session's messages as a screen has them: which are up at a moment of the hub's time. The same on every screen,
// whenever it came. No DOM, no clock.

const EVERY_S = 10;
const CHARS_MAX = 200;
export const PINNED_MAX = 3;      // so many stand there together; the others wait
const KINDS = ["pinned", "rotating"];

/** What a hello or a message of the hub says, ready to be asked. `told`: the same for a start without the hub. */
export function linesOf(message) {
  const told = message && Array.isArray(message.messages) ? message.messages.filter(Boolean) : [];
  const everyS = message && message.every_s >= 1 ? Number(message.every_s) : EVERY_S;
  const lines = told.filter(each => KINDS.includes(each.kind) && typeof each.text === "string").map(each => ({
    kind: each.kind, text: each.text.slice(0, CHARS_MAX), from: instantOf(each.begins_at, -Infinity), to: instantOf(each.ends_at, Infinity),
  }));
  return { lines, everyMs: everyS * 1000, told: { messages: told, every_s: everyS } };
}

function instantOf(text, none) {
  const at = text ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? none : at;
}

/** The pinned ones, the first above; of those that take turns the one whose turn it is, "" without any. */
export function upAt({ lines, everyMs }, hubMs) {
  const here = kind => lines.filter(each => each.kind === kind && each.from <= hubMs && hubMs < each.to).map(({ text }) => text);
  const turning = here("rotating");
  return {
    pinned: here("pinned").slice(0, PINNED_MAX),
    rotating: turning.length ? turning[Math.floor(hubMs / everyMs) % turning.length] : "",
  };
}
