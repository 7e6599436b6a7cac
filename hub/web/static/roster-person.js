// One runner: opened beside the list, or over it where there is no room; saved, taken off and put back.

import { $, say, sayOrHide } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { clear, handle } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { changesIn, fillFields, lockOnClick } from "./roster-fields.js";
import { racesKnown } from "./roster-list.js";
import { forgetTags, giveTags, openTags, paintTags, typedTags } from "./roster-tags.js";
import { calledOf, fromWords, marksOf, nameOf } from "./roster-words.js";

const UNDO_MS = 12000;
const WIDE = "(min-width: 68rem)";

/** `person`: as the hub has said it last; null while a new one is made, with the tags in `tags`. */
const held = { person: null, tags: [], anyway: false, opened: 0, opener: null };
let room = null;

export function setUpPerson(theRoom) {
  room = theRoom;
  const dialog = $("person");
  $("person-close").addEventListener("click", close);
  dialog.addEventListener("cancel", event => { event.preventDefault(); close(); });
  dialog.addEventListener("keydown", event => { if (event.key === "Escape") { event.preventDefault(); close(); } });
  if (!may("operator")) return;
  handle($("person-form"), save);
  lockOnClick($("person-form"), change);
  openTags({ person: () => held.person, tags: held.tags, took, paint });
  $("person-off").addEventListener("click", takeOff);
  $("person-back").addEventListener("click", () => putBack(held.person));
  $("person-anyway").addEventListener("click", () => { held.anyway = true; $("person-form").requestSubmit(); });
}

/** The id of the runner that is open. */
export function isOpen() {
  return $("person").open && held.person ? held.person.id : null;
}

export async function openPerson(id) {
  const mine = ++held.opened;
  const { participant } = await ask("GET", "/api/participants/" + id);
  if (mine !== held.opened) return;
  show(participant, true);
}

/** A new one; `tags`: what they wear already. */
export function addPerson({ tags = [] }) {
  held.opened++;
  held.tags.splice(0, held.tags.length, ...tags);
  show(null, true);
  $("person-form-bib").focus();
}

/** Somebody may have changed it: what is being typed stays. */
export async function reloadPerson() {
  const id = isOpen();
  if (id === null) return;
  try {
    const { participant } = await ask("GET", "/api/participants/" + id);
    if (isOpen() === id) show(participant, false);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    close();
  }
}

function show(person, anew) {
  const dialog = $("person"), wide = matchMedia(WIDE).matches;
  const was = anew ? null : held.person;
  held.person = person;
  if (anew) {
    if (!dialog.open) held.opener = document.activeElement;
    clear($("person-form"));
    offerAnyway(false);
    $("races-known").replaceChildren(...racesKnown().map(name => new Option(name)));
  }
  fillFields($("person-form"), person, was);
  paint();
  if (!anew) return;
  $("sheet").dataset.open = "yes";
  if (!dialog.open) {
    dialog.dataset.beside = wide ? "yes" : "";
    if (wide) dialog.show(); else dialog.showModal();
  }
  dialog.scrollTop = 0;
  $("person-title").focus({ preventScroll: wide });
  address(person);
  room.painted();
}

function paint() {
  const { person } = held;
  say($("person-title"), person ? [person.bib, nameOf(person)].filter(Boolean).join(" ") || "No name" : "New runner");
  sayOrHide($("person-marks"), person ? marksOf(person) : "");
  sayOrHide($("person-from"), person ? fromWords(person) : "");
  paintTags(person ? person.tags || [] : held.tags, person);
  if (!may("operator")) return;
  $("person-off").hidden = !person || Boolean(person.gone);
  $("person-back").hidden = !person || !person.gone;
}

function close() {
  const id = held.person && held.person.id;
  held.opened++;
  $("person").close();
  delete $("sheet").dataset.open;
  address(null);
  held.person = null;
  if (id) room.closed(id);
  else if (held.opener && held.opener.isConnected) held.opener.focus();
}

/** So that a link, and the way back, lead to the same runner. */
function address(person) {
  const url = new URL(location.href);
  if (person) url.searchParams.set("who", person.id); else url.searchParams.delete("who");
  history.replaceState(null, "", url);
}

// ---- what is done ------------------------------------------------------------------------------------------------

async function save() {
  const { person } = held, anyway = held.anyway ? { anyway: true } : {};
  held.anyway = false;
  offerAnyway(false);
  forgetTags();
  const more = changesIn($("person-form"), person);
  try {
    if (person) { if (Object.keys(more).length) await change(more, anyway); }
    else await make(more, anyway);
  } catch (problem) {
    offerAnyway(problem.status === 409);
    throw problem;
  }
  notice("Saved.");
}

/** Tags come after: one that somebody else has is to be asked about. */
async function make(more, anyway) {
  const tags = [...held.tags, ...typedTags()], alone = !Object.keys(more).length;
  if (alone && !tags.length) throw new Refused(400, { message: "Give a bib or a name.", field: "bib" });
  const { participant } = await ask("POST", "/api/participants", { session: room.session.id, ...more, ...(alone ? { tags } : {}), ...anyway });
  $("person").close();
  held.tags.length = 0;
  show(participant, true);
  if (!alone) await giveTags(tags);
  room.changed();
}

/** Throws Refused. */
async function change(what, anyway = {}) {
  const { participant } = await ask("PATCH", "/api/participants/" + held.person.id, { ...what, ...anyway });
  took(participant);
}

/** The hub's answer to something that was done here. */
function took(participant) {
  if (held.person && held.person.id === participant.id) {
    fillFields($("person-form"), participant, held.person);
    held.person = participant;
    paint();
  }
  room.changed();
}

function offerAnyway(there) {
  if ($("person-anyway")) $("person-anyway").hidden = !there;
}

function takeOff() {
  return attempt(async () => {
    const { person } = held, { participant } = await ask("DELETE", "/api/participants/" + person.id);
    took(participant);
    close();
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
