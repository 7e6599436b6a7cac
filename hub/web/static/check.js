// The tag check: who a tag, a bib or a name is, one after the other, and what is wrong with them. Scanned, typed, or read
// by a reader that is connected.

import { $, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { focusField, isTyping, openField } from "./check-field.js";
import { paintCard, paintLast } from "./check-card.js";
import { makeDesk } from "./check-desk.js";
import { isOn, play, turn, wake } from "./check-sound.js";
import { looseTag, pairOf } from "./check-words.js";
import { assign, openAssign } from "./roster-assign.js";
import { makeFollower } from "./roster-live.js";
import { calledOf } from "./roster-words.js";
import { attempt, may, notice, stay } from "./work-here.js";
import { duration } from "./work-words.js";

const AGAIN_MS = 10000;           // a tag that lies on a mat is read again and again
const ASK_MS = 10000;
const BEAT_MS = 1000;
const KEPT = "check-reads";

const page = { session: JSON.parse($("session").textContent), changed: () => at.again() };
const seen = { offset: null, tag: "", at: 0 };
const at = makeDesk({ session: () => page.session, isTyping, shown });

function shown(tone) {
  if (tone) play(tone);
  paint();
  if (tone) $("card").scrollIntoView({ block: "nearest" });
}

function paint() {
  const results = page.session.mode === "results";
  say($("title"), results ? "Results" : "Tag check");
  paintCard({ ...at.desk, session: page.session }, Date.now());
  paintLast(at.desk.last);
}

// ---- reads --------------------------------------------------------------------------------------------------------

function onMessage(message) {
  if (message.type === "hello") {
    if (seen.offset === null) seen.offset = message.offset;
    for (const read of message.recent || []) onRead(read);
  } else if (message.type === "read") onRead(message);
  else if (message.type === "roster") at.again();
}

function onRead(read) {
  if (read.kind !== "read" || seen.offset === null || read.offset <= seen.offset) return;
  const now = Date.now(), again = read.tag === seen.tag && now - seen.at < AGAIN_MS;
  Object.assign(seen, { offset: read.offset, tag: read.tag, at: now });
  if (!again && $("reads").getAttribute("aria-pressed") === "true") at.look(read.tag, read);
}

const follower = makeFollower({
  onMessage, onBack: at.again,
  onSilence: ms => sayOrHide($("state"), ms ? "no connection for " + duration(ms) : ""),
});

async function keepUp() {
  if (!document.hidden) {
    try {
      page.session = await ask("GET", "/api/sessions/" + page.session.id);
      follower.watch(page.session);
      paint();
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 404) return location.reload();
    }
  }
  setTimeout(keepUp, ASK_MS);
}

// ---- switches -----------------------------------------------------------------------------------------------------

function press(button, on, words) {
  set(button, "aria-pressed", String(on));
  say(button, words + (on ? " on" : " off"));
}

function openSwitches() {
  const own = localStorage.getItem(KEPT), results = page.session.mode === "results";
  press($("sound"), isOn(), "Sound");
  press($("reads"), own ? own === "on" : !results, "Readers");
  $("sound").addEventListener("click", () => { turn(!isOn()); press($("sound"), isOn(), "Sound"); play("ok"); focusField(); });
  $("reads").addEventListener("click", () => {
    const on = $("reads").getAttribute("aria-pressed") !== "true";
    localStorage.setItem(KEPT, on ? "on" : "off");
    press($("reads"), on, "Readers");
    focusField();
  });
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
}

// ---- what is done -------------------------------------------------------------------------------------------------

const keyOf = event => { const row = event.target.closest("[data-key]"); return row ? row.dataset.key : ""; };

function openCard() {
  $("candidates").addEventListener("click", event => {
    const person = at.desk.looked.candidates.find(each => String(each.id) === keyOf(event));
    if (person) { at.choose(person); focusField(); }
  });
  $("last").addEventListener("click", event => { at.recall(keyOf(event)); focusField(); scrollTo(0, 0); });
  $("whose").addEventListener("click", () => {
    const { looked } = at.desk;
    assign({ ...looked, tag: looseTag(looked), why: looked.candidates.length > 1 ? "two" : "nobody" });
  });
  $("pair").addEventListener("click", () => attempt(give));
  $("assign").addEventListener("close", () => setTimeout(focusField));
}

async function give() {
  const { tag, person } = pairOf(at.desk.looked, at.desk.before);
  focusField();
  await ask("POST", `/api/participants/${person.id}/tags`, { tag });
  at.forget();
  notice(`Tag ${tag} is ${calledOf(person)}’s.`);
  play("ok");
  await at.again();
}

stay();
openSwitches();
openField(code => at.look(code));
openCard();
if (may("operator")) openAssign(page);
paint();
follower.watch(page.session);
setTimeout(keepUp, ASK_MS);
setInterval(() => { if (!document.hidden) paint(); }, BEAT_MS);
