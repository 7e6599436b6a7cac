// The screen at the finish line. Three parts, in this order:
//   the core:    state, and functions that take (state, message, now) and give the next state. No clock, no DOM;
//   the fitting: how large a name may be and where it breaks. No DOM, the width of a text is asked for;
//   the shell:   the socket, the clock and the painting.
// It refuses to know who is next: the hub says what was read, the screen holds the highest offset it has seen.

const CARD_MS = 8000;             // unless the display's settings give a duration
const CARD_S_MAX = 600;
const CARD_LEAST_MS = 1500;       // a card that comes late in its time does not flash by
const CALM_MS = 500;              // arrivals closer than this enter without motion
const STALE_SILENT_MS = 15000;    // the hub ticks every 5 s
const STALE_LOST_MS = 3000;
const CATCH_UP_MS = 1000;         // how long the wall waits for the newest of what was missed
const IDENTIFY_MS = 8000;
const SKEWS_MAX = 12;             // a minute of ticks
const NAME_CHARS_MAX = 200;
const FEED_WARNING = "display: a line was not understood";

// ---- core: state -------------------------------------------------------------------------------------------

export function initial(now) {
  return {
    greeted: false, gone: 0, moveTo: null, wish: null,
    session: null, epoch: null, offset: null, display: null, cardMs: CARD_MS,
    heardAt: now, lostAt: null,
    skews: [], zoneMinutes: null,
    card: null, lastArrivalAt: -Infinity,
    catchUp: null, known: null, identifyUntil: 0,
  };
}

