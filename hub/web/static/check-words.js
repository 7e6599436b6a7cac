// What the tag check says of a look-up: how good it is, in words; what is known of the runner; official results. No DOM,
// no clock.

import { age } from "./front-words.js";
import { calledOf, nameOf, text } from "./roster-words.js";

export const TONES = ["ok", "warn", "bad"];
const BAD = ["unknown", "tag_of_two", "bib_of_two"];
const LABELS = { tag: "Tag", bib: "Bib", name: "Name" };
const RESULTS = {
  finish_time: "Time", chip_time: "Chip time", gun_time: "Gun time", pace: "Pace", overall_rank: "Overall", gender_rank: "Of their gender",
  division_rank: "Of their division", race_rank: "Of the race",
};
const TIMES = ["finish_time", "chip_time", "gun_time"];

/** `ok`: this is who it is, and nothing is wrong. `ask`: several may be meant. */
export function toneOf({ participant, candidates = [], problems = [] }) {
  if (problems.some(each => BAD.includes(each.kind))) return "bad";
  if (!participant) return candidates.length ? "ask" : "bad";
  return problems.length ? "warn" : "ok";
}

/** What is said first, beside the colour. */
export function verdictOf(looked, { results = false } = {}) {
  const tone = toneOf(looked), { participant, problems = [] } = looked;
  if (tone === "ask") return "Who is it?";
  if (problems.length) return problems[0].words;
  if (results && participant) return timeOf(looked.result) ? "Official result" : "No result yet";
  return looked.as === "tag" ? "The tag is right" : "On the roster";
}

/** Everything that is wrong but the first, which is the verdict. */
export function moreProblems({ problems = [] }) {
  return problems.slice(1).map(each => each.words);
}

export function askedWords({ code, as }) {
  return [LABELS[as], code].filter(Boolean).join(" ");
}

export function factsOf(person) {
  return [person.race_name, person.wave && "Wave " + person.wave, person.division, person.team_name, person.city].map(text).filter(Boolean);
}

/** "Tag 900005, read 3 times, last Finish 4 s ago": what the timing knows of them. */
export function timingWords({ participant, reads, last }, now) {
  const tags = (participant && participant.tags) || [];
  const which = tags.length ? (tags.length > 1 ? "Tags " : "Tag ") + tags.join(", ") : "";
  const where = last ? "last " + [text(last.location), age(Date.parse(last.time), now)].filter(Boolean).join(", ") : "";
  const often = reads ? (reads === 1 ? "read once" : `read ${reads} times`) + (where ? ", " + where : "") : "not read yet";
  return [which, often].filter(Boolean).join(" · ");
}

/** The one that is said in large type. */
export function timeOf(result) {
  const name = TIMES.find(each => result && text(result[each]));
  return name ? text(result[name]) : "";
}

/** The rest: [words, value]. */
export function resultRows(result) {
  const time = TIMES.find(each => result && text(result[each]));
  return Object.keys(result || {}).filter(name => name !== time && text(result[name]))
    .map(name => [RESULTS[name] || labelled(name), text(result[name])]);
}

function labelled(name) {
  const words = name.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The tag that is to become somebody's; "": none. What nobody knows is one if it was read, or looks like one. */
export function looseTag({ code, as, participant, reads }) {
  if (participant || as === "bib" || as === "name") return "";
  return as === "tag" || reads || /^(?=.*\d)\S{4,}$/.test(code) ? code : "";
}

/** A loose tag and a runner, one looked up after the other, whichever came first: they may belong together. */
export function pairOf(looked, before) {
  if (!looked || !before) return null;
  for (const [one, other] of [[looked, before], [before, looked]]) {
    const tag = looseTag(one);
    if (tag && other.participant) return { tag, person: other.participant };
  }
  return null;
}

export function pairWords({ tag, person }) {
  return `Give tag ${tag} to ${calledOf(person)}`;
}

/** A line of those below. */
export function lineOf(looked) {
  const { participant, problems = [], candidates = [] } = looked;
  return {
    bib: participant ? text(participant.bib) : "", name: participant ? nameOf(participant) || "no name" : askedWords(looked),
    words: problems.length ? problems[0].words : participant ? text(participant.race_name) : candidates.length ? `${candidates.length} fit` : "",
  };
}

/** A read that nobody looked up, as a look-up would say it. */
export function lookedOf(read) {
  const runner = read.runner || null, tag = text(read.tag);
  return {
    code: tag, as: "tag", candidates: [], reads: 0, last: { location: read.location, time: read.time }, result: null,
    participant: runner ? { ...runner, tags: [tag] } : null,
    problems: runner ? [] : [{ kind: "unknown", words: `Nobody has tag ${tag}` }],
  };
}
