// What is done with the runner that is open: saved, made, taken off, put back; what another has only when somebody insists.

import { $ } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { handle } from "./work-form.js";
import { attempt, notice } from "./work-here.js";
import { changesIn, fillFields, lockOnClick } from "./roster-fields.js";
import { forgetTags, giveTags, openTags, typedTags } from "./roster-tags.js";
import { calledOf } from "./roster-words.js";

const UNDO_MS = 12000;

let panel = null, insists = false;

/** `panel`: what the page holds of the runner (`held`), and how it is shown and closed. */
export function openActs(thePanel) {
  panel = thePanel;
  const { held } = panel;
  handle($("person-form"), save);
  lockOnClick($("person-form"), change);
  openTags({ person: () => held.person, tags: held.tags, took, paint: panel.paint });
  $("person-off").addEventListener("click", takeOff);
  $("person-back").addEventListener("click", () => putBack(held.person));
  $("person-anyway").addEventListener("click", () => { insists = true; $("person-form").requestSubmit(); });
}

async function save() {
  const { person } = panel.held, insisted = insists ? { anyway: true } : {};
  insists = false;
  offerAnyway(false);
  forgetTags();
  const more = changesIn($("person-form"), person);
  try {
    if (person) { if (Object.keys(more).length) await change(more, insisted); }
    else await make(more, insisted);
  } catch (problem) {
    offerAnyway(problem.status === 409);
    throw problem;
  }
  notice("Saved.");
}

/** Tags come after: one that somebody else has is to be asked about. */
async function make(more, insisted) {
  const { held } = panel;
  const tags = [...held.tags, ...typedTags()], alone = !Object.keys(more).length;
  if (alone && !tags.length) throw new Refused(400, { message: "Give a bib or a name.", field: "bib" });
  const { participant } = await ask("POST", "/api/participants", { session: panel.session(), ...more, ...(alone ? { tags } : {}), ...insisted });
  $("person").close();
  held.tags.length = 0;
  panel.show(participant, true);
  if (!alone) await giveTags(tags);
  panel.changed();
}

/** Throws Refused. */
async function change(what, insisted = {}) {
  const { participant } = await ask("PATCH", "/api/participants/" + panel.held.person.id, { ...what, ...insisted });
  took(participant);
}

/** The hub's answer to something that was done here. */
function took(participant) {
  const { held } = panel;
  if (held.person && held.person.id === participant.id) {
    fillFields($("person-form"), participant, held.person);
    held.person = participant;
    panel.paint();
  }
  panel.changed();
}

export function offerAnyway(there) {
  $("person-anyway").hidden = !there;
}

function takeOff() {
  return attempt(async () => {
    const { person } = panel.held, { participant } = await ask("DELETE", "/api/participants/" + person.id);
    took(participant);
    panel.close();
    notice(`${calledOf(person)} is off the roster.`, () => putBack(person), { label: "Undo", forMs: UNDO_MS });
  });
}

function putBack(person) {
  return attempt(async () => {
    const { participant } = await ask("POST", `/api/participants/${person.id}/restore`);
    took(participant);
    notice(`${calledOf(person)} is on the roster again.`);
  });
}