const MESSAGES = {
  hello: onHello, read: onRead, correction: onCorrection, retract: onRetract, tick: onTick,
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

/** What time alone changes: a card ends, waiting for what was missed ends. */
export function advance(state, now) {
  if (state.catchUp && now >= state.catchUp.by) state = caughtUp(state);
  if (state.card && now >= state.card.until) state = with_(state, { card: null });
  return state;
}

export function heard(state, now) {
  return with_(state, { heardAt: now, lostAt: null });
}

export function lost(state, now) {
  return state.lostAt === null ? with_(state, { lostAt: now }) : state;
}

export function ended(state, code) {
  return with_(state, { gone: code || 4000, card: null, catchUp: null, known: null, session: null });
}

function with_(state, changes) {
  return Object.assign({}, state, changes);
}

// ---- core: messages ----------------------------------------------------------------------------------------

function onHello(state, hello, now) {
  const recent = (Array.isArray(hello.recent) ? hello.recent : []).filter(read => read && isOffset(read.offset));
  const session = hello.session || null;
  const same = isSameFeed(state, session, hello.epoch);
  const resumed = hello.recovered === true && same && state.offset !== null && hello.offset >= state.offset;
  const next = with_(withNow(with_(state, { skews: [] }), hello.now, now), {
    greeted: true, session, epoch: hello.epoch, display: hello.display || null,
    cardMs: cardMsOf(hello.display), catchUp: null, known: null, card: same ? state.card : null,
  });
  return resumed ? resume(next, hello, recent, now) : startAfresh(next, hello, recent, now);
}

/** The missed reads follow one by one; `recent` says how those are known by now. */
function resume(state, hello, recent, now) {
  const known = knownFrom(recent, hello.offset);
  const catchUp = hello.offset > state.offset ? { to: hello.offset, by: now + CATCH_UP_MS, next: null } : null;
  return with_(state, { card: mended(state.card, known), catchUp, known: catchUp ? known : null });
}

/** `recent` is the picture: its newest read worth a card, if that is still in its time. */
function startAfresh(state, hello, recent, now) {
  const offset = isOffset(hello.offset) ? hello.offset : recent.reduce((most, read) => Math.max(most, read.offset), 0);
  const newest = recent.filter(isForTheWall).reduce((a, b) => (a && a.offset > b.offset ? a : b), null);
  const fresh = with_(state, { offset: state.session ? offset : null });
  return with_(fresh, { card: newest ? cardFor(fresh, newest, now) : null });
}

function onRead(state, read, now) {
  if (!state.greeted || !isOffset(read.offset)) return state;
  if (state.offset !== null && read.offset <= state.offset) return state;
  const asKnown = latest(state.known, read);
  const card = asKnown && isForTheWall(asKnown) ? cardFor(state, asKnown, now) : null;
  const known = state.known && read.offset < state.known.to ? state.known : null;
  const next = with_(state, { offset: read.offset, known, lastArrivalAt: card ? now : state.lastArrivalAt });
  return next.catchUp ? collected(next, card) : with_(next, { card: card || next.card });
}

function collected(state, card) {
  const catchUp = with_(state.catchUp, { next: card || state.catchUp.next });
  const next = with_(state, { catchUp });
  return next.offset >= catchUp.to ? caughtUp(next) : next;
}

function caughtUp(state) {
  return with_(state, { card: state.catchUp.next || state.card, catchUp: null });
}

function onCorrection(state, { offset, runner }) {
  return changed(state, offset, read => with_(read, { runner: runner || null }));
}

function onRetract(state, { offset }) {
  return changed(state, offset, () => null);
}

/** One read, wherever the screen still holds it: on the wall, next on the wall, or yet to come. */
function changed(state, offset, change) {
  const swap = card => (card && card.offset === offset ? change(card) : card);
  const catchUp = state.catchUp && with_(state.catchUp, { next: swap(state.catchUp.next) });
  const held = state.known && state.known.reads.get(offset);
  const known = held ? with_(state.known, { reads: new Map(state.known.reads).set(offset, change(held)) }) : state.known;
  return with_(state, { card: swap(state.card), catchUp, known });
}

function onTick(state, tick, now) {
  return withNow(state, tick.now, now);
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

// ---- core: reads and cards ---------------------------------------------------------------------------------

function isOffset(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function isSameFeed(state, session, epoch) {
  return Boolean(state.session && session && state.session.id === session.id && state.epoch === epoch);
}

function isForTheWall(read) {
  const marks = Array.isArray(read.marks) ? read.marks : [];
  return (read.kind === "read" || read.kind === "gun") && !marks.includes("late") && !marks.includes("repeat");
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

function mended(card, known) {
  const read = card && latest(known, card);
  return read && isForTheWall(read) ? with_(card, { runner: read.runner || null }) : null;
}

/** A card for the rest of its time, counted from when the hub had the read; null when that is over. */
function cardFor(state, read, now) {
  const age = Math.max(0, hubNow(state, now) - Date.parse(read.received_at)) || 0;
  if (age >= state.cardMs) return null;
  return {
    key: [state.session && state.session.id, state.epoch, read.offset].join("."),
    offset: read.offset, kind: read.kind, marks: read.marks || [],
    location: read.location, tag: read.tag, bib: read.bib, time: read.time, runner: read.runner || null,
    arrivedAt: now, until: now + Math.max(state.cardMs - age, Math.min(CARD_LEAST_MS, state.cardMs)),
    calm: now - state.lastArrivalAt >= CALM_MS,
  };
}

function cardMsOf(display) {
  const seconds = Number(display && display.settings && display.settings.duration);
  return seconds > 0 ? Math.min(seconds, CARD_S_MAX) * 1000 : CARD_MS;
}

// ---- core: the hub's clock ---------------------------------------------------------------------------------

/** A frame can only come late, so the most forward of the last minute's differences is the best one. */
function withNow(state, text, now) {
  const skew = Date.parse(text) - now;
  if (Number.isNaN(skew)) return state;
  return with_(state, { skews: state.skews.concat(skew).slice(-SKEWS_MAX), zoneMinutes: zoneMinutesOf(text) });
}

function hubNow(state, now) {
  return state.skews.length ? now + Math.max(...state.skews) : NaN;
}

function zoneMinutesOf(text) {
  const parts = /([+-])(\d\d):?(\d\d)$/.exec(text);
  return parts ? (parts[1] === "-" ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3])) : 0;
}

/** The hub's time of day, in the session's zone or else in the one the hub wrote. */
export function clockText(state, now) {
  const at = Math.floor(hubNow(state, now) / 1000) * 1000;
  if (Number.isNaN(at)) return "";
  const format = formatFor(state.session && state.session.timezone);
  return format ? format.format(at) : new Date(at + state.zoneMinutes * 60000).toISOString().slice(11, 19);
}

const formats = new Map();        // zone -> formatter or null; a screen meets one or two zones in its life

function formatFor(timeZone) {
  if (!timeZone) return null;
  if (!formats.has(timeZone)) formats.set(timeZone, makeFormat(timeZone));
  return formats.get(timeZone);
}

function makeFormat(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
  } catch {
    return null;                  // a zone this browser does not know: the hub's own offset is right enough
  }
}

/** The wall clock written in an ISO 8601 text, as written. */
export function timeOfDay(text) {
  const parts = /[T ](\d\d:\d\d:\d\d)/.exec(text || "");
  return parts ? parts[1] : "";
}

// ---- core: the view ----------------------------------------------------------------------------------------

const FAREWELLS = {
  4001: "This screen's address is not valid any more. Ask the timer for a new one.",
  4002: "This screen was signed out. Ask the timer to sign it in again.",
  4003: "The session of this screen has been deleted. Ask the timer for a new address.",
  4004: "This screen has moved. Ask the timer for its new address.",
};
const FAREWELL = "This screen has been switched off. Ask the timer to switch it on again.";

/** Everything the wall says, as flat texts. */
export function view(state, now) {
  const silent = now - state.heardAt;
  const away = state.greeted && state.lostAt !== null && now - state.lostAt >= STALE_LOST_MS;
  const event = eventName(state.session);
  return {
    scene: sceneOf(state),
    stale: !state.gone && (away || silent >= STALE_SILENT_MS) ? "no data for " + countText(silent) : "",
    offset: state.offset === null ? "" : String(state.offset),
    clock: clockText(state, now),
    event, session: sessionLine(state.session, event),
    identify: now < state.identifyUntil ? text(state.display && state.display.name) || " " : "",
    farewell: state.gone ? FAREWELLS[state.gone] || FAREWELL : "",
    card: state.card,
  };
}

function sceneOf(state) {
  if (state.gone) return "gone";
  if (!state.greeted) return "connecting";
  if (!state.card) return "resting";
  return state.card.kind === "gun" ? "gun" : "runner";
}

function eventName(session) {
  if (!session) return "";
  const event = session.event;
  return text(event && typeof event === "object" ? event.name : event) || text(session.name);
}

function sessionLine(session, event) {
  if (!session) return "Waiting for a session";
  return text(session.name) === event ? "" : text(session.name);
}

export function countText(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = number => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const head = minutes < 60 ? two(minutes) : Math.floor(minutes / 60) + ":" + two(minutes % 60);
  return head + ":" + two(seconds % 60);
}

/** The texts of a card. Nobody is invented: without a name the number stands in its place. */
export function cardTexts(card) {
  const place = { location: text(card.location), time: timeOfDay(card.time), test: card.marks.includes("test") };
  if (card.kind === "gun") return with_(place, { name: "Start", short: "Start", bib: "", unknown: false, city: "", division: "" });
  const runner = card.runner || {};
  const bib = text(runner.bib) || text(card.bib);
  const name = nameOf(runner);
  const number = card.runner ? bib || text(card.tag) : text(card.tag) || bib;
  return with_(place, {
    name: name || number, short: name ? shortName(name, runner) : number,
    bib: name || bib !== number ? bib : "", unknown: !card.runner,
    city: [text(runner.city), text(runner.state)].filter(Boolean).join(", "), division: text(runner.division),
  });
}

function text(value) {
  return value === null || value === undefined ? "" : String(value).replace(/\s+/g, " ").trim().slice(0, NAME_CHARS_MAX);
}

function nameOf(runner) {
  return text(runner.name) || [text(runner.first_name), text(runner.last_name)].filter(Boolean).join(" ");
}

/** The first name as an initial; the last name is never touched. */
export function shortName(name, runner) {
  const last = text(runner.last_name);
  const first = text(runner.first_name);
  const cut = name.indexOf(" ");
  const rest = last && name.endsWith(" " + last) ? last
    : first && name.startsWith(first + " ") ? name.slice(first.length + 1)
    : cut > 0 ? name.slice(cut + 1) : "";
  return rest ? Array.from(name.normalize("NFC"))[0] + ". " + rest : name;
}

// ---- fitting -----------------------------------------------------------------------------------------------

const NAME_MAX = 300;             // all in units: 1080 are the smaller side of the wall
const LINES_NAME_MAX = 240;       // in two lines or more
const ONE_LINE_MIN = 160;
const NAME_MIN = 96;
const ROOM_ABOVE_NAME = 48;
const LINE_HEIGHT = 1.12;
const SOFT_HYPHEN = "\u00ad";      // at a line's end: is drawn as a hyphen, is no part of the name
const HYPHENATED = /^[A-Za-z\u00c0-\u024f\u0370-\u04ff]{2}$/;
const BROKEN_LINES_MAX = 8;
const PIECES_MAX = 12;            // more pieces than a name has are not tried in every way

/**
 * Lines and size, in units. One line down to 160; then two down to 96; then the same with the first name as an
 * initial, then three lines; at last a name that has no place to break is broken between letters.
 * `measure(text)` gives the width of a text at size 100.
 */
export function fitName(name, short, width, height, measure) {
  const wall = { width, height, measure };
  return sized([name], wall, NAME_MAX, ONE_LINE_MIN)
    || wrapped(wordsOf(name), 2, wall)
    || wrapped(partsOf(name), 2, wall)
    || sized([short], wall, NAME_MAX, ONE_LINE_MIN)
    || wrapped(wordsOf(short), 2, wall)
    || wrapped(partsOf(short), 2, wall)
    || sized([short], wall, NAME_MAX, NAME_MIN)
    || wrapped(partsOf(short), 3, wall)
    || broken(short, wall);
}

/** At 100 units a text is `measure(text)` wide, and widths grow with the size; 1 % is kept for rounding. */
function sized(lines, { width, height, measure }, most, least) {
  const widest = Math.max(...lines.map(line => measure(line.trim().replace(SOFT_HYPHEN, "-"))), 1);
  const size = Math.floor(Math.min(most, width * 99 / widest, height / (lines.length * LINE_HEIGHT)));
  return size >= least ? { lines, size } : null;
}

/** The way to cut the pieces into lines that lets the name be largest. */
function wrapped(pieces, count, wall) {
  const fits = cuts(pieces.slice(0, PIECES_MAX - 1).concat(pieces.slice(PIECES_MAX - 1).join("") || []), count)
    .map(lines => sized(lines, wall, LINES_NAME_MAX, NAME_MIN));
  return fits.reduce((best, fit) => (fit && (!best || fit.size > best.size) ? fit : best), null);
}

function cuts(pieces, count) {
  if (count === 1) return [[pieces.join("")]];
  const ways = [];
  for (let at = 1; at <= pieces.length - count + 1; at++) {
    for (const rest of cuts(pieces.slice(at), count - 1)) ways.push([pieces.slice(0, at).join("")].concat(rest));
  }
  return ways;
}

function broken(name, wall) {
  const letters = Array.from(name);
  let best = sized([name], wall, NAME_MAX, 0);
  for (let count = 2; count <= BROKEN_LINES_MAX && best.size < NAME_MIN; count++) {
    const fit = sized(inEqualLines(letters, count), wall, LINES_NAME_MAX, 0);
    if (fit.size > best.size) best = fit;
  }
  return best;
}

/** A word of a script that hyphenates is hyphenated; a number is not. */
function inEqualLines(letters, count) {
  const each = Math.ceil(letters.length / count);
  const lines = [];
  for (let at = 0; at < letters.length; at += each) {
    const amidWord = HYPHENATED.test(letters.slice(at + each - 1, at + each + 1).join(""));
    lines.push(letters.slice(at, at + each).join("") + (amidWord ? SOFT_HYPHEN : ""));
  }
  return lines;
}

function wordsOf(name) {
  return name.match(/[^ ]+ ?/g) || [name];
}

function partsOf(name) {
  return name.match(/[^ -]*[ -]|[^ -]+$/g) || [name];
}

// ---- shell: time -------------------------------------------------------------------------------------------

const BEAT_MS = 100;
const SLEEP_MS = 2000;            // the machine's clock ran this much further than the page's: it slept
const CURSOR_MS = 2000;
const STATE_DEBOUNCE_MS = 300;
const RELOAD_SPREAD_MS = 1000;    // a hall full of screens does not ask for the page in the same instant

/** A clock that never goes back and counts the time a machine slept. */
function makeClock() {
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

// ---- shell: the socket -------------------------------------------------------------------------------------

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10000;
const QUIET_MS = 6000;            // longer than a tick: on waking, not to be trusted
const TOO_MANY_SCREENS = 4103;

/** One connection at a time; comes back by itself until `stop`. */
function makeLink({ address, onFrame, onLost, clock }) {
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
    if (!stopped) retry();
  }

  function retry() {
    const delay = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * Math.pow(2, tries++));
    clearTimeout(timer);
    timer = setTimeout(open, delay * (0.5 + Math.random() / 2));
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
    send(message) { if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); },
    stop() { stopped = true; clearTimeout(timer); abandon(); },
  };
}

