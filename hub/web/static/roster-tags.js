// The tags of the runner that is open: added by a scanner or by hand, taken away; one that somebody else has only after
// it was said whose it is.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { sentence } from "./work-form.js";
import { attempt, notice } from "./work-here.js";
import { ORIGINS, calledOf } from "./roster-words.js";

const UNDO_MS = 12000;
/** `person()`: who is open, null: a new one, whose `tags` are kept here until it is made. `took(participant)`: the hub's
 * answer. */
let desk = null, refused = "";

export function openTags(theDesk) {
  desk = theDesk;
  $("tag-add").addEventListener("click", () => add(false));
  $("tag-new").addEventListener("keydown", event => { if (event.key === "Enter") { event.preventDefault(); add(false); } });
  $("tags-take").addEventListener("click", () => add(true));
  $("tags").addEventListener("click", event => {
    const chip = event.target.closest("[data-act=take]");
    if (chip) remove(chip.closest("[data-key]").dataset.key);
  });
}

export function paintTags(tags, person) {
  keep($("tags"), tags, each => each, "tag-template", (element, tag) => {
    say(field(element, "tag"), tag);
    const button = element.querySelector("button");
    if (button) set(button, "aria-label", "Take tag " + tag + " away");
  });
  $("tags-none").hidden = tags.length > 0;
  const origin = person && tags.length ? (person.origins || {}).tags : "";
  sayOrHide($("tags-from"), origin ? ORIGINS[origin] || origin : "");
  mark($("tags-from"), "origin", origin);
  if (!person || !refused.startsWith(person.id + " ")) refuse("");
}

/** What stands in the box and was not added: of a new runner it is meant, too. */
export function typedTags() {
  const tag = $("tag-new").value.trim();
  $("tag-new").value = "";
  return tag ? [tag] : [];
}

/** One after the other, as if they were typed; where one is refused it stands in the box. */
export async function giveTags(tags) {
  for (const tag of tags) {
    $("tag-new").value = tag;
    await add(false);
    if ($("tag-new").value) return;
  }
}

async function add(take) {
  const tag = $("tag-new").value.trim(), person = desk.person();
  if (!tag) return $("tag-new").focus();
  refuse("");
  if (!person) {
    if (!desk.tags.includes(tag)) desk.tags.push(tag);
    $("tag-new").value = "";
    return desk.paint();
  }
  try {
    const { participant } = await ask("POST", `/api/participants/${person.id}/tags`, { tag, ...(take ? { take } : {}) });
    $("tag-new").value = "";
    desk.took(participant);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status !== 401) refuse(sentence(problem.message, problem.field), problem.status === 409 && !take ? `Give it to ${calledOf(person)} all the same` : "", person);
  }
  $("tag-new").focus();
}

function remove(tag) {
  const person = desk.person();
  if (!person) {
    desk.tags.splice(desk.tags.indexOf(tag), 1);
    return desk.paint();
  }
  const path = `/api/participants/${person.id}/tags`;
  return attempt(async () => {
    desk.took((await ask("DELETE", `${path}/${encodeURIComponent(tag)}`)).participant);
    $("tag-new").focus();
    notice(`Tag ${tag} is nobody’s.`, () => attempt(async () => desk.took((await ask("POST", path, { tag })).participant)), { label: "Undo", forMs: UNDO_MS });
  });
}

/** Nothing is asked any more of what was refused. */
export function forgetTags() {
  refuse("");
}

function refuse(words, anyway = "", person = null) {
  refused = person ? person.id + " " : "";
  sayOrHide($("person-form-tags-error"), words);
  $("tags-take-box").hidden = !anyway;
  say($("tags-take"), anyway);
}
