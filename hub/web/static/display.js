// The screen at the finish line: everything that is wired together. What the messages mean is in display-core.js, what
// the wall says in display-view.js, how it is painted in display-paint.js, the line to the hub in display-link.js, what
// is kept for a start without the hub in display-keep.js.

import { advance, darkened, ended, feedOf, heard, initial, isFinal, lost, reduce } from "./display-core.js";
import { shapeOf } from "./display-flow.js";
import { forget, keepPage, keepPicture, keptPicture } from "./display-keep.js";
import { makeClock, makeLink, messagesOf, pauseMs } from "./display-link.js";
import { keepLit } from "./display-lit.js";
import { makeOwn } from "./display-own.js";
import { loadFonts, makePainter } from "./display-paint.js";
import { makeShown } from "./display-shown.js";
import { view } from "./display-view.js";

const BEAT_MS = 100;
const PAUSED_MS = 2500;           // the page did not run for so long; a hidden one does once a second
const KEEP_MS = 1000;
const CURSOR_MS = 2000;
const STATE_DEBOUNCE_MS = 300;
const SPREAD_MS = 1000;           // a thousand screens have the same tick and the same runner: they do not answer at once

function boot({ code, version, build }) {
  const clock = makeClock(), own = makeOwn(), isOverlay = new URLSearchParams(location.search).get("overlay") === "1";
  let state = keptPicture(code, clock()) || initial(clock());
  if (own.dark()) state = darkened(state);
  let shows = "", toldShows = "", telling = 0;
  let templates = null, fetching = false, fetches = 0;
  let frame = 0, beatAt = clock(), moving = false, kept = state, keptAt = clock(), pageKept = false;

  const link = makeLink({ address: () => socketAddress(code, state, own), onFrame, onLost, clock });
  const paint = makePainter({ code, server: document.title, onReady: paintSoon }), shown = makeShown({ send: link.send, clock });
  const reportSoon = debounced(report, STATE_DEBOUNCE_MS);

  function onFrame(data, now) {
    state = heard(state, now);
    for (const message of messagesOf(data)) {
      state = reduce(state, message, now);
      if (message) answer(message);
    }
    obey();
    paintSoon();
  }

  function answer({ type, now, screen }) {
    if (type === "hello") greeted();
    else if (type === "tick") pong(now, clock());
    else if (type === "settings" && screen) own.told(screen);
  }

  /** Later, and then as if the tick had come that much later: the hub sees how long the way there and back takes. */
  function pong(sent, at) {
    const now = Date.parse(sent);
    if (Number.isNaN(now)) return;
    setTimeout(() => link.send({ type: "pong", at: new Date(now + Math.floor(clock() - at)).toISOString() }), SPREAD_MS * Math.random());
  }

  function greeted() {
    link.greeted();
    clock.told();
    reportSoon();
    shown.greeted(feedOf(state));
    if (!pageKept) fonts.then(paint.prepare).then(() => keepPage(build));
    pageKept = true;
  }

  function onLost(closeCode) {
    shown.greeted(null);
    state = isFinal(closeCode) ? ended(state, closeCode) : lost(state, clock());
    obey();
    paintSoon();
  }

  function obey() {
    if (moving) return;
    if (state.moveTo || state.gone) { link.stop(); forget(code); }
    moving = Boolean(state.moveTo || state.wish);
    if (state.moveTo) location.replace("/d/" + encodeURIComponent(state.moveTo) + location.search);
    else if (state.wish === "reload") setTimeout(() => location.reload(), pauseMs(0, 0));
  }

  function paintSoon() {
    if (!frame) frame = requestAnimationFrame(paintNow);
  }

  function paintNow() {
    frame = 0;
    const seen = view(state, clock(), shapeOf(innerWidth, innerHeight)), instead = templates && templates.paint(seen, state, clock());
    shows = seen.shows;
    if (state.template && !templates && !fetching) fetchTemplates();
    const visible = paint(seen, state, clock(), Boolean(instead), Boolean(instead && templates.says()));
    shown.see(instead && !seen.dark && !seen.emergency ? instead : visible, instead ? "template" : seen.layout, state.offset);
  }

  /** Only a screen that has a template needs what draws one. Under another name each time: a browser may keep a failure. */
  async function fetchTemplates() {
    fetching = true;
    try {
      const { makeTemplates } = await import("./display-template.js" + (fetches ? "?try=" + fetches : ""));
      templates = makeTemplates({ code, onReady: paintSoon, onKept: urls => keepPage(build, urls) });
      paintSoon();
    } catch {
      setTimeout(() => { fetching = false; }, pauseMs(0, fetches++, 1));
    }
  }

  function report() {
    const visible = document.visibilityState === "visible";
    clearTimeout(telling);
    telling = 0;
    toldShows = shows;
    link.send({ type: "state", size: [innerWidth, innerHeight], visible, version, shows });
  }

  function beat() {
    const now = clock();
    state = advance(state, now);
    if (!state.gone && !state.moveTo) { rouse(now); keep(clock()); }
    if (shows !== toldShows && !telling) telling = setTimeout(report, SPREAD_MS * Math.random());
    paintSoon();
  }

  /** The hub is asked at once by a page that did not run, or does not know for how long: the wall follows from its time. */
  function rouse(now) {
    if (clock.jumped()) link.again();
    else if (now - beatAt > PAUSED_MS) link.wake();
    else link.check();
    beatAt = now;
  }

  function keep(now) {
    if (!state.greeted || state === kept || now - keptAt < KEEP_MS) return;
    kept = state;
    keptAt = now;
    keepPicture(code, state, now);
  }

  function wake() {
    if (!state.gone && !state.moveTo) link.wake();
  }

  addEventListener("resize", () => { paintSoon(); reportSoon(); });
  addEventListener("online", wake);
  addEventListener("pagehide", shown.close);
  addEventListener("pageshow", event => { if (event.persisted) wake(); });
  document.addEventListener("visibilitychange", () => {
    reportSoon();
    if (document.visibilityState === "visible") wake();
  });
  hideCursor();
  if (isOverlay) document.documentElement.dataset.overlay = "yes";
  else keepLit();
  const fonts = loadFonts(paintSoon);
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

function socketAddress(code, state, own) {
  const place = location.origin.replace(/^http/, "ws") + "/ws/d/" + encodeURIComponent(code), query = own.query();
  if (state.session && state.offset !== null) Object.assign(query, { session: state.session.id, after: state.offset, epoch: state.epoch });
  return place + "?" + new URLSearchParams(query);
}

boot(document.documentElement.dataset);
