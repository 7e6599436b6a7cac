// Whose a tag is: a search box with those who may be it, and one touch says so. On the roster and at the tag check.

import { $, field, keep, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { sentence } from "./work-form.js";
import { attempt, notice } from "./work-here.js";
import { calledOf, detailOf, nameOf, number } from "./roster-words.js";

const FOUND_MAX = 12;
const TYPED_MS = 120;
const UNDO_MS = 12000;

/** `tag`: as the hub says an unknown one. `refused`: whom it was given to when the hub said that somebody else has it. */
const held = { tag: null, found: [], refused: null, wanted: 0 };
let room = null, typing = 0;

/** `room`: `session`, and `changed()` when a tag has become somebody's. */
export function openAssign(theRoom) {
  room = theRoom;
  $("assign-find").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(search, TYPED_MS); });
  $("assign-find").addEventListener("keydown", event => {
    if (event.key === "ArrowDown") { event.preventDefault(); step(null, 1); }
    if (event.key === "Enter" && held.found.length === 1) { event.preventDefault(); give(held.found[0]); }
  });
  $("assign-list").addEventListener("keydown", event => {
    const by = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (by) { event.preventDefault(); step(event.target.closest("li"), by); }
  });
  $("assign-list").addEventListener("click", event => {
    const row = event.target.closest("[data-key]"), each = row && held.found.find(one => String(one.id) === row.dataset.key);
    if (each) give(each);
  });
  $("assign-take").addEventListener("click", () => give(held.refused, true));
  $("assign-close").addEventListener("click", () => $("assign").close());
}

function step(row, by) {
  const next = row ? (by > 0 ? row.nextElementSibling : row.previousElementSibling) : $("assign-list").firstElementChild;
  (next ? next.querySelector("button") : $("assign-find")).focus();
}

/** Opens the question for a tag: `{tag, why, candidates}`. */
export function assign(each) {
  Object.assign(held, { tag: each, found: each.candidates || [], refused: null });
  say($("assign-title"), `Whose is tag ${each.tag}?`);
  say($("assign-words"), each.why === "two" ? "Two runners have it, so screens show nobody. Touch the one whose it is." : "");
  $("assign-find").value = "";
  refuse("");
  paint();
  if (!$("assign").open) $("assign").showModal();
  $("assign-find").focus();
  if (!held.found.length) search();
}

/** What is typed; with nothing typed those who have no tag yet. */
function search() {
  return attempt(async () => {
    const find = $("assign-find").value.trim(), mine = ++held.wanted;
    const offered = held.tag.candidates || [];
    if (!find && offered.length) { held.found = offered; return paint(); }
    const query = new URLSearchParams({ session: room.session.id, limit: FOUND_MAX, ...(find ? { find } : { without: "tag" }) });
    const found = await ask("GET", "/api/participants?" + query);
    if (mine !== held.wanted) return;
    held.found = found.participants;
    say($("assign-said"), saidOf(find, found));
    paint();
  });
}

function saidOf(find, { participants, total }) {
  if (!participants.length) return find ? `Nobody fits “${find}”.` : "Type a bib, or the beginning of a name.";
  const more = total > participants.length ? `, the first ${participants.length} of ${number(total)}` : "";
  return (find ? "Who fits" : "Who has no tag yet") + more + ":";
}

function paint() {
  if (held.found === (held.tag.candidates || null)) say($("assign-said"), held.found.length ? "It may be:" : "");
  keep($("assign-list"), held.found, each => each.id, "assign-template", (element, each) => {
    say(field(element, "bib"), each.bib || "–");
    say(field(element, "name"), nameOf(each) || "no name");
    say(field(element, "detail"), detailOf(each));
  });
}

async function give(person, take = held.tag.why === "two") {
  const { tag } = held.tag;
  refuse("");
  try {
    await ask("POST", `/api/participants/${person.id}/tags`, { tag, ...(take ? { take } : {}) });
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status === 401) return;
    refuse(sentence(problem.message, problem.field), problem.status === 409 && !take ? person : null);
    return;
  }
  $("assign").close();
  room.changed();
  const words = `Tag ${tag} is ${calledOf(person)}’s.`;
  if (take) return notice(words);    // whose it was before, the hub has not said
  notice(words, () => attempt(async () => {
    await ask("DELETE", `/api/participants/${person.id}/tags/${encodeURIComponent(tag)}`);
    room.changed();
  }), { label: "Undo", forMs: UNDO_MS });
}

/** `person`: to whom it can be given all the same. */
function refuse(words, person = null) {
  held.refused = person;
  sayOrHide($("assign-error"), words);
  $("assign-take-box").hidden = !person;
  if (!person) return;
  say($("assign-take"), `Give it to ${calledOf(person)} all the same`);
  $("assign-take").focus();
}
