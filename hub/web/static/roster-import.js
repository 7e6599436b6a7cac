// A file of runners or tags on its way into the roster: chosen or dropped, read, its columns named, checked, applied.
// The file and the work on it are the hub's; what somebody has chosen is kept in this tab until it is done: so a page
// that is loaded again goes on where it was. Knows the order of it; each step has a module of its own.

import { $, say, set } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { clear, handle, sentence, tell } from "./work-form.js";
import { notice } from "./work-here.js";
import { sure } from "./work-sure.js";
import { makeChecked } from "./roster-import-checked.js";
import { makeColumns, saysIn } from "./roster-import-columns.js";
import { fitting, send, takeDrops } from "./roster-import-send.js";
import { APPLIES, FILES, forget, keepHere, keptHere, jobOf, listWaiting } from "./roster-import-kept.js";
import { asked, doneWords, keptWords, leftOutWords, undoWords } from "./roster-import-words.js";
import { LOST, cancel, follow, makeProgress } from "./roster-jobs.js";

const READ_BY = ["kind", "sheet", "encoding", "delimiter", "header_line"];
const STEPS = ["file", "columns", "checked", "done"];
const PREVIEW = "preview";
const APPLY = "apply";
const of = job => (job.kind === APPLIES ? APPLY : PREVIEW);

/** `job`: what runs now. `begun`: the last one that this tab knows to be the file's. `looked`: the job that has said what would change. `headers`: what
 * somebody has said of columns, by their names. */
const now = { step: "file", file: null, job: null, begun: null, looked: null, sending: null, following: null, kind: "roster", headers: {} };
let room = null, progress = null, columns = null, checked = null;

/** `session()`: as it is now. `changed()`: the roster is another. Gives `rosterChanged()`: somebody has changed it. */
export function openImport(theRoom) {
  room = theRoom;
  progress = makeProgress($("import-job"), stop);
  columns = makeColumns({ reread, chose: remember });
  checked = makeChecked(remember);
  $("import").addEventListener("click", onClick);
  $("import-input").addEventListener("change", () => { const [given] = $("import-input").files; if (given) take(given); });
  handle($("import-columns"), check);
  handle($("import-apply"), apply);
  takeDrops($("drop"), (given, more) => { now.kind = pending() ? now.file.kind : "roster"; take(given, more); });
  const kept = keptHere(room.session().id);
  if (kept) resume(kept);
  else waiting();
  return { rosterChanged() { if (now.step === "checked") checked.stale(true); } };
}

/** Whether there is a file that is not in yet. */
function pending() {
  return Boolean(now.file) && now.step !== "done";
}

function remember() {
  if (now.file && now.file.columns) now.headers = { ...now.headers, ...columns.byHeader() };
  keepHere(room.session().id, pending() ? {
    file: now.file.id, step: now.step, headers: now.headers, gone: now.step === "checked" ? checked.gone : "keep",
    job: now.job && now.job.id, begun: now.begun, looked: now.looked,
  } : null);
}

// ---- the steps ---------------------------------------------------------------------------------------------------

/** `looks`: it is what somebody has just done, so the focus goes there. */
function go(to, { looks = true } = {}) {
  now.step = to;
  progress.hide();
  for (const each of document.querySelectorAll("#import [data-step]")) each.hidden = each.dataset.step !== to;
  $("import-steps").hidden = to === "file";
  widen(to !== "file");
  for (const each of $("import-steps").children) {
    if (each.dataset.is === to) set(each, "aria-current", "step"); else each.removeAttribute("aria-current");
    each.toggleAttribute("data-past", STEPS.indexOf(each.dataset.is) < STEPS.indexOf(to));
  }
  wrong("");
  remember();
  if (looks) lookAt(to);
}

/** The page gives it more room while there is a file. */
function widen(yes) {
  if (yes) $("import").dataset.wide = "yes"; else delete $("import").dataset.wide;
}

function lookAt(step) {
  const title = document.querySelector(`#import [data-step="${step}"] h3`);
  $("import").scrollIntoView({ block: "start" });
  (title || $("import")).focus({ preventScroll: true });
}

