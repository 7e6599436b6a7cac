// One session: its name, event and state, its key, its displays, and its end. Reads, files and the event have modules of
// their own.

import { askToEnd } from "./front-sessions.js";
import { copied } from "./front-copy.js";
import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { Refused, ask, look } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { openEvent, fillEvent } from "./work-event.js";
import { openFiles } from "./work-files.js";
import { handle, need } from "./work-form.js";
import { openLocations } from "./work-locations.js";
import { openMessages } from "./work-messages.js";
import { attempt, may, notice, stay } from "./work-here.js";
import { openProof } from "./work-proof.js";
import { openReads, watchReads } from "./work-reads.js";
import { openRoster } from "./work-roster.js";
import { sure } from "./work-sure.js";
import { STATUS, bytes, count, instant, listed, localTime, when } from "./work-words.js";

const ASK_MS = 5000;
const HIDDEN = "••••••••••";

const page = {
  session: JSON.parse($("session").textContent), displays: [], events: [], gone: false, filled: false,
};

export const session = () => page.session;
const path = more => "/api/sessions/" + page.session.id + (more || "");

// ---- what there is -----------------------------------------------------------------------------------------------

export async function refresh() {
  page.session = await look(path());
  page.displays = (await ask("GET", "/api/displays")).displays;
  paint();
  watchReads(page.session);
}

async function loadEvents() {
  page.events = (await ask("GET", "/api/events")).events.filter(isOurs);
  paint();
}

function isOurs(event) {
  return !event.partner || !page.session.partner || event.partner.id === page.session.partner.id;
}

function paint() {
  const { session: each } = page, active = each.status === "active";
  say($("name"), each.session_name);
  const title = `${each.session_name} – ${document.body.dataset.name}`;
  if (document.title !== title) document.title = title;
  say($("status"), STATUS[each.status]);
  mark($("status"), "tone", active ? "live" : "");
  sayOrHide($("purpose"), { rehearsal: "Rehearsal", demo: "Demo" }[each.purpose] || "");
  say($("figures"), figuresOf(each));
  for (const button of document.querySelectorAll("[data-turn]")) {
    const fitting = { start: each.status === "scheduled", end: active, reopen: each.status === "ended" };
    button.hidden = !fitting[button.dataset.turn] || each.purpose === "demo";
  }
  paintDisplays();
  if (may("operator")) { paintForms(); paintTesting(); }
}

function paintTesting() {
  const { testing, status, purpose } = page.session, button = $("testing");
  button.hidden = status !== "active" || purpose === "demo";
  set(button, "aria-pressed", String(Boolean(testing)));
  say(button, testing ? "End the test" : "Test mode");
}

function figuresOf(each) {
  const event = page.events.find(one => one.id === each.event_id);
  return [
    event ? event.name : each.event_name, each.partner && may("admin") ? each.partner.name : "",
    count(each.total_reads || 0, "read"), count(each.unique_tags || 0, "tag"), count(each.total_locations || 0, "location"),
    each.testing ? "test mode: what comes now does not count afterwards" : "",
    each.retiming ? `correcting times: ${each.retiming.done.toLocaleString("en")} of ${count(each.retiming.total, "read")}` : "",
    each.status === "scheduled" && each.scheduled_for ? "starts " + when(each.scheduled_for) : "",
    each.last_read ? "last read " + when(each.last_read) : "", each.ended_at ? "ended " + when(each.ended_at) : "",
  ].filter(Boolean).join(" · ");
}

function paintDisplays() {
  const active = page.session.status === "active";
  const shown = page.displays.filter(each => each.session_id === page.session.id || (active && each.session_id === null && isOurs(each)));
  keep($("displays"), shown, each => each.code, "display-template", (element, each) => {
    say(field(element, "name"), each.name || each.code);
    say(field(element, "screens"), each.screens ? count(each.screens, "screen") + " open" : "no screen open");
    say(field(element, "url"), each.url);
    set(field(element, "url"), "href", each.url);
  });
  $("no-display").hidden = shown.length > 0;
}

/** Fields are filled once: what somebody types is not touched. */
function paintForms() {
  const { session: each } = page;
  chooseFrom("facts-event_id", [{ id: "", name: "No event" }, ...page.events.map(one => ({ id: one.id, name: [one.name, one.date].filter(Boolean).join(", ") }))]);
  $("scheduled").hidden = each.status !== "scheduled";
  say($("delete-words"), deletes(each));
  $("delete-form").hidden = each.purpose === "demo";
  if (page.filled || (each.event_id && !page.events.length)) return;
  page.filled = true;
  fillFacts(each);
}

function fillFacts(each) {
  $("facts-session_name").value = each.session_name;
  $("facts-event_id").value = each.event_id === null ? "" : String(each.event_id);
  $("facts-rehearsal").checked = each.purpose === "rehearsal";
  $("facts-scheduled_for").value = localTime(each.scheduled_for);
  fillEvent(page.events.find(one => one.id === each.event_id) || null);
}

function deletes(each) {
  const goes = listed([count(each.total_reads || 0, "read"), each.total_locations && count(each.total_locations, "location"), "its roster", "the lines that are no reads"]);
  return `${goes.charAt(0).toUpperCase()}${goes.slice(1)} go for good. All of it is written into a zip file first, which you get.`;
}

