// An announcer's page: follows one session by its socket, and says what its announcer says. What is held, which words it
// becomes, what waits for the hub and how it is painted have modules of their own.

import { show as showFind, openFind, paintCard } from "./announce-find.js";
import { heroFor, newer } from "./announce-flow.js";
import { HELD_MAX, called, filled, hubNow, marked, missing, nothing, reduce } from "./announce-held.js";
import { openHolding, openKeys, openMenu } from "./announce-keys.js";
import { ROWS, makeList, unshownReads } from "./announce-list.js";
import { makeLook, stayAwake } from "./announce-look.js";
import { paintActs, paintHero, paintRows, paintStaff, paintState, paintTools } from "./announce-paint.js";
import { makeQueue } from "./announce-queue.js";
import { makeStories } from "./announce-story.js";
import { arrivalOf, places, plain } from "./announce-words.js";
import { isFinal } from "./display-core.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { $, mark, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { attempt, isSignedOut, leave, me, notice, stay } from "./work-here.js";
import { STATUS, count, duration } from "./work-words.js";

const ASK_MS = 5000;
const BEAT_MS = 500;
const PAINT_MS = 100;             // between two paintings: nobody reads faster
const STALE_MS = 3000;
const HOLD_MS = 2500;             // a list that was touched stands still for so long
const JUST_MS = 400;              // who has just changed is not yet meant
const UNSHOWN_MS = 10000;

const clock = makeClock();
const page = { session: JSON.parse($("session").textContent), held: nothing(), live: false, loaded: false, lostAt: null, painting: 0, paintedAt: -Infinity };
/** `chosen`: an offset; null: whoever is newest. `hero`: who is shown large, since when, and who was before. */
const view = { show: "all", chosen: null, hero: null, before: null, frozen: null, limit: ROWS };
/** `reads`: null until the hub has said that it knows of such. */
const unshown = { reads: null, askedAt: -Infinity, none: false };
let link = null;

const path = more => "/api/sessions/" + page.session.id + (more || "");
const look = makeLook("announcer place " + page.session.id);
const queue = makeQueue({
  store: localStorage, prefix: `announcer ${me.id} ${page.session.id} `, send, done, refused: (entry, problem) => notice(problem.message), changed: paintSoon,
});
const list = makeList({
  said(offset) { const call = queue.call(offset); return call ? call.said : offset in page.held.calls; },
  waiting: offset => Boolean(queue.call(offset)),
  noted,
});
const stories = makeStories({ ask: where => ask("GET", where), path: offset => path(`/arrivals/${offset}/story`), changed: paintSoon });

// ---- what comes from the hub -------------------------------------------------------------------------------------

/** A session that is live is followed by its socket; of another the end is shown, from the database. */
function follow(session) {
  page.session = session;
  const live = session.status === "active";
  if (live !== page.live || !page.loaded) {
    if (link) link.stop();
    link = null;
    page.live = live;
    if (live) connect(); else attempt(loadEnd);
  }
  paintSoon();
}

function connect() {
  if (page.lostAt === null) page.lostAt = clock();
  link = makeLink({ address, onFrame, onLost, clock });
  link.open();
}

function address() {
  const { held, session } = page, place = location.origin.replace(/^http/, "ws") + "/ws/sessions/" + session.id;
  return held.offset === null ? place : place + "?" + new URLSearchParams({ after: held.offset, epoch: held.epoch });
}

function onFrame(data, now) {
  page.lostAt = null;
  for (const message of messagesOf(data)) {
    page.held = reduce(page.held, message, now);
    if (message && message.type === "correction") stories.forget(message.offset);
    if (message && message.type === "hello") greeted();
  }
  page.loaded = true;
  paintSoon();
}

function greeted() {
  link.greeted();
  queue.forget(page.held.epoch);
  queue.flush();
  loadBefore();
}

function onLost(code) {
  if (isSignedOut(code)) return leave();
  if (page.lostAt === null) page.lostAt = clock();
  if (isFinal(code) && link) { link.stop(); link = null; page.live = false; }
  paintSoon();
}