/** Instead of the step, what is on its way; the step comes back afterwards. */
function working(words, more) {
  if (!$("import").querySelector("[data-step]:not([hidden])")) return progress.show(words, more);
  const held = $("import").contains(document.activeElement);
  for (const each of document.querySelectorAll("#import [data-step]")) each.hidden = true;
  progress.show(words, more);
  if (held) $("import").focus({ preventScroll: true });
}

function wrong(words) {
  $("import-error").textContent = words;
  $("import-error").hidden = !words;
}

function refuse(problem, form = null) {
  if (problem.status === undefined) throw problem;
  if (problem.status === 401) return;
  if (problem.status === 404 && pending()) lose();
  else if (form) tell(form, problem);
  else wrong(sentence(problem.message, problem.field));
}

function lose() {
  const { headers } = now;
  drop();
  now.headers = headers;
  wrong("The hub does not have the file any more: it keeps one for an hour. Choose it again; what you have said of its columns is kept.");
}

function drop() {
  if (now.following) now.following.stop();
  Object.assign(now, { file: null, job: null, begun: null, following: null, looked: null, headers: {} });
  go("file", { looks: false });
  waiting();
}

// ---- the file ----------------------------------------------------------------------------------------------------

function take(given, more = 0) {
  if (now.sending || (now.job && of(now.job) === APPLY)) return notice("Another file is on its way: wait until it is in, or cancel it.");
  if (more) notice("One file at a time: the first is taken.");
  if (!pending()) return bring(given);
  sure({
    title: `Take “${given.name}” instead?`, yes: "Take it",
    words: `“${now.file.name}” is not imported yet. What you have said of its columns holds for columns of the same names.`,
  }, async () => { remember(); bring(given); });
}

async function bring(given) {
  const before = now.file, back = before ? now.step : "file";
  wrong("");
  try {
    fitting(given, Number($("import").dataset.uploadMib) * 1024 * 1024);
    if (now.following) now.following.stop();
    now.job = null;
    const file = await sent(given);
    if (!file) return go(back);
    if (before) forget(before);
    now.looked = null;
    now.file = file;
    columns.show(file, now.headers);
    go("columns");
  } catch (problem) {
    go(back, { looks: false });
    refuse(problem);
    $("import-error").scrollIntoView({ block: "nearest" });
  } finally {
    now.sending = null;
    $("import-input").value = "";
  }
}

/** As the hub reads it; null when it was stopped. */
async function sent(given) {
  const form = new FormData(), words = `Sending “${given.name}”`;
  form.append("session", room.session().id);
  form.append("kind", now.kind);
  form.append("file", given);
  widen(true);
  working(words, {});
  $("import").scrollIntoView({ block: "start" });
  now.sending = send(FILES, form, (done, total) => {
    if (done < total) progress.show(words, { done: Math.round(done / 1e3), total: Math.round(total / 1e3), unit: "kB" });
    else progress.show(`Reading “${given.name}”`);
  });
  const answer = await now.sending.sent;
  return answer && answer.file;
}

async function reread(changes) {
  const form = $("import-reading");
  clear(form);
  set(form, "aria-busy", "true");
  remember();
  try {
    now.file = (await ask("PATCH", `${FILES}/${now.file.id}`, changes)).file;
    columns.show(now.file, now.headers);
    remember();
  } catch (problem) {
    columns.show(now.file, now.headers);
    refuse(problem, form);
  } finally {
    set(form, "aria-busy", "false");
  }
}

function waiting() {
  listWaiting(room.session().id, (file, job) => {
    now.file = file;
    columns.show(file, now.headers);
    if (job && job.status === "running") watch(job);
    else if (job && job.status === "done") { now.begun = job.id; look(job); }
    else go("columns");
  });
}

// ---- the work ----------------------------------------------------------------------------------------------------

async function check() {
  if (columns.areRight()) await begin(PREVIEW, { columns: asked(columns.chosen) });
}

