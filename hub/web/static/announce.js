// An announcer's page: who is chosen, what is done with them, and when it is painted. What is heard of the session, which
// words it becomes, what waits for the hub and how it looks have modules of their own.

import { show as showFind, openFind, paintCard } from "./announce-find.js";
import { heroFor, newer } from "./announce-flow.js";
import { hubNow } from "./announce-held.js";
import { openHolding, openKeys, openMenu } from "./announce-keys.js";
import { clock, makeLine } from "./announce-line.js";
import { ROWS, makeList } from "./announce-list.js";
import { makeLook, stayAwake } from "./announce-look.js";
import { paintActs, paintHero, paintRows, paintStaff, paintState, paintTools } from "./announce-paint.js";
import { makeQueue } from "./announce-queue.js";
import { makeStories } from "./announce-story.js";
import { places, plain } from "./announce-words.js";
import { $, mark, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { me, notice, stay } from "./work-here.js";
import { STATUS, count, duration } from "./work-words.js";

const BEAT_MS = 500;
const PAINT_MS = 120;             // between two paintings: nobody reads faster
const STALE_MS = 3000;
const HOLD_MS = 2500;             // a list that was touched stands still for so long
const JUST_MS = 400;              // who has just changed is not yet meant

const page = { painting: 0, paintedAt: -Infinity };
/** `chosen`: an offset; null: whoever is newest. `hero`: who is shown large, since when, and who was before. */
const view = { show: "all", chosen: null, hero: null, before: null, frozen: null, limit: ROWS };

const line = makeLine(JSON.parse($("session").textContent), {
  changed: paintSoon, corrected: offset => stories.forget(offset), greeted: epoch => { queue.forget(epoch); queue.flush(); },
});
const { path } = line;
const look = makeLook("announcer place " + line.session.id);
const queue = makeQueue({
  store: localStorage, prefix: `announcer ${me.id} ${line.session.id} `, send, done, refused: (entry, problem) => notice(problem.message), changed: paintSoon,
});
const list = makeList({
  said(offset) { const call = queue.call(offset); return call ? call.said : offset in line.held.calls; },
  waiting: offset => Boolean(queue.call(offset)),
  noted,
});
const stories = makeStories({ ask: where => ask("GET", where), path: offset => path(`/arrivals/${offset}/story`), changed: paintSoon });

// ---- what is said to the hub -------------------------------------------------------------------------------------

function send(entry) {
  if (entry.kind === "call") return ask(entry.said ? "PUT" : "DELETE", path("/calls/" + entry.offset));
  const { starred, note } = entry;
  return ask("PUT", path("/marks/" + encodeURIComponent(entry.who)), { ...(starred === undefined ? {} : { starred }), ...(note === undefined ? {} : { note }) });
}

function done(entry, answer) {
  if (entry.kind === "call") line.call(entry.said ? answer.call : { offset: entry.offset, said: null });
  else line.mark(answer.mark);
}

function noted(who) {
  const own = queue.mark(who), known = line.held.marks[who];
  return own ? { ...known, ...own } : known || {};
}

function setSaid(offset, said) {
  queue.put({ kind: "call", offset, epoch: line.held.epoch, said });
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
  return list.arrivals(view.show === "unshown" && line.unshown ? line.unshown : line.held.reads, look.held.place);
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
  if (which === "unshown" && line.unshown === null) return;
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
  const { held } = line, now = hubNow(held, clock()), all = arrived(), { mode, place } = look.held;
  const flood = view.show !== "unshown" && (mode === "flood" || (mode === "auto" && list.flood(all, now)));
  mark($("desk"), "mode", flood ? "flood" : "calm");
  if (view.chosen !== null && !all.some(each => each.offset === view.chosen)) view.chosen = null;
  const hero = heroFor(all, view.chosen, view.hero, clock());
  if (hero !== view.hero) Object.assign(view, { before: view.hero && view.hero.offset, hero });
  const large = flood ? all.find(each => each.offset === view.chosen) || null : hero && all.find(each => each.offset === hero.offset);
  const said = large ? list.row(large) : null;
  paintHero(large, said && { ...said, story: flood ? null : stories.of(large.offset) }, { now, flood, empty: !all.length && !flood, words: emptyWords() });
  paintActs(large, said || {});
  paintList(all, large, now, flood);
  paintStaff(held, now);
  paintTools({ show: view.show, unsaid: list.unsaid(list.arrivals(held.reads, place)), unshown: line.unshown && line.unshown.length, flood, mode });
  paintTop();
  if ($("find").open) paintCard();
}

function paintList(all, large, now, flood) {
  const { rows, count: many, fresh } = list.rows(all, { ...view, flood, now });
  paintRows(rows, { chosen: large ? large.offset : null, now });
  $("older").hidden = many <= view.limit;
  const none = { unsaid: "All of them are said.", starred: "Nobody is starred or noted. A star stays with the runner, at every location.", unshown: "All were shown.", all: "" };
  sayOrHide($("none"), rows.length || !all.length ? "" : none[view.show]);
  const ahead = view.chosen === null ? 0 : newer(all, view.chosen);
  sayOrHide($("newest"), view.chosen === null ? "" : ahead ? `${count(ahead, "newer one")}: back to the newest` : "Follow the newest");
  sayOrHide($("fresh"), fresh ? `${fresh} newer` : "");
}

function emptyWords() {
  const { status } = line.session;
  if (!line.loaded) return ["One moment", "Asking the hub who has arrived."];
  if (view.show === "unshown") return ["All were shown", ""];
  if (look.held.place && line.held.reads.length) return [`Nobody yet at ${look.held.place}`, "Other locations are in the menu."];
  return line.live ? ["Nobody yet", "Whoever arrives stands here at once."] : [{ scheduled: "Not started yet", ended: "It has ended" }[status] || "Nobody yet", "Whoever arrives stands here at once."];
}

function paintTop() {
  const { session, lostAt, live } = line, silent = lostAt === null ? 0 : clock() - lostAt, waits = queue.size ? `${queue.size} waiting` : "";
  const lost = live && silent >= STALE_MS;
  mark(document.body, "stale", lost ? "yes" : "");
  if (lost) paintState("bad", [`No hub for ${duration(silent)}`, waits].filter(Boolean).join(" · "));
  else if (waits) paintState("warn", waits);
  else paintState(session.testing ? "warn" : "", session.testing && live ? "TEST" : STATUS[session.status]);
  say($("name"), session.session_name);
  say($("line"), [session.event_name, look.held.place ? "at " + look.held.place : ""].filter(Boolean).join(" · "));
}

function paintPlaces() {
  const known = places(line.held.reads), { place } = look.held;
  if (place && !known.some(each => plain(each) === plain(place))) known.push(place);
  chooseFrom("place", [{ id: "", name: "All locations" }, ...known.map(name => ({ id: name, name }))]);
  $("place").value = known.find(each => plain(each) === plain(place)) || "";
}

// ---- all of it ---------------------------------------------------------------------------------------------------

function open() {
  acts.help = openMenu(look, paintPlaces);
  openKeys(acts);
  openFind({ arrivals: () => list.arrivals(line.held.reads, ""), ask: where => ask("GET", where), path, mark: noted, star: who => { star(who); paintCard(); }, note });
  openHolding($("list"), {
    holdMs: HOLD_MS, hold: () => { if (view.frozen === null && line.held.reads.length) view.frozen = line.held.offset; }, go: () => { view.frozen = null; paintSoon(); },
  });
  $("desk").addEventListener("click", onTap);
  $("tabs").addEventListener("click", event => { const tab = event.target.closest("[data-show]"); if (tab) showOnly(tab.dataset.show); });
  $("flood").addEventListener("click", acts.flood);
  for (const id of ["newest", "fresh"]) $(id).addEventListener("click", newest);
  $("older").addEventListener("click", () => { view.limit += ROWS; if (view.frozen === null) view.frozen = line.held.offset; paint(); });
  $("place").addEventListener("change", () => { look.set("place", $("place").value); showOnly("all"); });
  $("note-form").addEventListener("submit", keepNote);
  $("note-no").addEventListener("click", () => $("noting").close());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { line.wake(); paintSoon(); } });
  addEventListener("online", () => { queue.flush(); line.wake(); });
  addEventListener("resize", paintSoon);
  document.fonts.ready.then(paintSoon);
  stayAwake(words => say($("awake"), words));
}

function beat() {
  if (document.hidden) return;
  line.check({ unshown: view.show === "unshown" });
  paint();
}

stay();
open();
line.open();
queue.flush();
setInterval(beat, BEAT_MS);
