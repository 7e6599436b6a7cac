// One runner: opened beside the list, or over it where there is no room. What is typed is not left unasked.

import { $, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { clear } from "./work-form.js";
import { attempt, may } from "./work-here.js";
import { offerAnyway, openActs } from "./roster-acts.js";
import { changesIn, fillFields } from "./roster-fields.js";
import { racesKnown } from "./roster-list.js";
import { paintTags } from "./roster-tags.js";
import { fromWords, marksOf, nameOf } from "./roster-words.js";
import { sure } from "./work-sure.js";

const WIDE = "(min-width: 68rem)";

/** `person`: as the hub has said it last; null while a new one is made, with the tags in `tags`. */
const held = { person: null, tags: [], opened: 0, opener: null };
let room = null;

export function setUpPerson(theRoom) {
  room = theRoom;
  const dialog = $("person");
  $("person-close").addEventListener("click", () => leaving(close));
  dialog.addEventListener("cancel", event => { event.preventDefault(); leaving(close); });
  dialog.addEventListener("keydown", onKey);
  if (!may("operator")) return;
  openActs({ held, session: () => room.session.id, changed: () => room.changed(), show, paint, close });
}

function onKey(event) {
  if (event.key === "Escape") { event.preventDefault(); return leaving(close); }
  const by = { j: 1, k: -1 }[event.key];
  if (!by || !held.person || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  event.stopPropagation();
  room.step(held.person.id, by);
}

/** Does it, unless something that was typed would go with it: then it asks first. */
function leaving(act) {
  if (!$("person").open || !may("operator") || !Object.keys(changesIn($("person-form"), held.person)).length) return act();
  sure({ title: "Leave what you have typed?", words: "It is not saved.", yes: "Leave it", tone: "danger" }, async () => act());
}

/** The id of the runner that is open. */
export function isOpen() {
  return $("person").open && held.person ? held.person.id : null;
}

export function openPerson(id) {
  if (isOpen() === id) return;
  leaving(() => attempt(() => load(id)));
}

async function load(id) {
  const mine = ++held.opened;
  const { participant } = await ask("GET", "/api/participants/" + id);
  if (mine !== held.opened) return;
  show(participant, true);
}

/** A new one; `tags`: what they wear already. */
export function addPerson({ tags = [] }) {
  leaving(() => {
    held.opened++;
    held.tags.splice(0, held.tags.length, ...tags);
    show(null, true);
    $("person-form-bib").focus();
  });
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
    if (may("operator")) offerAnyway(false);
    $("races-known").replaceChildren(...racesKnown().map(name => new Option(name)));
  }
  fillFields($("person-form"), person, was);
  paint();
  if (!anew) return;
  $("sheet").dataset.open = "yes";
  if (!dialog.open) {
    dialog.dataset.beside = wide ? "yes" : "";
    if (wide) dialog.show(); else dialog.showModal();
    if (!wide) dialog.append($("notice"));    // what is said at the foot of the page would be behind it, and out of reach
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
  document.body.append($("notice"));
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
