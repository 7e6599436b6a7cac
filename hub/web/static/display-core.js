// What a screen knows and how the hub's messages change it: functions that take (state, message, now) and give the
// next state. No clock, no DOM. It refuses to know who is next: the hub says what was read, the screen holds the
// highest offset it has seen. What it shows follows from the last reads, the starts and the time alone, so that a
// screen that was away ends in the same picture as one that never left.

import { linesOf } from "./display-messages.js";

const CARD_MS = 8000;             // unless the display's settings give a duration
const CARD_S_MAX = 600;
const CARD_LEAST_MS = 1500;       // a card that comes late in its time does not flash by
const WINDOW_OFFSETS = 200;       // as many as a hello brings: the wall follows from no more than these
const STARTS_MAX = 100;
const TEXT_CHARS_MAX = 200;
const CALM_MS = 500;              // arrivals closer than this enter without motion
export const STALE_SILENT_MS = 15000; // the hub ticks every 5 s
export const STALE_LOST_MS = 3000;
const CATCH_UP_MS = 1000;         // how long the wall waits for the newest of what was missed
const IDENTIFY_MS = 10000;
const NO_CARD = ["late", "repeat", "hidden"];
const NOT_LISTED = ["repeat", "hidden"];
const SKEWS_MAX = 12;             // a minute of ticks

export function initial(now) {
  return {
    greeted: false, gone: 0, moveTo: null, wish: null,
    session: null, epoch: null, offset: null, display: null, settings: "", cardMs: CARD_MS, locations: [],
    starts: [],                   // those that have guns, by the time of the first one
    heardAt: now, lostAt: null, keptAt: null,
    skews: [],
    cards: [],                    // by offset; each until its time ends
    reads: [],                    // by offset: what a template's list may show, those that came late among them
    template: null, counts: null, // as the hub says them
    lines: linesOf(null),         // messages
    lastArrivalAt: -Infinity, catchUp: null, known: null, identifyUntil: 0,
    emergency: "",                // a line over everything else
    screen: null,                 // what the hub calls this screen, and whether it is to be dark
  };
}

const MESSAGES = {
  hello: onHello, read: onRead, correction: onCorrection, retract: onRetract,
  starts: (state, message) => with_(state, { starts: startsOf(message.starts) }),
  tick: (state, message, now) => withNow(state, message.now, now),
  template: (state, message) => with_(state, { template: templateOf(message.template) }),
  counts: (state, message) => with_(state, { counts: message }),
  messages: onMessages,
  message: (state, message) => (message.kind === "emergency" ? with_(state, { emergency: text(message.text) }) : state),
  settings: (state, message) => (message.screen ? with_(state, { screen: message.screen }) : state),
  identify: (state, message, now) => with_(state, { identifyUntil: now + IDENTIFY_MS }),
  reload: state => with_(state, { wish: "reload" }),
  move: (state, message) => moved(state, message.code),
  bye: onBye,
};

/** The state after one message of the hub; unknown types change nothing. `now`: local, monotonic, ms. */
export function reduce(state, message, now) {
  const known = message && Object.prototype.hasOwnProperty.call(MESSAGES, message.type);
  return known && !state.gone ? MESSAGES[message.type](state, message, now) : state;
}

/** What time alone changes: cards end, each in its time; waiting for what was missed ends. */
export function advance(state, now) {
  if (state.catchUp && now >= state.catchUp.by) state = caughtUp(state);
  const cards = state.cards.filter(card => now < card.until);
  return cards.length < state.cards.length ? with_(state, { cards }) : state;
}

/** What is on the wall, newest first, guns above all. A tag stands there once for each location. */
export function cardsOf(state) {
  const guns = [], runners = new Map();
  for (const card of state.cards.slice().reverse()) {
    const whose = plain(card.location) + "\n" + card.tag;
    if (card.kind === "gun") guns.push(card);
    else if (!runners.has(whose)) runners.set(whose, card);
  }
  return guns.concat(Array.from(runners.values()));
}

/** Words as they are shown, whatever came. */
export function text(value) {
  const words = value === null || value === undefined ? "" : String(value);
  return words.replace(/\s+/g, " ").trim().slice(0, TEXT_CHARS_MAX);
}

/** Words as they are compared. */
export function plain(words) {
  return text(words).toLowerCase();
}

export function heard(state, now) {
  return with_(state, { heardAt: now, lostAt: null });
}

export function lost(state, now) {
  return state.lostAt === null ? with_(state, { lostAt: now }) : state;
}

/** As it was told before this page was loaded: the hub will say how it is by now. */
export function darkened(state) {
  return with_(state, { screen: { id: "", name: "", blank: true } });
}

export function ended(state, code) {
  return with_(state, { gone: code || 4000, cards: [], reads: [], template: null, counts: null, starts: [], catchUp: null, known: null, session: null, emergency: "", lines: linesOf(null) });
}

