// Who was looked up, in large type, with what is wrong, and the last ones below.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import {
  askedWords, factsOf, lineOf, moreProblems, pairOf, pairWords, looseTag, resultRows, timeOf, timingWords, toneOf, verdictOf,
} from "./check-words.js";
import { detailOf, nameOf } from "./roster-words.js";
import { may } from "./work-here.js";

const LONG = 22;                  // more letters than stand in two lines of a telephone
const SIGNS = { ok: "✓", warn: "!", bad: "×", ask: "?", idle: "" };

/** `looked`: what the hub has said; null: nothing yet. `before`: what was shown before it. */
export function paintCard({ looked, before, session }, now) {
  const results = session.mode === "results", card = $("card"), person = looked && looked.participant;
  const tone = looked ? toneOf(looked) : "idle";
  mark(card, "tone", tone);
  say(field(card, "sign"), SIGNS[tone]);
  say(field(card, "verdict"), looked ? verdictOf(looked, { results }) : idleWords(session));
  sayOrHide(field(card, "asked"), looked ? askedWords(looked) : "");
  sayOrHide(field(card, "bib"), person ? person.bib || "–" : "");
  sayOrHide(field(card, "name"), person ? nameOf(person) || "No name" : "");
  mark(field(card, "name"), "long", person && nameOf(person).length > LONG ? "yes" : "");
  sayOrHide(field(card, "phonetic"), person && person.phonetic ? person.phonetic : "");
  sayOrHide(field(card, "facts"), person ? factsOf(person).join(" · ") : "");
  sayOrHide(field(card, "notes"), person && person.notes ? person.notes : "");
  sayOrHide(field(card, "timing"), person || (looked && looked.reads) ? timingWords(looked, now) : "");
  sayOrHide(field(card, "time"), results && person ? timeOf(looked.result) : "");
  paintLists(looked, results && person ? resultRows(looked.result) : []);
  paintActs(looked, before, session);
}

function paintLists(looked, rows) {
  keep($("problems"), looked && toneOf(looked) !== "ask" ? moreProblems(looked) : [], each => each, "problem-template", (element, each) => say(element, each));
  keep($("result"), rows, ([words]) => words, "result-template", (element, [words, value]) => {
    say(field(element, "words"), words);
    say(field(element, "value"), value);
  });
  const candidates = looked && !looked.participant ? looked.candidates || [] : [];
  keep($("candidates"), candidates, each => each.id, "candidate-template", (element, each) => {
    say(field(element, "bib"), each.bib || "–");
    say(field(element, "name"), nameOf(each) || "no name");
    say(field(element, "detail"), detailOf(each));
  });
}

function paintActs(looked, before, session) {
  const pair = may("operator") ? pairOf(looked, before) : null, tag = looked ? looseTag(looked) : "";
  sayOrHide($("pair"), pair ? pairWords(pair) : "");
  $("whose").hidden = !tag || !may("operator");
  const link = $("open"), person = looked && looked.participant;
  link.hidden = !person || !person.id;
  if (person && person.id) set(link, "href", `/sessions/${session.id}/roster?who=${person.id}`);
  $("card-acts").hidden = $("pair").hidden && $("whose").hidden && link.hidden;
}

function idleWords({ mode }) {
  return mode === "results" ? "Scan a tag, or type a bib or a name: their result stands here." : "Scan a tag, or type a bib or a name.";
}

/** `last`: [{key, looked, time}], the newest first. */
export function paintLast(last) {
  $("last-none").hidden = last.length > 0;
  keep($("last"), last, each => each.key, "last-template", (element, { looked, time }) => {
    const line = lineOf(looked), tone = toneOf(looked);
    mark(element, "tone", tone);
    say(field(element, "sign"), SIGNS[tone]);
    say(field(element, "bib"), line.bib);
    say(field(element, "name"), line.name);
    say(field(element, "words"), line.words);
    say(field(element, "time"), time);
  });
}
