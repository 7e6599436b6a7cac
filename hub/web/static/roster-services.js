// The registration service that fills a session's roster: connected, its event chosen, loaded, watched, changed,
// disconnected. Knows the order of it; accounts, events and the state have modules of their own.

import { $, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { clear, handle, need } from "./work-form.js";
import { attempt, may, me, notice } from "./work-here.js";
import { count } from "./work-words.js";
import { edit, forgetTyped, openAccounts, paintAccounts, showKinds } from "./roster-services-account.js";
import { openEvents, showEvents } from "./roster-services-events.js";
import { paintFacts, paintLink } from "./roster-services-state.js";
import { loadedWords } from "./roster-services-words.js";
import { LOST, cancel, follow, makeProgress } from "./roster-jobs.js";

const ASK_MS = 5000;
const IDLE_MS = 15000;            // while no service is connected, somebody else may do so
const BEAT_MS = 1000;
const HOME = ["state", "none"];
const WAIT_MS = 60000;

let files = null, progress = null, job = null, following = null, failed = "", part = "", loaded = false, timer = 0;

const room = {
  accounts: [], kinds: [], link: null,
  partner: () => (me.role === "admin" && files.session().partner ? { partner: files.session().partner.slug } : {}),
  go, load, choose, events: showEvents,
  said: (account, fresh) => (fresh ? showEvents(room.accounts.find(each => each.id === account.id) || account) : home()),
};

/** `files`: {session(), changed()}. Gives `rosterChanged(message)`. */
export function openServices(theFiles) {
  files = theFiles;
  progress = makeProgress($("service-job"), stop);
  if (may("operator")) openForms();
  keepUp();
  setInterval(() => { if (!document.hidden && room.link && part === "state") paintFacts(room.link, Date.now()); }, BEAT_MS);
  return { rosterChanged(message) { if (message.by === "provider") attempt(load); } };
}

function openForms() {
  openAccounts(room);
  openEvents(room);
  $("services").addEventListener("click", onClick);
  $("service-results").querySelector("input").addEventListener("change", turnResults);
  handle($("service-off-form"), disconnect);
  $("service-off").querySelector("[data-closes]").addEventListener("click", () => $("service-off").close());
}

const path = more => `/api/sessions/${files.session().id}/provider${more || ""}`;

// ---- what there is -----------------------------------------------------------------------------------------------

async function keepUp() {
  clearTimeout(timer);
  if (!document.hidden) {
    try {
      await load();
      wrong("");
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (!loaded && problem.status !== 401) { $("services").hidden = false; wrong(problem.message); }
    }
  }
  timer = setTimeout(keepUp, room.link ? ASK_MS : IDLE_MS);
}

async function load() {
  const ours = each => !each.partner || !files.session().partner || each.partner.id === files.session().partner.id;
  const [its, all] = await Promise.all([ask("GET", path()), may("operator") ? ask("GET", "/api/provider-accounts") : { accounts: [], kinds: [] }]);
  room.accounts = all.accounts.filter(ours);
  room.kinds = all.kinds;
  take(its.link);
  loaded = true;
  if (!part || HOME.includes(part)) home({ looks: false });
  else paint();
}

/** A job that another tab has begun is followed here, too. */
function take(link) {
  room.link = link;
  const running = link && link.job && link.job.status === "running" ? link.job : null;
  if (running && (!job || job.id !== running.id)) watch(running);
}

function kindOf(name) {
  return room.kinds.find(each => each.kind === name);
}

function paint() {
  const { link } = room, now = Date.now();
  $("services").hidden = !link && !may("operator");
  $("service-tone").hidden = !link || part !== "state";
  if (link) paintLink(job ? { ...link, job } : link, kindOf(link.account.kind), failed, now);
  if (!may("operator")) return;
  paintAccounts(now);
  $("accounts-more").hidden = !room.accounts.length || !HOME.includes(part);
  const any = room.accounts.length > 0;
  say($("service-none"), any ? "No event is chosen" : "No service is connected");
  say($("service-none-words"), any
    ? "Choose below whose events are shown, then the event that this session is about: its runners are loaded, and kept as they are there."
    : "Connect the one where people register: their names come by themselves, and what changes there changes here, until the race is over.");
  $("service-first").hidden = any;
}

// ---- the parts ---------------------------------------------------------------------------------------------------

function go(to, { looks = true } = {}) {
  const changes = part !== to;
  part = to;
  for (const each of document.querySelectorAll("#services [data-part]")) each.hidden = each.dataset.part !== to;
  paint();
  if (to === "none" && room.accounts.length) $("accounts-more").open = true;
  if (!looks || !changes) return;
  const title = document.querySelector(`#services [data-part="${to}"] h3`) || $("services");
  title.focus({ preventScroll: true });
  $("services").scrollIntoView({ block: "nearest" });
}

function home({ looks = true } = {}) {
  go(room.link ? "state" : "none", { looks });
}

function wrong(words) {
  sayOrHide($("service-error"), words);
}

// ---- what is done ------------------------------------------------------------------------------------------------

async function choose(body) {
  const done = await ask("PUT", path(), body, { waitMs: WAIT_MS });
  begun(done);
  home();
}

function begun(done) {
  failed = "";
  if (done.link !== undefined) room.link = done.link;
  if (done.job) watch(done.job);
  paint();
}

function watch(given) {
  if (following) following.stop();
  job = given;
  progress.busy(false);
  show(job, false);
  following = follow(job, onJob);
}

function show({ done, total, words }, away) {
  progress.show("Loading", { done, total, words, away, unit: "runners" }, may("operator"));
}

async function onJob(now, away) {
  if (now.status === "running") { job = now; return show(now, away); }
  job = following = null;
  progress.hide();
  failed = now.status === "failed" ? now.error.message : now.status === LOST ? "The hub was started again before all of it was loaded. Load it again." : "";
  if (now.status === "done") notice(loadedWords(now.result));
  if (now.status === "cancelled") notice("Cancelled.");
  if (room.link) room.link = { ...room.link, job: null };
  paint();
  files.changed();
  await attempt(load);
}

async function stop() {
  progress.busy(true);
  if (!await attempt(() => cancel(job))) progress.busy(false);
}

async function refresh(full) {
  failed = "";
  begun({ job: (await ask("POST", path("/refresh"), { full })).job });
}

async function change(body, words) {
  const done = await ask("PATCH", path(), body);
  if (done && done.link !== undefined) room.link = done.link;
  paint();
  notice(words);
  await load();
}

function turnResults(event) {
  const box = event.target, on = box.checked;
  attempt(() => change({ results: on }, on ? "Official results are asked for, too." : "Official results are not asked for any more.")).then(done => { if (!done) box.checked = !on; });
}

function askToDisconnect() {
  const { link } = room, runners = count(link.figures.participants || 0, "runner");
  clear($("service-off-form"));
  $("service-off-form").reset();
  say($("service-off-title"), `Disconnect “${link.event.name}”?`);
  say($("service-off-words"), "This session is not refreshed any more. The account stays, and can be connected again.");
  say($("service-off-keep"), `Keep the ${runners} as they are now`);
  say($("service-off-remove"), `Take them off, of ${runners} all that nothing else names; they can be brought back`);
  $("service-off").showModal();
}

async function disconnect(values) {
  need(values, { participants: "Choose what becomes of them." });
  await ask("DELETE", path("?participants=" + values.participants), undefined, { waitMs: 300000 });
  $("service-off").close();
  if (following) following.stop();
  job = following = null;
  failed = "";
  progress.hide();
  room.link = null;
  home();
  notice("Disconnected.");
  files.changed();
  await load();
}

function onClick(event) {
  const button = event.target.closest("[data-act]");
  if (!button || button.closest("#accounts")) return;
  const { act } = button.dataset, { link } = room;
  const account = link && (room.accounts.find(each => each.id === link.account.id) || link.account);
  if (act === "home") { forgetTyped(); home(); }
  else if (act === "connect") showKinds();
  else if (act === "events") showEvents();
  else if (act === "event") showEvents(account);
  else if (act === "sign-in" && kindOf(link.account.kind)) edit(kindOf(link.account.kind), account);
  else if (act === "refresh" || act === "full") attempt(() => refresh(act === "full"));
  else if (act === "pause") attempt(() => change({ enabled: !link.enabled }, link.enabled ? "Paused: nothing is asked until it goes on." : "It goes on."));
  else if (act === "off") askToDisconnect();
}

