// The line to the hub: one WebSocket that comes back by itself, and a clock to judge it by. Knows nothing of what the
// messages say.

import { STALE_SILENT_MS } from "./display-core.js";

const SLEEP_MS = 2000;            // the machine's clock ran this much further than the page's: it slept, or was set
const SLEEP_MS_MAX = 3 * 24 * 3600 * 1000;  // what is more was set
const DOUBT_MS = 1500;            // the hub knows which of the two it was, if it answers
const RETRY_MS = 1000;            // doubled with every try
const SOON_MS = 700;              // the hub has something else to show, and is there
const RETRY_MAX_MS = 10000;
const CROWDED_MS = 60000;         // until some have left
const STEADY_MS = 10000;          // a connection that held for this long was a good one
const QUIET_MS = 6000;            // longer than a tick: on waking, not to be trusted
const WAKE_MS = 300;              // a network that is back wakes all screens in the same instant
const TOO_MANY_SCREENS = 4103;
const ANOTHER_SESSION = 4104;

/**
 * A clock that never goes back, whatever is done to the machine's. When that one has run on without the page, the machine
 * has slept, or somebody has set it: the hub knows which, and is to be asked (`jumped`). Only when it has not answered in
 * time (`told`) does it count as sleep.
 */
export function makeClock() {
  let mono = performance.now(), wall = Date.now(), slept = 0, doubt = 0, doubtAt = 0, hasJumped = false;
  function clock() {
    const monoNow = performance.now(), wallNow = Date.now(), gap = (wallNow - wall) - (monoNow - mono);
    if (gap > SLEEP_MS && !doubt) doubtAt = monoNow;
    if (Math.abs(gap) > SLEEP_MS) doubt = Math.max(0, doubt + gap);
    if (gap > SLEEP_MS) hasJumped = true;
    if (doubt && monoNow - doubtAt >= DOUBT_MS) {
      if (doubt < SLEEP_MS_MAX) slept += doubt;
      doubt = 0;
    }
    mono = monoNow;
    wall = wallNow;
    return mono + slept;
  }
  return Object.assign(clock, {
    told() { doubt = 0; },
    jumped() {
      const was = hasJumped;
      hasJumped = false;
      return was;
    },
  });
}

/** How long to stay away, by chance, which is from 0 to 1: a hub that stops loses a thousand screens at once. */
export function pauseMs(code, tries, chance = Math.random()) {
  if (code === TOO_MANY_SCREENS) return CROWDED_MS * (1 + chance) / 2;
  if (code === ANOTHER_SESSION && !tries) return SOON_MS * chance;
  return Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** tries) * chance;
}

/** One connection at a time; comes back by itself until `stop`. */
export function makeLink({ address, onFrame, onLost, clock }) {
  let socket = null, tries = 0, timer = 0, dueAt = Infinity, busyAt = 0, greetedAt = Infinity, stopped = false;

  function open() {
    clearTimeout(timer);
    if (stopped) return;
    busyAt = clock();
    greetedAt = Infinity;
    const mine = socket = new WebSocket(address());
    mine.onmessage = event => { if (mine === socket) { busyAt = clock(); onFrame(event.data, busyAt); } };
    mine.onclose = event => { if (mine === socket) fell(event.code); };
  }

  function fell(code) {
    abandon();
    if (code === ANOTHER_SESSION || clock() - greetedAt >= STEADY_MS) tries = 0;
    onLost(code);
    if (!stopped) openIn(pauseMs(code, tries++));
  }

  function openIn(ms) {
    clearTimeout(timer);
    dueAt = clock() + ms;
    timer = setTimeout(open, ms);
  }

  /** Left behind at once, and not listened to any more: on a dead line a clean close would take a minute. */
  function abandon() {
    const old = socket;
    socket = null;
    if (old) old.close();
  }

  /** Now, whatever the connection looks like. */
  function again() {
    abandon();
    onLost(0);
    openIn(WAKE_MS * Math.random());
  }

  return {
    open,
    greeted() { greetedAt = clock(); },
    check() { if (socket && clock() - busyAt >= STALE_SILENT_MS) fell(0); },
    /** A try that is due goes first: a page whose timers run once a minute would put it off for ever. */
    wake() { if (socket ? clock() - busyAt >= QUIET_MS : dueAt - clock() > WAKE_MS) again(); },
    again,
    /** Some messages in one frame, a line each. */
    send(...messages) {
      const isOpen = Boolean(socket && socket.readyState === WebSocket.OPEN);
      if (isOpen) socket.send(messages.map(each => JSON.stringify(each)).join("\n"));
      return isOpen;
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