function socketAddress(code, state) {
  const place = location.origin.replace(/^http/, "ws") + "/ws/d/" + encodeURIComponent(code);
  if (!state.session || state.offset === null) return place;
  return place + "?" + new URLSearchParams({ session: state.session.id, after: state.offset, epoch: state.epoch });
}

function messagesOf(data) {
  const messages = [];
  for (const line of String(data).split("\n")) {
    if (!line.trim()) continue;
    try { messages.push(JSON.parse(line)); } catch { console.warn(FEED_WARNING); }
  }
  return messages;
}

// ---- shell: painting ---------------------------------------------------------------------------------------

const $ = id => document.getElementById(id);

function say(id, words) {
  const element = $(id);
  if (element.textContent !== words) element.textContent = words;
  if (element.hidden !== !words) element.hidden = !words;
}

function mark(name, value) {
  if (document.body.dataset[name] !== value) document.body.dataset[name] = value;
}

/** Paints what differs; `onShown(card)` is called for a card's first frame. */
function makePainter({ code, server, onShown }) {
  let painted = null, paintedSize = "", shownKey = "";

  function paint(seen) {
    mark("state", seen.scene);
    mark("stale", String(Boolean(seen.stale)));
    mark("offset", seen.offset);
    say("stale", seen.stale);
    say("clock", seen.clock);
    say("event", seen.event || server);
    say("session", seen.session);
    say("caption", seen.event || server);
    say("farewell", seen.farewell);
    paintIdentify(seen.identify);
    paintCard(seen.card);
    if (document.title !== (seen.event || server)) document.title = seen.event || server;
  }

  function paintIdentify(name) {
    say("identify-code", name && code);
    say("identify-name", name.trim());
    $("identify").hidden = !name;
  }

  function paintCard(card) {
    const size = innerWidth + "x" + innerHeight;
    if (card === painted && size === paintedSize) return;
    painted = card;
    paintedSize = size;
    if (!card) { $("card").classList.remove("enter"); say("test", ""); return; }
    fillCard(cardTexts(card));
    if (card.key === shownKey) return;
    shownKey = card.key;
    enter(card.calm);
    onShown(card);
  }

  return paint;
}