/** What a hello does not bring. It is tried again with the next one. */
async function loadBefore() {
  const gap = missing(page.held), { epoch } = page.held;
  if (!gap) return;
  try {
    const { reads } = await ask("GET", path("/reads?" + new URLSearchParams({ after: gap.after, limit: gap.before - 1 - gap.after })));
    if (page.held.epoch === epoch) page.held = filled(page.held, reads);
    paintSoon();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
}

async function loadEnd() {
  const after = Math.max(0, (page.session.total_reads || 0) - 300);
  const [{ reads }, { marks }] = [await ask("GET", path("/reads?" + new URLSearchParams({ after, limit: 500 }))), await ask("GET", path("/marks"))];
  page.held = { ...filled(nothing(), reads), marks: marked({}, marks) };
  page.loaded = true;
  page.lostAt = null;
  paintSoon();
}

async function keepUp() {
  if (!document.hidden) {
    try { follow(await ask("GET", path())); } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 404) return location.reload();
    }
  }
  setTimeout(keepUp, ASK_MS);
}

async function askUnshown() {
  if (unshown.none || document.hidden || clock() - unshown.askedAt < UNSHOWN_MS || page.lostAt !== null) return;
  unshown.askedAt = clock();
  try {
    const query = new URLSearchParams({ of: "shown", after: Math.max(0, page.held.offset - HELD_MAX), limit: HELD_MAX });
    unshown.reads = unshownReads(await ask("GET", path("/unshown?" + query)), page.held.reads);
    paintSoon();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    unshown.none = unshown.none || problem.status === 404 || problem.status === 403;
  }
}

// ---- what is said to the hub -------------------------------------------------------------------------------------

function send(entry) {
  if (entry.kind === "call") return ask(entry.said ? "PUT" : "DELETE", path("/calls/" + entry.offset));
  const { starred, note } = entry;
  return ask("PUT", path("/marks/" + encodeURIComponent(entry.who)), { ...(starred === undefined ? {} : { starred }), ...(note === undefined ? {} : { note }) });
}

function done(entry, answer) {
  const { held } = page;
  if (entry.kind === "call") page.held = { ...held, calls: called(held.calls, [entry.said && answer ? answer.call : { offset: entry.offset, said: null }]) };
  else page.held = { ...held, marks: marked(held.marks, [answer.mark]) };
}

function noted(who) {
  const own = queue.mark(who), known = page.held.marks[who];
  return own ? { ...known, ...own } : known || {};
}

function setSaid(offset, said) {
  queue.put({ kind: "call", offset, epoch: page.held.epoch, said });
}

function star(who) {
  queue.put({ kind: "mark", who, starred: !noted(who).starred });
}

let noting = "";

function note(who, name) {
  noting = who;
  say($("noting-title"), name);
  $("note-words").value = noted(who).note || "";
  $("noting").showModal();
  $("note-words").focus();
}

function keepNote(event) {
  event.preventDefault();
  queue.put({ kind: "mark", who: noting, note: $("note-words").value.replace(/\s+/g, " ").trim() });
  $("noting").close();
  paintCard();
}

// ---- who is chosen -----------------------------------------------------------------------------------------------

function arrived() {
  return list.arrivals(view.show === "unshown" && unshown.reads ? unshown.reads : page.held.reads, look.held.place);
}

/** The one that is meant now: who has been there for a moment, not who has just come under the finger. */
function meant() {
  const { hero, before, chosen } = view, just = chosen === null && hero && before !== null && clock() - hero.since < JUST_MS;
  const offset = chosen !== null ? chosen : flooded() ? null : just ? before : hero && hero.offset;
  return arrived().find(each => each.offset === offset) || null;
}

function flooded() {
  return $("desk").dataset.mode === "flood";
}

