// The runners of a session by pages: filtered, sorted, gone through with keys. A page of them stands in the document,
// however many there are.

import { $, field, keep, mark, say, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { attempt, may } from "./work-here.js";
import { keys } from "./work-list.js";
import { ORIGINS, WITHOUT, countedWords, marksOf, nameOf, optionsOf, rangeWords, tagsOf } from "./roster-words.js";

const PAGE = 100;
const TYPED_MS = 150;

/** `starts`: what each page that was gone through begins after; the last one is shown. */
const list = { people: [], total: 0, all: 0, next: null, starts: [null], facets: null, loaded: false, wanted: 0, desc: false };
let room = null, typing = 0;

const filters = () => $("filters").elements;
const FILTERS = ["race", "status", "origin", "without"];

export function openList(theRoom) {
  room = theRoom;
  $("find").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(first, TYPED_MS); });
  $("filters").addEventListener("submit", event => event.preventDefault());
  $("filters").addEventListener("change", event => { if (event.target.name === "sort") list.desc = event.target.value === "updated"; first(); });
  $("table").addEventListener("click", onClick);
  $("unfilter").addEventListener("click", unfilter);
  $("next").addEventListener("click", () => turn(1));
  $("before").addEventListener("click", () => turn(-1));
  $("filters-more").open = matchMedia("(min-width: 48rem)").matches;
  keys({ filter: $("find"), rows: () => [...document.querySelectorAll("#rows tr")] });
}

/** All of it anew: somebody may have changed it. How many are what takes the hub longer than a page of them, so that is
 * not asked for with every letter (`facets` false). */
export async function loadList(facets = true) {
  const mine = ++list.wanted;
  const found = await ask("GET", "/api/participants?" + query(facets ? { facets: 1 } : {}));
  if (mine !== list.wanted) return;
  Object.assign(list, { people: found.participants, total: found.total, next: found.next, loaded: true });
  if (found.facets) list.facets = found.facets;
  if (!isFiltered()) list.all = found.total;
  if (!found.participants.length && list.starts.length > 1) { list.starts = [null]; return loadList(facets); }
  paintList();
}

function query(more) {
  const form = filters(), asked = { session: room.session.id, limit: PAGE, sort: form.sort.value, ...more };
  for (const name of FILTERS) if (form[name].value) asked[name] = form[name].value;
  if ($("find").value.trim()) asked.find = $("find").value.trim();
  if (form.gone.checked) asked.gone = 1;
  if (list.desc) asked.desc = 1;
  const after = list.starts[list.starts.length - 1];
  if (after !== null) asked.after = after;
  return new URLSearchParams(asked);
}

function isFiltered() {
  return Boolean($("find").value.trim()) || filters().gone.checked || FILTERS.some(name => filters()[name].value);
}

function first() {
  list.starts = [null];
  attempt(() => loadList(!list.facets));
}

function unfilter() {
  $("find").value = "";
  for (const name of FILTERS) filters()[name].value = "";
  filters().gone.checked = false;
  first();
  $("find").focus();
}

async function turn(step) {
  if (step > 0 && list.next === null) return;
  list.starts = step > 0 ? list.starts.concat([list.next]) : list.starts.slice(0, Math.max(1, list.starts.length - 1));
  if (await attempt(() => loadList(false))) $("people").scrollIntoView({ block: "start" });
}

function onClick(event) {
  const sorts = event.target.closest("[data-sort]"), row = event.target.closest("tr[data-key]");
  if (sorts) return sortBy(sorts.dataset.sort);
  if (row && !String(getSelection())) room.open(Number(row.dataset.key));
}

function sortBy(name) {
  list.desc = filters().sort.value === name && !list.desc;
  filters().sort.value = name;
  first();
}

/** Where the focus goes back to when a runner's panel is closed. */
export function focusRow(id) {
  const row = document.querySelector(`#rows tr[data-key="${id}"] button`);
  (row || $("people")).focus();
}

/** Opens the one below or above. */
export function stepRow(id, by) {
  const next = list.people[list.people.findIndex(each => each.id === id) + by];
  if (!next) return;
  room.open(next.id);
  document.querySelector(`#rows tr[data-key="${next.id}"]`).scrollIntoView({ block: "nearest" });
}

// ---- painting ----------------------------------------------------------------------------------------------------

export function paintList() {
  const { people, total, loaded } = list, empty = loaded && !people.length;
  const bare = empty && !isFiltered();
  $("find-label").hidden = $("filters-more").hidden = bare;
  say($("counted"), !loaded || bare ? "" : isFiltered() && list.all ? countedWords(total, Math.max(total, list.all)) : countedWords(total, total));
  paintFilters();
  $("table").hidden = !people.length;
  $("nobody").hidden = !empty;
  if (empty) paintNobody();
  keep($("rows"), people, each => each.id, "row-template", (element, each) => {
    say(field(element, "bib"), each.bib || "–");
    say(field(element, "name"), nameOf(each) || "no name");
    say(field(element, "marks"), marksOf(each));
    say(field(element, "race"), each.race_name || "");
    say(field(element, "city"), each.city || "");
    say(field(element, "tags"), tagsOf(each) || "no tag");
    mark(element, "gone", each.gone ? "yes" : "");
    mark(element, "untagged", (each.tags || []).length ? "" : "yes");
    set(element, "aria-current", String(each.id === room.shown()));
  });
  paintPages();
}

function paintPages() {
  const { people, total, next, starts } = list;
  $("pages").hidden = next === null && starts.length < 2;
  $("before").disabled = starts.length < 2;
  $("next").disabled = next === null;
  say($("range"), rangeWords((starts.length - 1) * PAGE, people.length, total));
  const sort = filters().sort.value;
  for (const button of document.querySelectorAll("[data-sort]")) {
    const sorted = button.dataset.sort === sort ? (list.desc ? "descending" : "ascending") : "none";
    set(button.closest("th"), "aria-sort", sorted);
  }
}

function paintFilters() {
  if (!list.facets) return;
  const { race, status, origins, without } = list.facets;
  chooseFrom("filters-race", optionsOf(race, "all races"));
  chooseFrom("filters-status", optionsOf(status, "any"));
  chooseFrom("filters-origin", optionsOf(origins, "anywhere", ORIGINS));
  chooseFrom("filters-without", optionsOf(without, "nothing", WITHOUT));
  $("filters-gone").closest(".field").hidden = !list.facets.gone && !filters().gone.checked;
  const chosen = FILTERS.filter(name => filters()[name].value).length + (filters().gone.checked ? 1 : 0);
  say($("filters-summary"), chosen ? `Filter and sort (${chosen})` : "Filter and sort");
}

function paintNobody() {
  const filtered = isFiltered(), [words, next] = $("nobody").querySelectorAll("p");
  say(words, filtered ? "Nobody fits" : "Nobody is on the roster yet");
  say(next, filtered ? "Try it with less: a bib alone, or the beginning of a name."
    : may("operator") ? "Until somebody is, screens show the numbers of tags. Drag the registration’s file onto this page, connect the service it comes from, or add runners by hand."
    : "An operator can import the registration’s file.");
  $("nobody-acts").hidden = filtered;
  $("unfilter").hidden = !filtered;
}

export function racesKnown() {
  return list.facets && Array.isArray(list.facets.race) ? list.facets.race.map(([name]) => name).filter(Boolean) : [];
}

/** How many have nothing in a field. */
export function without(name) {
  return (list.facets && list.facets.without && list.facets.without[name]) || 0;
}

