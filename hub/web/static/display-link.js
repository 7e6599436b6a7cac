// The line to the hub: one WebSocket that comes back by itself, and a clock to judge it by. Knows nothing of what the
// messages say.

import { STALE_SILENT_MS } from "./display-core.js";

const SLEEP_MS = 2000;            // the machine's clock ran this much further than the page's: it slept
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10000;
const QUIET_MS = 6000;            // longer than a tick: on waking, not to be trusted
const TOO_MANY_SCREENS = 4103;
const ANOTHER_SESSION = 4104;
const AT_ONCE_MS = 300;           // spread a little: all screens of a session move together

/** A clock that never goes back and counts the time a machine slept. */
export function makeClock() {
  let mono = performance.now(), wall = Date.now(), slept = 0;
  return () => {
    const monoNow = performance.now(), wallNow = Date.now();
    const gap = (wallNow - wall) - (monoNow - mono);
    if (gap > SLEEP_MS) slept += gap;
    mono = monoNow;
    wall = wallNow;
    return mono + slept;
  };
}

/** One connection at a time; comes back by itself until `stop`. */
export function makeLink({ address, onFrame, onLost, clock }) {
  let socket = null, tries = 0, timer = 0, busyAt = 0, stopped = false;

  function open() {
    clearTimeout(timer);
    if (stopped) return;
    busyAt = clock();
    const mine = socket = new WebSocket(address());
    mine.onmessage = event => { if (mine === socket) { busyAt = clock(); onFrame(event.data, busyAt); } };
    mine.onclose = event => { if (mine === socket) fell(event.code); };
  }

  function fell(code) {
    socket = null;
    if (code === TOO_MANY_SCREENS) tries = 99;
    onLost(code);
    if (!stopped) retry(code === ANOTHER_SESSION ? Math.random() * AT_ONCE_MS : backOffMs());
  }

  function backOffMs() {
    return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * Math.pow(2, tries++)) * (0.5 + Math.random() / 2);
  }

  function retry(delay) {
    clearTimeout(timer);
    timer = setTimeout(open, delay);
  }

  /** Left behind at once: on a dead line a clean close would take a minute. */
  function abandon() {
    const old = socket;
    socket = null;
    if (old) { old.onmessage = old.onclose = null; old.close(); }
  }

  return {
    open,
    greeted() { tries = 0; },
    check() { if (socket && clock() - busyAt >= STALE_SILENT_MS) { abandon(); fell(0); } },
    wake() { if (!socket || clock() - busyAt >= QUIET_MS) { abandon(); onLost(0); open(); } },
    /** Some messages in one frame, a line each. */
    send(...messages) {
      if (socket && socket.readyState === WebSocket.OPEN) socket.send(messages.map(each => JSON.stringify(each)).join("\n"));
    },
    stop() { stopped = true; clearTimeout(timer); abandon(); },
  };
}

/** The messages of one frame, a line each. */
export function messagesOf(data) {
  const messages = [];
  for (const line of String(data).split("\n")) {
    if (!line.trim()) continue;
    try { messages.push(JSON.parse(line)); } catch { console.warn("display: a line was not understood"); }
  }
  return messages;
}
