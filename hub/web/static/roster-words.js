// Words about participants and their tags, for the roster and the tag check. No DOM; of the time only what is handed in.

import { age, count } from "./front-words.js";

/** Who says something of a participant: as a badge, and in a sentence. */
export const ORIGINS = { hand: "by hand", provider: "service", file: "file", tags: "tag file" };
export const ORIGIN_WORDS = { hand: "What was typed here", provider: "The registration service", file: "The file" };
const SHOWN = { initials: "initials shown", bib: "bib alone shown" };

export function nameOf(person) {
  return text(person.name) || [person.first_name, person.last_name].map(text).filter(Boolean).join(" ");
}

/** "12 Ann Lee", for a sentence. */
export function calledOf(person) {
  return [text(person.bib), nameOf(person)].filter(Boolean).join(" ") || "this runner";
}

export function detailOf(person) {
  return [person.race_name, person.wave && "wave " + person.wave, person.team_name, person.city].map(text).filter(Boolean).join(" · ");
}

/** What one has to know of a row beside who it is. */
export function marksOf(person) {
  return [person.gone && "taken off", text(person.status), SHOWN[person.shown]].filter(Boolean).join(", ");
}

export function tagsOf(person) {
  const tags = person.tags || [];
  return tags.slice(0, 2).join(", ") + (tags.length > 2 ? ` +${tags.length - 2}` : "");
}

/** Where a runner's data come from, by how many fields: "18 fields of the file, 2 by hand". */
export function fromWords(person) {
  const of = {};
  for (const origin of Object.values(person.origins || {})) of[origin] = (of[origin] || 0) + 1;
  const parts = Object.keys(ORIGINS).filter(origin => of[origin]).map(origin => `${ORIGINS[origin]} ${of[origin]}`);
  return parts.length ? "Values: " + parts.join(", ") + "." : "";
}

export function rangeWords(from, shown, total) {
  return shown ? `${number(from + 1)} to ${number(from + shown)} of ${number(total)}` : "";
}

export function countedWords(total, all) {
  return total === all ? count(all, "runner") : `${number(total)} of ${count(all, "runner")}`;
}

/** Options of a facet: what everybody has first, then each with how many. */
export function optionsOf(facet, everybody, words = {}) {
  const pairs = Array.isArray(facet) ? facet : Object.entries(facet || {});
  return [{ id: "", name: everybody }, ...pairs.filter(([name, many]) => name && many).map(([name, many]) => ({ id: name, name: `${words[name] || name} (${number(many)})` }))];
}

export const WITHOUT = { tag: "tag", name: "name", bib: "bib", birth_date: "birth date", age: "age" };

/** An unknown tag: how often, where and when the last time. */
export function unknownWords({ count: times, last }, now) {
  const where = last ? [text(last.location), age(Date.parse(last.time), now)].filter(Boolean).join(", ") : "";
  return [times === 1 ? "once" : `${number(times)} times`, where].filter(Boolean).join(" · ");
}

export function number(value) {
  return Number(value || 0).toLocaleString("en");
}

export function text(value) {
  return value === null || value === undefined ? "" : String(value).replace(/\s+/g, " ").trim();
}