function choose(offset, focus = false) {
  view.chosen = offset;
  paint();
  const row = offset === null ? null : $("rows").querySelector(`[data-key="${offset}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  if (focus) row.firstElementChild.focus({ preventScroll: true });
}

function go(step) {
  const offsets = Array.from($("rows").children, row => Number(row.dataset.key)).filter(isRunner);
  const now = meant(), here = now ? offsets.indexOf(now.offset) : -1;
  const next = offsets[here < 0 ? 0 : Math.max(0, Math.min(offsets.length - 1, here + step))];
  if (next !== undefined) choose(next, true);
}

function isRunner(offset) {
  const found = arrived().find(each => each.offset === offset);
  return Boolean(found) && !found.gun;
}

/** Once more on who was said goes on to the next one that was not: a key pressed twice takes nothing back. */
function sayIt() {
  const each = meant();
  if (!each) return go(0);
  if (!list.row(each).said) tell(each, true);
  if (flooded() || view.show !== "all") nextUnsaid(each);
}

function nextUnsaid({ offset }) {
  const next = arrived().find(each => each.offset < offset && !each.gun && !each.late && !list.row(each).said);
  if (next) choose(next.offset, true);
}

function tell(each, said) {
  setSaid(each.offset, said);
  say($("said"), `${said ? "Said" : "Not said"}: ${each.name}`);
  if (said && view.show === "unsaid") notice(`Said: ${each.name}`, () => setSaid(each.offset, false), { label: "Take back", forMs: 5000 });
}

function newest() {
  Object.assign(view, { chosen: null, frozen: null, hero: null });
  $("list").scrollTop = 0;
  if (document.activeElement !== document.body) document.activeElement.blur();
  paint();
}

function showOnly(which) {
  if (which === "unshown" && unshown.reads === null) return;
  Object.assign(view, { show: which, chosen: null, frozen: null, limit: ROWS });
  $("list").scrollTop = 0;
  paint();
}

const acts = {
  down: () => go(1), up: () => go(-1), say: sayIt, newest, find: showFind, show: showOnly,
  unsay: () => { const each = meant(); if (each && list.row(each).said) tell(each, false); },
  star: () => { const each = meant(); if (each) star(each.who); },
  note: () => { const each = meant(); if (each) note(each.who, each.name); },
  flood: () => { look.turn("mode"); paint(); },
};

function onTap(event) {
  const button = event.target.closest("[data-act]"), row = button && button.closest(".row");
  if (!button) return;
  const each = row ? arrived().find(one => one.offset === Number(row.dataset.key)) : meant();
  if (!each || each.gun) return;
  const { act } = button.dataset;
  if (act === "open") choose(each.offset);
  if (act === "say") tell(each, !list.row(each).said);
  if (act === "star") star(each.who);
  if (act === "note") note(each.who, each.name);
}

// ---- painting ----------------------------------------------------------------------------------------------------

function paintSoon() {
  if (page.painting) return;
  page.painting = setTimeout(() => requestAnimationFrame(paint), Math.max(0, page.paintedAt + PAINT_MS - performance.now()));
}

function paint() {
  clearTimeout(page.painting);
  Object.assign(page, { painting: 0, paintedAt: performance.now() });
  const { held } = page, now = hubNow(held, clock()), all = arrived(), { mode, place } = look.held;
  const flood = view.show !== "unshown" && (mode === "flood" || (mode === "auto" && list.flood(all, now)));
  mark($("desk"), "mode", flood ? "flood" : "calm");
  if (view.chosen !== null && !all.some(each => each.offset === view.chosen)) view.chosen = null;
  const hero = heroFor(all, view.chosen, view.hero, clock());
  if (hero !== view.hero) Object.assign(view, { before: view.hero && view.hero.offset, hero });
  const large = flood ? all.find(each => each.offset === view.chosen) || null : hero && all.find(each => each.offset === hero.offset);
  const said = large ? list.row(large) : null;
  paintHero(large, said && { ...said, story: flood ? null : stories.of(large.offset) }, { now, flood, words: emptyWords() });
  paintActs(large, said || {});
  paintList(all, large, now);
  paintStaff(held, now);
  paintTools({ show: view.show, unsaid: list.unsaid(list.arrivals(held.reads, place)), unshown: unshown.reads && unshown.reads.length, flood, mode });
  paintTop();
  if ($("find").open) paintCard();
}

function paintList(all, large, now) {
  const { rows, count: many, fresh } = list.rows(all, view);
  paintRows(rows, { chosen: large ? large.offset : null, now });
  $("older").hidden = many <= view.limit;
  const none = { unsaid: "All of them are said.", starred: "Nobody is starred or noted. A star stays with the runner, at every location.", unshown: "All were shown.", all: "" };
  sayOrHide($("none"), rows.length || !all.length ? "" : none[view.show]);
  const ahead = view.chosen === null ? 0 : newer(all, view.chosen);
  sayOrHide($("newest"), view.chosen === null ? "" : ahead ? `${count(ahead, "newer one")}: back to the newest` : "Follow the newest");
  sayOrHide($("fresh"), fresh ? `${fresh} newer` : "");
}

function emptyWords() {
  const { status } = page.session;
  if (!page.loaded) return ["One moment", "Asking the hub who has arrived."];
  if (view.show === "unshown") return ["All were shown", ""];
  if (look.held.place && page.held.reads.length) return [`Nobody yet at ${look.held.place}`, "Other locations are in the menu."];
  return page.live ? ["Nobody yet", "Whoever arrives stands here at once."] : [{ scheduled: "Not started yet", ended: "It has ended" }[status] || "Nobody yet", "Whoever arrives stands here at once."];
}

function paintTop() {
  const { session, lostAt } = page, silent = lostAt === null ? 0 : clock() - lostAt, waits = queue.size ? `${queue.size} waiting` : "";
  const lost = page.live && silent >= STALE_MS;
  if (lost) paintState("bad", [`No hub for ${duration(silent)}`, waits].filter(Boolean).join(" · "));
  else if (waits) paintState("warn", waits);
  else paintState(session.testing ? "warn" : "", session.testing && page.live ? "TEST" : STATUS[session.status]);
  say($("name"), session.session_name);
  say($("line"), [session.event_name, look.held.place ? "at " + look.held.place : ""].filter(Boolean).join(" · "));
}

function paintPlaces() {
  const known = places(page.held.reads), { place } = look.held;
  if (place && !known.some(each => plain(each) === plain(place))) known.push(place);
  chooseFrom("place", [{ id: "", name: "All locations" }, ...known.map(name => ({ id: name, name }))]);
  $("place").value = known.find(each => plain(each) === plain(place)) || "";
}

// ---- all of it ---------------------------------------------------------------------------------------------------

function open() {
  acts.help = openMenu(look, paintPlaces);
  openKeys(acts);
  openFind({ arrivals: () => list.arrivals(page.held.reads, ""), ask: where => ask("GET", where), path, mark: noted, star: who => { star(who); paintCard(); }, note });
  openHolding($("list"), {
    holdMs: HOLD_MS, hold: () => { if (view.frozen === null && page.held.reads.length) view.frozen = page.held.offset; }, go: () => { view.frozen = null; paintSoon(); },
  });
  $("desk").addEventListener("click", onTap);
  $("tabs").addEventListener("click", event => { const tab = event.target.closest("[data-show]"); if (tab) showOnly(tab.dataset.show); });
  $("flood").addEventListener("click", acts.flood);
  for (const id of ["newest", "fresh"]) $(id).addEventListener("click", newest);
  $("older").addEventListener("click", () => { view.limit += ROWS; if (view.frozen === null) view.frozen = page.held.offset; paint(); });
  $("place").addEventListener("change", () => { look.set("place", $("place").value); showOnly("all"); });
  $("note-form").addEventListener("submit", keepNote);
  $("note-no").addEventListener("click", () => $("noting").close());
  document.addEventListener("visibilitychange", () => { if (link && !document.hidden) { link.wake(); paintSoon(); } });
  addEventListener("online", () => { queue.flush(); if (link) link.wake(); });
  addEventListener("resize", paintSoon);
  document.fonts.ready.then(paintSoon);
  stayAwake(words => say($("awake"), words));
}

function beat() {
  if (document.hidden) return;
  if (link) link.check();
  askUnshown();
  paint();
}

stay();
open();
follow(page.session);
queue.flush();
setTimeout(keepUp, ASK_MS);
setInterval(beat, BEAT_MS);
