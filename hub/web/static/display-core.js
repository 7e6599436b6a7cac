// What a screen knows and how the hub's messages change it: functions that take (state, message, now) and give the
// next state. No clock, no DOM. It refuses to know who is next: the hub says what was read, the screen holds the
// highest offset it has seen. Who of those it holds is on the wall is display-flow.js's to say.

import { isStarred, plain, planOf, rulesOf, wallAt } from "./display-flow.js";
import { linesOf } from "./display-messages.js";

const WINDOW_OFFSETS = 200;       // as many as a hello brings whole: a template's list follows from no more than these
const HELD_OFFSETS = 2200;        // and of so many, or for so long, what the wall follows from
const HELD_MS = 150000;
const STARTS_MAX = 100;
const TEXT_CHARS_MAX = 200;
export const STALE_SILENT_MS = 15000; // the hub ticks every 5 s
export const STALE_LOST_MS = 3000;
const CATCH_UP_MS = 1000;         // how long the wall waits for the newest of what was missed
const IDENTIFY_MS = 10000;
const NOT_LISTED = ["repeat", "hidden"];
const SKEWS_MAX = 12;             // a minute of ticks

export function initial(now) {
  return {
    greeted: false, gone: 0, moveTo: null, wish: null,
    session: null, epoch: null, offset: null, display: null, stars: new Set(), pinned: null,
    starts: [],                   // those that have guns, by the time of the first one
    heardAt: now, lostAt: null, keptAt: null,
    skews: [],
    reads: [],                    // by offset; of the older ones, some only in so far as the wall follows from them
    template: null, counts: null, // as the hub says them
    lines: linesOf(null),         // messages
    catchUp: null, known: null, identifyUntil: 0,
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
  settings: onSettings,
  stars: (state, message) => with_(state, { stars: starsOf(message.who) }),
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

/** What time alone changes: waiting for what was missed ends. */
export function advance(state, now) {
  return state.catchUp && now >= state.catchUp.by ? caughtUp(state) : state;
}

/** Who is on the wall, see display-flow.js: of the reads that are held; while the screen catches up, of those before. */
export function wallOf(state, now, shape) {
  const { display, stars, template, pinned, catchUp, reads } = state, at = hubNow(state, now), what = [display, stars, template, catchUp, reads, shape];
  if (!plan || what.some((each, place) => each !== planned[place])) {
    planned = what;
    plan = planOf(catchUp ? reads.filter(({ offset }) => offset <= catchUp.from) : reads, rulesOf(state, shape));
  }
  const { pin } = plan.rules, isPinned = pin && pinned && pinned.offset === pin.offset && !(at >= pin.until);
  return Object.assign(wallAt(plan, at, isPinned ? pinned : null), { fixed: plan.rules.fixed });
}

let plan = null, planned = [];    // one: it is the same as long as nothing comes

/** The reads that a template's list may show, those that came late among them. */
export function listedOf({ display, offset, catchUp, reads }) {
  const locations = locationsOf(display), upTo = catchUp ? catchUp.from : offset;
  return reads.filter(read => !read.brief && read.offset > upTo - WINDOW_OFFSETS && read.offset <= upTo
    && read.kind === "read" && (!locations.length || locations.includes(read.place)) && NOT_LISTED.every(mark => !read.marks.includes(mark)));
}

/** Words as they are shown, whatever came. */
export function text(value) {
  const words = value === null || value === undefined ? "" : String(value);
  return words.replace(/\s+/g, " ").trim().slice(0, TEXT_CHARS_MAX);
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
  return with_(state, { gone: code || 4000, reads: [], pinned: null, template: null, counts: null, starts: [], catchUp: null, known: null, session: null, emergency: "", lines: linesOf(null) });
}

function with_(state, changes) {
  return Object.assign({}, state, changes);
}

// ---- messages ----------------------------------------------------------------------------------------------

function onHello(state, hello, now) {
  if (state.catchUp) state = caughtUp(state);   // it was cut off while it caught up
  const session = hello.session || null, display = hello.display || null;
  const resumed = hello.recovered === true && isSameFeed(state, session, hello.epoch) && state.offset !== null && hello.offset >= state.offset;
  const next = with_(withNow(with_(state, { skews: [] }), hello.now, now), {
    greeted: true, session, epoch: hello.epoch, display, stars: starsOf(hello.stars), starts: startsOf(hello.starts),
    catchUp: null, known: null, emergency: text(hello.emergency), template: templateOf(hello.template), counts: hello.counts || null,
    lines: linesOf(hello),
  });
  const recent = listOf(hello.recent).filter(read => read.type !== "retract"), before = beforeOf(next, hello, now);
  return pinnedAs(resumed ? resume(next, hello, recent, before, now) : startAfresh(next, hello, recent, before, now), display, now);
}

/** The missed reads follow one by one; `recent` says how those are known by now, and `before` which of the older ones still stand, and how. */
function resume(state, hello, recent, before, now) {
  const known = knownFrom(listOf(hello.recent), recent, hello.offset), behind = hello.offset > state.offset;
  const from = Math.min(known.from, before.length ? before[0].offset : Infinity);
  const held = state.reads.filter(({ offset }) => offset < from);
  const standing = before.filter(({ offset }) => offset < known.from && offset <= state.offset);
  const seen = recent.filter(({ offset }) => offset <= state.offset).map(read => heldAs(state, read, now)).sort(byOffset);
  return advance(with_(state, {
    reads: held.concat(standing, seen), known: behind ? known : null,
    catchUp: behind ? { from: state.offset, to: hello.offset, by: now + CATCH_UP_MS } : null,
  }), now);
}

/** `recent` and what was `before` are the picture. */
function startAfresh(state, hello, recent, before, now) {
  const offset = isOffset(hello.offset) ? hello.offset : recent.reduce((most, read) => Math.max(most, read.offset), 0);
  const reads = before.concat(recent.map(read => heldAs(state, read, now)).sort(byOffset));
  return with_(state, { offset: state.session ? offset : null, reads: inWindow(reads, offset, state.stars) });
}

function onRead(state, read, now) {
  if (!state.greeted || !isOffset(read.offset)) return state;
  if (state.offset !== null && read.offset <= state.offset) return state;
  const asKnown = latest(state.known, read);
  return reached(asKnown ? with_(state, { reads: state.reads.concat(heldAs(state, asKnown, now)) }) : state, read.offset);
}

/** Taken back. In its turn, which is the next offset, it was void before this screen came to it. */
function onRetract(state, { offset }, now) {
  const next = advance(changed(state, offset, () => null), now);
  return state.greeted && offset === state.offset + 1 ? reached(next, offset) : next;
}

function onCorrection(state, { offset, runner }, now) {
  return changed(state, offset, read => heldAs(state, with_(read, { runner: runner || null, bib: runner ? runner.bib : null }), read.arrivedAt || now));
}

/** What goes with runners that this screen holds may be another, too. */
function onMessages(state, message) {
  const said = Array.isArray(message.reads) ? message.reads : [];
  return said.reduce((next, [offset, words]) => changed(next, offset, read => with_(read, { message: words })), with_(state, { lines: linesOf(message) }));
}

function reached(state, offset) {
  const known = state.known && offset < state.known.to ? state.known : null;
  const next = with_(state, { offset, known, reads: inWindow(state.reads, offset, state.stars) });
  return state.catchUp && offset >= state.catchUp.to ? caughtUp(next) : next;
}

/** The same array where nothing leaves it. Who has been starred may have to wait for others. */
function inWindow(reads, offset, stars) {
  const newest = reads.length ? reads[reads.length - 1].at : NaN;
  const isOld = read => (read.offset <= offset - HELD_OFFSETS && !isStarred(read, stars)) || (read.offset <= offset - WINDOW_OFFSETS && read.at < newest - HELD_MS);
  return reads.some(isOld) ? reads.filter(read => !isOld(read)) : reads;
}

function caughtUp(state) {
  return with_(state, { catchUp: null });
}

/** One read, wherever the screen still holds it: come, or yet to come. */
function changed(state, offset, change) {
  const swap = card => (card.offset === offset ? change(card) : card);
  const held = state.known && state.known.reads.get(offset);
  const known = held ? with_(state.known, { reads: new Map(state.known.reads).set(offset, change(held)) }) : state.known;
  const reads = state.reads.some(read => read.offset === offset) ? state.reads.map(swap).filter(Boolean) : state.reads;
  return with_(state, { reads, known, pinned: state.pinned && swap(state.pinned) });
}

/** Of this screen, or of the display: what is wished of it from now on. */
function onSettings(state, { screen, display }, now) {
  const next = screen ? with_(state, { screen }) : state;
  return display ? pinnedAs(with_(next, { display: with_(next.display || {}, display) }), display, now) : next;
}

/** Whose card an operator has pinned: as the hub has sent it along, which is how it is known now; or the read that is held. */
function pinnedAs(state, display, now) {
  const pin = display && display.control && display.control.pin, offset = pin ? pin.offset : null, { pinned } = state;
  const told = offset === null ? null : listOf([display.pinned]).find(read => read.offset === offset);
  if (told) return with_(state, { pinned: heldAs(state, told, now) });
  if (offset === null ? !pinned : pinned && pinned.offset === offset) return state;
  return with_(state, { pinned: state.reads.find(read => read.offset === offset && !read.brief) || null });
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

/** By what the keys of all reads begin whose offsets go on from each other. */
export function feedOf({ session, epoch }) {
  return [session && session.id, epoch, ""].join(".");
}

function isSameFeed(state, session, epoch) {
  return Boolean(state.session && session && feedOf(state) === feedOf({ session, epoch }));
}

function byOffset(one, other) {
  return one.offset - other.offset;
}

/** What cannot be fetched is none. */
function templateOf(told) {
  return told && typeof told.url === "string" ? told : null;
}

/** Messages, of whatever came in their place. */
function listOf(messages) {
  return (Array.isArray(messages) ? messages : []).filter(read => read && isOffset(read.offset));
}

/** The reads the hub knows as of its hello. What lies among them and is missing was voided. */
function knownFrom(all, reads, head) {
  const from = all.reduce((least, read) => Math.min(least, read.offset), Infinity);
  return { reads: new Map(reads.map(read => [read.offset, read])), from, to: head };
}

function latest(known, read) {
  const covered = known && read.offset >= known.from && read.offset <= known.to;
  return covered ? known.reads.get(read.offset) || null : read;
}

/** A read as a screen holds it. */
function heldAs(state, read, now) {
  const runner = read.runner || null;
  return with_(read, {
    key: feedOf(state) + read.offset, runner, marks: Array.isArray(read.marks) ? read.marks : [],
    at: Date.parse(read.received_at) || 0, place: plain(read.location), race: plain(runner && runner.race_name), arrivedAt: now,
  });
}

/** What a hello says of older reads: whole where they may still be on the wall, else what levels and gaps follow from. */
function beforeOf(state, { before }, now) {
  return (Array.isArray(before) ? before : []).map(each => {
    if (!Array.isArray(each)) return listOf([each]).map(read => heldAs(state, read, now))[0];
    const [offset, at, tag, location, race, lap, marks, bib] = each;
    return { brief: true, offset, at, kind: "read", tag, lap, place: plain(location), race: plain(race), marks: Array.isArray(marks) ? marks : [], bib };
  }).filter(read => read && isOffset(read.offset)).sort(byOffset);
}

function locationsOf(display) {
  const locations = display && display.settings && display.settings.locations;
  return Array.isArray(locations) ? locations.map(plain) : [];
}

function starsOf(who) {
  return new Set((Array.isArray(who) ? who : []).map(String));
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
