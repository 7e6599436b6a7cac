// Reads of a session: the last ones as they come, older ones by pages, and those that a filter finds; and the lines that
// are none.

import { isFinal } from "./display-core.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { $, field, keep, mark, say, sayOrHide } from "./front-paint.js";
import { nothing, reduce, rowOf, rowsOf } from "./front-reads.js";
import { ask } from "./work-ask.js";
import { handle } from "./work-form.js";
import { attempt, isSignedOut, leave } from "./work-here.js";
import { keys } from "./work-list.js";
import { age, count, duration, when } from "./work-words.js";

const PAGE = 100;
const STALE_MS = 3000;
const BEAT_MS = 1000;

const clock = makeClock();
/** `all`: somebody has asked for more than the last rows. `older`: rows before those that are held. `before`: where they
 * begin. `filter`: null, or what to ask
 * with; then `rows` are what it found, and `next` where it goes on. */
const list = { session: null, live: false, held: nothing(), all: false, older: [], before: 0, filter: null, rows: [], next: null, loaded: false };
let link = null, lostAt = null, frame = 0, rejects = [], nextReject = 0;

export function openReads() {
  handle($("filter"), search);
  $("unfilter").addEventListener("click", unfilter);
  $("older").addEventListener("click", () => attempt(more));
  $("more-rejects").addEventListener("click", () => attempt(moreRejects));
  keys({ filter: $("filter-bib"), rows: () => [] });
  setInterval(beat, BEAT_MS);
  document.addEventListener("visibilitychange", () => { if (link && !document.hidden) link.wake(); });
}

/** Follows the session as it is now: one that is live by its socket, another from the database. null: it is gone. */
export function watchReads(session) {
  const live = Boolean(session) && session.status === "active";
  const first = !list.session && session;
  list.session = session;
  if (live !== list.live || first) {
    if (link) link.stop();
    link = null;
    Object.assign(list, { live, held: nothing(), all: false, older: [], before: 0, loaded: false });
    if (live) connect();
    else if (session) attempt(loadLast);
  }
  if (first) attempt(moreRejects);
  paintSoon();
}

function connect() {
  lostAt = clock();
  link = makeLink({ address, onFrame, onLost, clock });
  link.open();
}

function address() {
  const { held, session } = list, place = location.origin.replace(/^http/, "ws") + "/ws/sessions/" + session.id;
  return held.offset === null ? place : place + "?" + new URLSearchParams({ after: held.offset, epoch: held.epoch });
}

function onFrame(data) {
  lostAt = null;
  const before = list.all ? list.held.reads : [];
  for (const message of messagesOf(data)) {
    list.held = reduce(list.held, message);
    if (message && message.type === "hello") link.greeted();
  }
  list.loaded = true;
  keepOlder(before);
  paintSoon();
}

/** What is not held any more goes to the older ones, once somebody has asked for those. */
function keepOlder(before) {
  const { reads } = list.held, first = reads.length ? reads[0].offset : 0;
  list.older = before.filter(read => read.offset < first).map(rowOf).reverse().concat(list.older);
}

/** The last ones; all that are held, once somebody has asked for older ones. */
function liveRows() {
  return list.all ? list.held.reads.map(rowOf).reverse() : rowsOf(list.held);
}

function onLost(code) {
  if (isSignedOut(code)) return leave();
  if (lostAt === null) lostAt = clock();
  if (isFinal(code) && link) { link.stop(); link = null; }     // the session's next answer says what it is now
  paintSoon();
}

// ---- from the database -------------------------------------------------------------------------------------------

function reads(query) {
  return ask("GET", `/api/sessions/${list.session.id}/reads?` + new URLSearchParams({ limit: PAGE, ...query }));
}