function fillCard(texts) {
  say("location", texts.location);
  say("time", texts.time);
  say("bib", texts.bib);
  say("city", texts.city);
  say("division", texts.division);
  say("test", texts.test ? "TEST" : "");
  $("unknown").hidden = !texts.unknown;
  layName(texts.name, texts.short);
}

/** The name in its lines; a name written from the right turns the card round, and the card only. */
function layName(name, short) {
  const element = $("name"), unit = unitPx();
  const fit = fitName(name, short, $("card").clientWidth / unit, roomForName() / unit, widthIn(unit));
  element.textContent = "";
  for (const line of fit.lines) element.appendChild(lineOf(line));
  element.style.fontSize = fit.size * unit + "px";
  element.setAttribute("aria-label", name);
  $("facts").dir = getComputedStyle(element).direction;
}

function lineOf(words) {
  const span = document.createElement("span");
  span.className = words.endsWith(SOFT_HYPHEN) ? "line hyphened" : "line";
  span.textContent = words.replace(SOFT_HYPHEN, "");
  return span;
}

function roomForName() {
  const gun = document.body.dataset.state === "gun";
  const below = gun ? $("time").offsetHeight : $("facts").offsetHeight + parseFloat(getComputedStyle($("facts")).marginTop);
  return Math.max(0, $("card").clientHeight - $("location").offsetHeight - below - ROOM_ABOVE_NAME * unitPx());
}

