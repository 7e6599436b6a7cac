// The screen at the finish line: the DOM and everything that is wired to it. What the messages mean is in
// display-core.js, what the wall says in display-view.js, how a name fits in display-fit.js, the line to the hub in
// display-link.js.

import { advance, ended, heard, initial, isFinal, lost, reduce } from "./display-core.js";
import { ROOM_ABOVE_NAME, SOFT_HYPHEN, fitName } from "./display-fit.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { cardTexts, view } from "./display-view.js";

const BEAT_MS = 100;
const CURSOR_MS = 2000;
const STATE_DEBOUNCE_MS = 300;
const RELOAD_SPREAD_MS = 1000;    // a hall full of screens does not ask for the page in the same instant

// ---- painting ----------------------------------------------------------------------------------------------

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
  const gap = parseFloat(getComputedStyle($("facts")).marginTop);
  const below = gun ? $("time").offsetHeight : $("facts").offsetHeight + gap;
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

// ---- all of it ---------------------------------------------------------------------------------------------

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
    moving = Boolean(state.moveTo || state.wish);
    if (state.moveTo) location.replace("/d/" + encodeURIComponent(state.moveTo));
    else if (state.wish === "reload") setTimeout(() => location.reload(), Math.random() * RELOAD_SPREAD_MS);
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

function socketAddress(code, state) {
  const place = location.origin.replace(/^http/, "ws") + "/ws/d/" + encodeURIComponent(code);
  if (!state.session || state.offset === null) return place;
  return place + "?" + new URLSearchParams({ session: state.session.id, after: state.offset, epoch: state.epoch });
}

boot(document.documentElement.dataset);