/** The end of a session that is not live. Reads and guns are at least as many as its reads, so it is after that. */
async function loadLast() {
  let after = Math.max(0, (list.session.total_reads || 0) - PAGE), found = [];
  for (;;) {
    const page = await reads({ after });
    found = found.concat(page.reads);
    if (page.next === null) break;
    after = page.next;
  }
  list.older = found.slice(-PAGE).map(rowOf).reverse();
  list.before = found.length ? found[Math.max(0, found.length - PAGE)].offset : 0;
  list.loaded = true;
  paintSoon();
}

async function more() {
  if (list.filter) {
    const page = await reads({ ...list.filter, after: list.next });
    list.rows = list.rows.concat(page.reads.map(rowOf));
    list.next = page.next;
  } else {
    const { reads: live } = list.held, first = list.before || (live.length ? live[0].offset : 1);
    list.all = true;
    if (first <= 1) return paintSoon();
    const after = Math.max(0, first - 1 - PAGE), page = await reads({ after, limit: Math.min(PAGE, first - 1) });
    const older = page.reads.filter(each => each.offset < first);
    list.older = list.older.concat(older.map(rowOf).reverse());
    list.before = after + 1;
  }
  paintSoon();
}

async function search(values) {
  const filter = Object.fromEntries(["bib", "tag", "location"].filter(name => values[name]).map(name => [name, values[name]]));
  if (!Object.keys(filter).length) return unfilter();
  const page = await reads(filter);
  Object.assign(list, { filter, rows: page.reads.map(rowOf), next: page.next });
  paintSoon();
}

function unfilter() {
  $("filter").reset();
  Object.assign(list, { filter: null, rows: [], next: null });
  paintSoon();
}

async function moreRejects() {
  const page = await ask("GET", `/api/sessions/${list.session.id}/rejects?limit=20&after=${nextReject}`);
  rejects = rejects.concat(page.rejects);
  nextReject = page.next;
  keep($("rejects"), rejects, each => each.id, "reject-template", (element, each) => {
    say(field(element, "line"), each.line);
    say(field(element, "detail"), [each.reason, when(each.received_at), each.source && "from " + each.source.remote_address].filter(Boolean).join(" · "));
  });
  $("no-reject").hidden = rejects.length > 0;
  $("more-rejects").hidden = nextReject === null;
}

// ---- painting ----------------------------------------------------------------------------------------------------

function beat() {
  if (document.hidden) return;
  if (link) link.check();
  paint();
}

function paintSoon() {
  if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(); });
}

function rows() {
  if (list.filter) return list.rows;
  const live = liveRows(), last = live.length ? live[live.length - 1].key : Infinity;
  return live.concat(list.older.filter(each => each.key < last));
}

function paint() {
  if (!list.session || !$("rows")) return;
  const shown = rows(), now = Date.now(), silent = lostAt === null ? 0 : clock() - lostAt;
  const first = list.before || (shown.length ? shown[shown.length - 1].key : 0);
  sayOrHide($("stale"), list.live && silent >= STALE_MS ? "no connection for " + duration(silent) : "");
  $("table").hidden = !shown.length;
  $("nothing").hidden = shown.length > 0;
  $("unfilter").hidden = !list.filter;
  $("older").hidden = list.filter ? list.next === null : first <= 1 || !shown.length;
  say($("older"), list.filter ? "More of them" : "Older reads");
  const [words, next] = emptyWords();
  say($("nothing").firstElementChild, words);
  say($("nothing").lastElementChild, next);
  keep($("rows"), shown, row => row.key, "row-template", (element, row) => {
    for (const name of ["time", "location", "bib", "name", "marks"]) say(field(element, name), row[name]);
    say(field(element, "age"), age(row.at, now));
    mark(element, "unknown", row.unknown ? "yes" : "");
  });
}

function emptyWords() {
  if (list.filter) return ["No read fits", "Try it with less: a bib alone, or a location."];
  if (!list.loaded) return ["Looking for reads", ""];
  if (list.live) return ["No read yet", "Point SimpleClient at this hub: the control room says where."];
  return [`${count(0, "read")}`, list.session.status === "scheduled" ? "It has not started yet." : "It ended without any."];
}