// ---- what is done ------------------------------------------------------------------------------------------------

async function save(values) {
  need(values, { session_name: "Give it a name." });
  const { session: each } = page, chosen = values.event_id ? Number(values.event_id) : null;
  const change = {
    ...(values.session_name !== each.session_name ? { session_name: values.session_name } : {}),
    ...(chosen !== each.event_id ? { event_id: chosen } : {}),
    ...(values.rehearsal !== (each.purpose === "rehearsal") ? { purpose: values.rehearsal ? "rehearsal" : "race" } : {}),
    ...(each.status === "scheduled" && (values.scheduled_for || "") !== localTime(each.scheduled_for) ? { scheduled_for: values.scheduled_for ? instant(values.scheduled_for) : null } : {}),
  };
  if (Object.keys(change).length) await ask("PATCH", path(), change);
  notice("Saved.");
  await refresh();
}

async function turn(act) {
  await ask("POST", path("/" + act));
  notice({ start: "The session is live.", end: "The session has ended.", reopen: "The session is live again." }[act]);
  await refresh();
}

function onTurn(event) {
  const button = event.target.closest("[data-turn]");
  if (!button) return;
  const act = button.dataset.turn, shown = page.displays.filter(each => each.session_id === page.session.id).length;
  if (act === "end") askToEnd(page.session, shown, () => turn("end"));
  else attempt(() => turn(act));
}

async function test() {
  const on = !page.session.testing;
  await ask("POST", path("/testing"), { on });
  notice(on ? "Test mode: what comes now is marked TEST." : "The test is over: none of its reads counts.");
  await refresh();
}

async function remove(values) {
  need(values, { name: "Type the session’s name." });
  if (values.name !== page.session.session_name) throw new Refused(400, { message: `Type exactly: ${page.session.session_name}`, field: "name" });
  const progress = $("delete-progress");
  say(progress, `Writing the export of ${count(page.session.total_reads || 0, "read")}, then deleting. Keep this page open.`);
  try {
    const done = await ask("DELETE", path(), { name: values.name }, { waitMs: 600000 });
    gone(done && done.export);
  } finally {
    say(progress, "");
  }
}

function gone(kept) {
  page.gone = true;
  watchReads(null);
  const link = Object.assign(document.createElement("a"), { className: "button main", textContent: "Download the export" });
  const title = Object.assign(document.createElement("h1"), { textContent: `“${page.session.session_name}” is deleted`, tabIndex: -1 });
  const words = Object.assign(document.createElement("p"), { textContent: kept ? `What it had is kept in ${kept.file_name}, ${bytes(kept.bytes)}.` : "" });
  const back = Object.assign(document.createElement("a"), { className: "button", href: "/", textContent: "To the control room" });
  const actions = Object.assign(document.createElement("p"), { className: "actions" });
  if (kept) { link.href = kept.url; link.download = kept.file_name; actions.append(link); }
  actions.append(back);
  const panel = Object.assign(document.createElement("section"), { className: "panel gone" });
  panel.append(title, words, actions);
  $("main").replaceChildren(panel);
  title.focus();
}

// ---- the key -----------------------------------------------------------------------------------------------------

function showKey(shown) {
  say($("key"), shown ? page.session.stream_key : HIDDEN);
  say($("show-key"), shown ? "Hide" : "Show");
  set($("show-key"), "aria-pressed", String(shown));
}

async function copyKey() {
  const was = $("key").textContent === HIDDEN;
  showKey(true);
  const done = await copied($("key"));
  if (was && done) showKey(false);
  notice(done ? "The stream key is copied." : "Selected, not copied.");
}

function renewKey() {
  sure({
    title: "Renew the stream key?", yes: "Renew it", tone: "danger",
    words: "A SimpleClient that is set to the old one does not reach this session any more, until it gets the new one.",
  }, async () => {
    const answer = await ask("POST", path("/key"));
    page.session.stream_key = answer.stream_key;
    showKey(true);
    notice("The stream key is renewed.");
  });
}

// ---- all of it ---------------------------------------------------------------------------------------------------

function openForms() {
  document.querySelector(".turn").addEventListener("click", onTurn);
  $("testing").addEventListener("click", () => attempt(test));
  $("show-key").addEventListener("click", () => showKey($("key").textContent === HIDDEN));
  $("copy-key").addEventListener("click", copyKey);
  $("renew-key").addEventListener("click", renewKey);
  handle($("facts"), save);
  handle($("delete-form"), remove);
  openFiles(session, refresh);
  openEvent(session, async event => { await loadEvents(); $("facts-event_id").value = String(event.id); await refresh(); });
  $("facts-event_id").addEventListener("change", () => fillEvent(page.events.find(each => String(each.id) === $("facts-event_id").value) || null));
}

async function keepUp() {
  if (page.gone) return;
  if (!document.hidden) {
    try { await refresh(); } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 404) return location.reload();
    }
  }
  setTimeout(keepUp, ASK_MS);
}

stay();
openReads();
if (may("operator")) openForms();
paint();
watchReads(page.session);
attempt(loadEvents);
openLocations(session, may("operator"));
openProof(session);
openMessages(session);
openRoster(session);
attempt(refresh).then(() => setTimeout(keepUp, ASK_MS));