function with_(state, changes) {
  return Object.assign({}, state, changes);
}

// ---- messages ----------------------------------------------------------------------------------------------

function onHello(state, hello, now) {
  if (state.catchUp) state = caughtUp(state);   // it was cut off while it caught up
  const recent = (Array.isArray(hello.recent) ? hello.recent : []).filter(read => read && isOffset(read.offset));
  const session = hello.session || null, display = hello.display || null;
  const settings = JSON.stringify(display && display.settings || {});
  const same = isSameFeed(state, session, hello.epoch) && settings === state.settings;
  const resumed = hello.recovered === true && same && state.offset !== null && hello.offset >= state.offset;
  const next = with_(withNow(with_(state, { skews: [] }), hello.now, now), {
    greeted: true, session, epoch: hello.epoch, display, settings, starts: startsOf(hello.starts),
    cardMs: cardMsOf(display), locations: locationsOf(display), catchUp: null, known: null, emergency: text(hello.emergency),
    template: templateOf(hello.template), counts: hello.counts || null, lines: linesOf(hello),
  });
  return resumed ? resume(next, hello, recent, now) : startAfresh(next, hello, recent, now);
}

/** The missed reads follow one by one; `recent` says how those are known by now. */
function resume(state, hello, recent, now) {
  const known = knownFrom(recent, hello.offset);
  const behind = hello.offset > state.offset;
  return advance(with_(state, {
    cards: kept(state.cards, card => asKnownBy(state, known, card)),
    reads: state.reads.filter(({ offset }) => offset < known.from)
      .concat(listed(state, recent.filter(({ offset }) => offset <= state.offset))),
    catchUp: behind ? { from: state.offset, to: hello.offset, by: now + CATCH_UP_MS, cards: [] } : null,
    known: behind ? known : null,
  }), now);
}

/** `recent` is the picture: those of its reads that are worth a card and still in their time. */
function startAfresh(state, hello, recent, now) {
  const offset = isOffset(hello.offset) ? hello.offset : recent.reduce((most, read) => Math.max(most, read.offset), 0);
  const fresh = with_(state, { offset: state.session ? offset : null, cards: [] });
  const worthy = inWindow(recent.filter(read => isForTheWall(state, read)).sort(byOffset), offset);
  return with_(fresh, { cards: kept(worthy, read => cardFor(fresh, read, now)), reads: inWindow(listed(fresh, recent), offset) });
}

function onRead(state, read, now) {
  if (!state.greeted || !isOffset(read.offset)) return state;
  if (state.offset !== null && read.offset <= state.offset) return state;
  const asKnown = latest(state.known, read);
  const card = asKnown && isForTheWall(state, asKnown) ? cardFor(state, asKnown, now) : null;
  const next = card ? arrived(state, card, now) : state;
  return reached(asKnown && isListed(state, asKnown) ? with_(next, { reads: next.reads.concat(asKnown) }) : next, read.offset);
}

/** Taken back. In its turn, which is the next offset, it was void before this screen came to it. */
function onRetract(state, { offset }, now) {
  const next = advance(changed(state, offset, () => null), now);
  return state.greeted && offset === state.offset + 1 ? reached(next, offset) : next;
}

function onCorrection(state, { offset, runner }) {
  return changed(state, offset, read => with_(read, { runner: runner || null, bib: runner ? runner.bib : null }));
}

/** What goes with runners that this screen holds may be another, too. */
function onMessages(state, message) {
  const said = Array.isArray(message.reads) ? message.reads : [];
  return said.reduce((next, [offset, words]) => changed(next, offset, read => with_(read, { message: words })), with_(state, { lines: linesOf(message) }));
}

function arrived(state, card, now) {
  const catchUp = state.catchUp && with_(state.catchUp, { cards: state.catchUp.cards.concat(card) });
  return with_(state, { catchUp, cards: catchUp ? state.cards : state.cards.concat(card), lastArrivalAt: now });
}

function reached(state, offset) {
  const known = state.known && offset < state.known.to ? state.known : null;
  const catchUp = state.catchUp && with_(state.catchUp, { cards: inWindow(state.catchUp.cards, offset) });
  const next = with_(state, { offset, known, catchUp, cards: inWindow(state.cards, offset), reads: inWindow(state.reads, offset) });
  return catchUp && offset >= catchUp.to ? caughtUp(next) : next;
}

/** The same array where nothing leaves it. */
function inWindow(cards, offset) {
  const from = offset - WINDOW_OFFSETS;
  return cards.length && cards[0].offset <= from ? cards.filter(card => card.offset > from) : cards;
}

function caughtUp(state) {
  return with_(state, { cards: state.cards.concat(state.catchUp.cards), catchUp: null });
}