/** What was looked at is what is done: if another tab has meanwhile had the file read or checked otherwise, it is not. */
async function apply() {
  const { file } = await ask("GET", `${FILES}/${now.file.id}`);
  if (file.job !== now.begun || READ_BY.some(name => file[name] !== now.file[name])) {
    throw new Refused(409, { message: "Another tab has this file, too, and may have named its columns otherwise. Go back to the columns and check the rows again." });
  }
  await begin(APPLY, { gone: checked.gone });
}

async function begin(what, body) {
  remember();
  try {
    watch((await ask("POST", `${FILES}/${now.file.id}/${what}`, body)).job);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    refuse(problem);
  }
}

function watch(job) {
  now.job = job;
  now.begun = job.id;
  remember();
  progress.busy(false);
  paintJob(job, false);
  now.following = follow(job, onJob);
}

function paintJob(job, away) {
  const { done, total, words } = job;
  working(`${of(job) === APPLY ? "Importing" : "Checking"} “${now.file.name}”`, { done, total, words, away, unit: "rows" });
}

function onJob(job, away) {
  if (job.status === "running") return paintJob(now.job = job, away);
  now.job = now.following = null;
  const applies = of(job) === APPLY;
  if (job.status === "done") return applies ? applied(job.result) : look(job);
  const back = applies && now.looked ? "checked" : "columns";
  go(back);
  if (job.status === "cancelled") return notice(applies ? "Cancelled: the roster is as it was." : "Cancelled.");
  tell($(back === "checked" ? "import-apply" : "import-columns"), job.status === LOST ? { message: "The hub was started again meanwhile. Check the rows again: you see what is still to be done." } : job.error);
}

function look(job) {
  now.looked = job.id;
  checked.show(now.file, job.result);
  checked.stale(false);
  go("checked");
}

function applied(result) {
  const { file } = now, out = result.left_out || 0;
  say($("import-done-title"), `“${file.name}” is imported`);
  say($("import-done-words"), doneWords(result));
  saysIn($("import-done-says"), [{ tone: out ? "warn" : "", words: leftOutWords(out) }, { words: keptWords(result) }, { words: undoWords(result) }]);
  $("import-done-csv").hidden = !out;
  $("import-done-csv").href = `${FILES}/${file.id}/problems.csv`;
  document.querySelector("#import [data-act=tags]").hidden = file.kind === "tags";
  now.headers = {};
  now.looked = null;
  go("done");
  if (!out) { forget(file); now.file = null; }
  room.changed();
}

async function stop() {
  if (now.sending) return now.sending.stop();
  if (!now.job) return;
  progress.busy(true);
  try {
    await cancel(now.job);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    progress.busy(false);
    notice(problem.message);
  }
}

// ---- a page that was loaded again --------------------------------------------------------------------------------

async function resume(kept) {
  Object.assign(now, { headers: kept.headers || {}, begun: kept.begun });
  try {
    now.file = (await ask("GET", `${FILES}/${kept.file}`)).file;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status === 404) lose();
    else if (problem.status !== 401) notice(problem.message, () => resume(kept));
    return;
  }
  columns.show(now.file, now.headers);
  const [mine, looked] = await Promise.all([jobOf(kept.job), jobOf(kept.looked)]);
  if (looked && looked.status === "done") {
    now.looked = looked.id;
    checked.show(now.file, looked.result, kept.gone);
  }
  if (mine) watch(mine);
  else go(kept.step === "checked" && now.looked ? "checked" : "columns", { looks: false });
}

// ---- what is clicked ---------------------------------------------------------------------------------------------

function choose(kind) {
  now.kind = kind;
  $("import-input").click();
}

function onClick(event) {
  const button = event.target.closest("#import [data-kind], #import [data-act]");
  if (!button || button.closest("#import-waiting")) return;
  const { act, kind } = button.dataset;
  if (kind) choose(kind);
  else if (act === "another") choose(now.file.kind);
  else if (act === "tags") choose("tags");
  else if (act === "back") go("columns");
  else if (act === "again") check().catch(problem => refuse(problem, $("import-apply")));
  else if (act === "drop") leave();
}

function leave() {
  if (now.file) forget(now.file);
  drop();
  lookAt("file");
}