function unitPx() {
  return parseFloat(getComputedStyle($("ruler")).fontSize) / 100;
}

function widthIn(unit) {
  return words => {
    $("ruler").textContent = words;
    return $("ruler").getBoundingClientRect().width / unit;
  };
}

function enter(calm) {
  const card = $("card");
  card.classList.remove("enter");
  if (!calm) return;
  void card.offsetWidth;          // lets the same entrance begin again
  card.classList.add("enter");
}

// ---- shell: all of it --------------------------------------------------------------------------------------

function boot({ code, version }) {
  const clock = makeClock();
  let state = initial(clock()), frame = 0, moving = false;

  const link = makeLink({ address: () => socketAddress(code, state), onFrame, onLost, clock });
  const paint = makePainter({ code, server: document.title, onShown });
  const reportSoon = debounced(report, STATE_DEBOUNCE_MS);

  function onFrame(data, now) {
    state = heard(state, now);
    for (const message of messagesOf(data)) {
      state = reduce(state, message, now);
      if (message && message.type === "hello") { link.greeted(); reportSoon(); }
    }
    obey();
    paintSoon();
  }

  function onLost(closeCode) {
    state = isFinal(closeCode) ? ended(state, closeCode) : lost(state, clock());
    obey();
    paintSoon();
  }

  function obey() {
    if (moving) return;
    if (state.moveTo || state.gone) link.stop();
    if (state.moveTo) { moving = true; location.replace("/d/" + encodeURIComponent(state.moveTo)); }
    else if (state.wish === "reload") { moving = true; setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS); }
  }

  function paintSoon() {
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(view(state, clock())); });
  }

  /** Told after the frame that holds the card: the task after a frame's callbacks runs once it is painted. */
  function onShown(card) {
    setTimeout(() => link.send({ type: "shown", offset: card.offset, ms: Math.round(clock() - card.arrivedAt) }), 0);
  }

  function report() {
    const visible = document.visibilityState === "visible";
    link.send({ type: "state", size: [innerWidth, innerHeight], visible, version });
  }

  function beat() {
    state = advance(state, clock());
    if (!state.gone && !state.moveTo) link.check();
    paintSoon();
  }

  function wake() {
    if (!state.gone && !state.moveTo) link.wake();
  }

  addEventListener("resize", () => { paintSoon(); reportSoon(); });
  addEventListener("online", wake);
  addEventListener("pageshow", event => { if (event.persisted) wake(); });
  document.addEventListener("visibilitychange", () => {
    reportSoon();
    if (document.visibilityState === "visible") wake();
  });
  hideCursor();
  setInterval(beat, BEAT_MS);
  link.open();
}

function debounced(action, ms) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(action, ms); };
}

function hideCursor() {
  const root = document.documentElement;
  const still = debounced(() => root.classList.add("still"), CURSOR_MS);
  addEventListener("mousemove", () => { root.classList.remove("still"); still(); });
  still();
}

if (typeof document !== "undefined" && document.documentElement.dataset.code) boot(document.documentElement.dataset);
