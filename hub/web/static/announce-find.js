// Finds a runner by bib or name: among those who have arrived at once, in the whole roster as soon as the hub answers;
// and shows one as a card.

import { arrivalOf, fits, text, whoOf } from "./announce-words.js";
import { paintStory } from "./announce-paint.js";
import { passedWords, storyOf } from "./announce-story.js";
import { $, field, keep, mark, say, set } from "./front-paint.js";

const FOUND_MAX = 20;
const WAIT_MS = 150;

const find = { items: [], at: 0, card: null, asked: 0, timer: 0 };
let room = null;

/** `room`: `arrivals()`, newest first; `ask(path)`; `mark(who)`; `star(who)`; `note(who, name)`; `path(more)`. */
export function openFind(theRoom) {
  room = theRoom;
  $("find-open").addEventListener("click", show);
  $("find-close").addEventListener("click", () => $("find").close());
  $("find-words").addEventListener("input", look);
  $("find").addEventListener("keydown", onKey);
  $("find").addEventListener("click", onClick);
}

export function show() {
  if (!$("find").open) $("find").showModal();
  $("find-words").value = "";
  find.card = null;
  look();
  $("find-words").focus();
}

function look() {
  const words = $("find-words").value.trim(), asked = ++find.asked;
  clearTimeout(find.timer);
  find.card = null;
  find.items = local(words);
  find.at = 0;
  paint(words ? "" : "By bib, or by the beginnings of names.");
  if (words) find.timer = setTimeout(() => askHub(words, asked), WAIT_MS);
}

/** Of those who have arrived, each once. */
function local(words) {
  const found = new Map();
  for (const each of room.arrivals()) {
    if (found.size < FOUND_MAX && !each.gun && fits(words, each) && !found.has(each.who)) found.set(each.who, { who: each.who, shown: each });
  }
  return Array.from(found.values());
}

async function askHub(words, asked) {
  try {
    const { runners } = await room.ask(room.path("/runners?" + new URLSearchParams({ find: words })));
    if (asked !== find.asked || find.card) return;
    find.items = (runners || []).slice(0, FOUND_MAX).map(each => ({ who: each.who || whoOf({ runner: each }), shown: shownOf(each) }));
    paint(find.items.length ? "" : `Nobody in this session fits “${words}”.`);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (asked === find.asked && !find.card) paint(find.items.length ? "The hub does not answer: only those who have arrived." : problem.message);
  }
}

function shownOf(runner) {
  const somebody = runner && (runner.name || runner.bib) ? runner : null;
  return arrivalOf({ kind: "read", offset: 0, runner: somebody, bib: somebody && somebody.bib, tag: (runner && runner.tags || [""])[0], location: "", time: "", received_at: "" });
}

function paint(words) {
  $("found").hidden = Boolean(find.card);
  $("card").hidden = !find.card;
  say($("find-said"), words);
  keep($("found"), find.items, each => each.who, "found-template", (element, { shown }) => {
    say(field(element, "bib"), shown.bib);
    say(field(element, "name"), shown.name);
    say(field(element, "detail"), shown.facts.join(" · "));
  });
  Array.from($("found").children).forEach((element, i) => mark(element, "chosen", i === find.at ? "yes" : ""));
  paintCard();
}

/** Called, too, when somebody else has starred or noted. */
export function paintCard() {
  const { card } = find, place = $("card");
  if (!card) return;
  const noted = room.mark(card.who), { shown, story, reads } = card;
  say($("card-name"), shown.name);
  say(field(place, "spoken"), shown.spoken);
  say(field(place, "bib"), shown.bib);
  say(field(place, "facts"), shown.facts.join(" · "));
  say(field(place, "note"), noted.note || "");
  say(field(place, "next"), story ? story.next : "");
  paintStory($("card-story"), story);
  keep($("card-reads"), reads, each => each.offset, "story-template", (element, { words }) => say(element, words));
  set(place.querySelector(".star-it"), "aria-pressed", String(Boolean(noted.starred)));
  say(field(place, "star"), noted.starred ? "Starred" : "Star");
}

async function choose(item) {
  const reads = room.arrivals().filter(each => each.who === item.who).map(each => ({ offset: each.offset, words: `${each.location} ${each.time}` }));
  find.card = { ...item, story: null, reads };
  find.asked += 1;
  paint("");
  $("card").querySelector("button").focus();
  const { card } = find;
  try {
    const answer = await room.ask(room.path("/runners/" + encodeURIComponent(item.who)));
    if (answer.runner) card.shown = shownOf(answer.runner);
    card.reads = passedWords(answer);
    card.story = storyOf(answer);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
  }
  if (find.card === card) paintCard();
}

function onKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && find.items.length && !find.card) {
    event.preventDefault();
    find.at = Math.max(0, Math.min(find.items.length - 1, find.at + step));
    paint(text($("find-said").textContent));
  } else if (event.key === "Enter" && event.target === $("find-words") && find.items[find.at]) {
    event.preventDefault();
    choose(find.items[find.at]);
  }
}

function onClick(event) {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  if (button.dataset.act === "found") choose(find.items.find(each => each.who === button.closest("[data-key]").dataset.key));
  if (button.dataset.act === "card-star") room.star(find.card.who);
  if (button.dataset.act === "card-note") room.note(find.card.who, find.card.shown.name);
}