/** One read, wherever the screen still holds it: on the wall, next on the wall, or yet to come. */
function changed(state, offset, change) {
  const swap = card => (card.offset === offset ? change(card) : card);
  const catchUp = state.catchUp && with_(state.catchUp, { cards: kept(state.catchUp.cards, swap) });
  const held = state.known && state.known.reads.get(offset);
  const known = held ? with_(state.known, { reads: new Map(state.known.reads).set(offset, change(held)) }) : state.known;
  const reads = state.reads.some(read => read.offset === offset) ? kept(state.reads, swap) : state.reads;
  return with_(state, { cards: kept(state.cards, swap), reads, catchUp, known });
}

function onBye(state, bye) {
  const code = Number(bye.code) || 0;
  if (bye.move) return moved(state, bye.move);
  return bye.again === false || isFinal(code) ? ended(state, code) : state;
}

function moved(state, code) {
  return typeof code === "string" && /^[0-9A-Za-z]{1,64}$/.test(code) ? with_(state, { moveTo: code }) : state;
}

/** Close codes 4000 to 4099: do not come back. */
export function isFinal(code) {
  return code >= 4000 && code <= 4099;
}

// ---- reads and cards ---------------------------------------------------------------------------------------

function isOffset(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function isSameFeed(state, session, epoch) {
  return Boolean(state.session && session && state.session.id === session.id && state.epoch === epoch);
}

function isForTheWall(state, read) {
  return (read.kind === "gun" || isHere(state, read)) && NO_CARD.every(mark => !marksOf(read).includes(mark));
}

function isListed(state, read) {
  return isHere(state, read) && NOT_LISTED.every(mark => !marksOf(read).includes(mark));
}

function isHere({ locations }, { kind, location }) {
  return kind === "read" && (!locations.length || locations.includes(plain(location)));
}

function listed(state, reads) {
  return reads.filter(read => isListed(state, read)).sort(byOffset);
}

function byOffset(one, other) {
  return one.offset - other.offset;
}

/** What cannot be fetched is none. */
function templateOf(told) {
  return told && typeof told.url === "string" ? told : null;
}

function marksOf(read) {
  return Array.isArray(read.marks) ? read.marks : [];
}

/** The reads the hub knows as of its hello. What lies among them and is missing was voided. */
function knownFrom(recent, head) {
  const from = recent.reduce((least, read) => Math.min(least, read.offset), Infinity);
  return { reads: new Map(recent.map(read => [read.offset, read])), from, to: head };
}

function latest(known, read) {
  const covered = known && read.offset >= known.from && read.offset <= known.to;
  return covered ? known.reads.get(read.offset) || null : read;
}

function asKnownBy(state, known, card) {
  const read = latest(known, card);
  if (!read || !isForTheWall(state, read)) return null;
  const { bib, location, time, message } = read;
  return with_(card, { runner: read.runner || null, bib, location, time, message, marks: marksOf(read) });
}

function kept(items, change) {
  return items.map(change).filter(Boolean);
}

/** A card for the rest of its time, counted from when the hub had the read; null when that is over. */
function cardFor(state, read, now) {
  const age = Math.max(0, hubNow(state, now) - Date.parse(read.received_at)) || 0;
  if (age >= state.cardMs) return null;
  return with_(read, {
    key: [state.session && state.session.id, state.epoch, read.offset].join("."),
    marks: marksOf(read), runner: read.runner || null, calm: now - state.lastArrivalAt >= CALM_MS,
    arrivedAt: now, until: now + Math.max(state.cardMs - age, Math.min(CARD_LEAST_MS, state.cardMs)),
  });
}

function settingOf(display, name) {
  return display && display.settings ? display.settings[name] : undefined;
}

function cardMsOf(display) {
  const seconds = Number(settingOf(display, "duration"));
  return seconds > 0 ? Math.min(seconds, CARD_S_MAX) * 1000 : CARD_MS;
}

function locationsOf(display) {
  const locations = settingOf(display, "locations");
  return Array.isArray(locations) ? locations.map(plain) : [];
}

/** Guns as milliseconds since 1970; a start without one that can be understood is none. */
function startsOf(starts) {
  return (Array.isArray(starts) ? starts : []).slice(-STARTS_MAX).filter(Boolean).map(({ location, race, guns }) => ({
    location, race, guns: (Array.isArray(guns) ? guns : []).map(gun => new Date(gun).getTime()).filter(Number.isFinite),
  })).filter(start => start.guns.length).sort((a, b) => a.guns[0] - b.guns[0]);
}

// ---- the hub's clock ---------------------------------------------------------------------------------------

/** A frame can only come late, so the most forward of the last minute's differences is the best one. */
function withNow(state, text, now) {
  const skew = Date.parse(text) - now;
  return Number.isNaN(skew) ? state : with_(state, { skews: state.skews.concat(skew).slice(-SKEWS_MAX) });
}

/** Milliseconds since 1970 by the hub's clock; NaN until it has said. */
export function hubNow(state, now) {
  return state.skews.length ? now + Math.max(...state.skews) : NaN;
}
