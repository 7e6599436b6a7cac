// Somebody to try a template with: made up, or out of a session's own roster as `/api/sessions/{id}/extremes` gives it.
// No DOM, no clock of its own; refuses to know how anything is drawn.

import { clockWords } from "./template-clock.js";
import { OF_A_RESULT, fill } from "./template-words.js";

const GUN_AGO_MS = 92 * 60000 + 7000;
const ROWS = 40;
const READS_A_RUNNER = 2.1;

const person = (bib, first_name, last_name, gender, age, city, state, country, more = {}) => ({
  bib, first_name, last_name, name: `${first_name} ${last_name}`.trim(), gender, age, city, state, country,
  division: gender + (Math.floor(age / 5) * 5) + "-" + (Math.floor(age / 5) * 5 + 4), race_name: "Half marathon", wave: "B",
  team_name: "Harbour Striders", tag_code: "58" + bib, ...more,
});

/** Names as they come: an ordinary one first, then what is hard to show. */
const PEOPLE = [
  person("2417", "Ingrid", "Solberg", "F", 34, "Bergen", "", "NOR"),
  person("108", "Tomás", "Ibarra", "M", 41, "Valparaíso", "", "CHL"),
  person("3055", "Amara", "Okafor", "F", 27, "Enugu", "", "NGA"),
  person("771", "Callum", "Fraser", "M", 52, "Oban", "", "GBR"),
  person("1290", "Mina", "Aalto", "F", 19, "Turku", "", "FIN"),
  person("46", "Jo", "Ng", "F", 38, "Ipoh", "", "MYS"),
  person("20931", "Maximiliane-Alexandra", "Freifrau von Hohenberg-Schwarzenfels", "F", 45, "Villingen-Schwenningen", "Baden-Württemberg", "DEU", {
    race_name: "Three Rivers Marathon relay", team_name: "Sportgemeinschaft Obere Donau e. V.",
  }),
  person("615", "نورة", "الهاشمي", "F", 29, "المنامة", "", "BHR"),
  person("884", "太郎", "山田", "M", 33, "横浜市", "神奈川県", "JPN", { name: "山田太郎" }),
];
const SESSION = { id: 0, name: "Sunday", event: "Three Rivers Half", timezone: "Europe/Oslo" };
const LOCATIONS = ["Start", "10 km", "Finish"];
const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** As `/api/sessions/{id}/extremes`: for who has no session yet. */
export const MADE_UP = {
  total: PEOPLE.length, runners: PEOPLE, locations: LOCATIONS, races: ["Half marathon"], session: SESSION, missing: { state: 7 },
  fields: Object.keys(PEOPLE[0]), madeUp: true,
  values: Object.fromEntries(Object.keys(PEOPLE[0]).map(field => [field, Array.from(new Set(PEOPLE.map(each => each[field]).filter(Boolean)))])),
};

const RESULT = {
  finish_time: "1:32:07", gun_time: "1:32:19", pace: "4:22", gun_pace: "4:23", overall_rank: "12", division_rank: "3", gender_rank: "9",
  penalty_time: "0:30", time_with_penalty: "1:32:37", gun_time_with_penalty: "1:32:49", start_time: "9:00:12", finish_timestamp: "10:32:07",
};

/** What can be asked for beside a roster's fields. */
const OF_A_READ = ["short_name", "location", "lap", "time", "time_of_day", "tag", "message", "event", "session"];

/** Who may be chosen: {key, label, fields}; `fields` null: a tag that nobody is known by. */
export function peopleOf(extremes) {
  const all = extremes.runners, { length } = all;
  const by = [...all].sort((a, b) => b.name.length - a.name.length);
  const found = [
    ["longest", "Longest name", by[0]], ["shortest", "Shortest name", by[length - 1]],
    ["rtl", "Written from the right", all.find(each => RTL.test(each.name))],
    ["cjk", "Without Latin letters", all.find(each => each.name > "\u3000")],
  ].filter(([, , fields]) => fields);
  return [...found.map(([key, label, fields]) => ({ key, label, fields })), { key: "unknown", label: "An unknown tag", fields: null }];
}

/** All values for one of them, as a screen has them. */
export function fieldsFor(runner, extremes) {
  const { session, locations } = extremes;
  const all = { event: session.event || "", session: session.name, location: locations[locations.length - 1] || "Finish", lap: "1", time: "1:32:07", time_of_day: "10:32:07", message: "" };
  if (!runner) return { ...all, name: "Tag 990017", last_name: "Tag 990017", first_name: "", short_name: "Tag 990017", bib: "", tag: "990017", tag_code: "990017" };
  const initial = Array.from(runner.first_name || "")[0];
  const short_name = initial && runner.last_name && runner.name < "\u3000" ? `${initial}. ${runner.last_name}` : runner.name;
  return { ...RESULT, ...runner, ...all, short_name, tag: runner.tag_code || runner.bib };
}

/** What a painter gets. `first`: who has just come; null: an unknown tag; undefined: nobody. */
export function dataFor(first, extremes, nowMs) {
  const fields = first === undefined ? { event: extremes.session.event || "", session: extremes.session.name } : fieldsFor(first, extremes);
  const people = extremes.runners.length ? extremes.runners : PEOPLE, rows = first === undefined ? [] : [fields];
  const others = people.length > 1 ? people.filter(each => each !== first) : people;
  for (let i = 0; rows.length < ROWS; i++) rows.push(fieldsFor(others[i % others.length], extremes));
  const at = { nowMs, timeZone: extremes.session.timezone || undefined, starts: [{ location: extremes.locations[0] || "", race: extremes.races[0] || "", guns: [nowMs - GUN_AGO_MS] }] };
  return { fields, known: first !== null, offset: first === undefined ? 0 : Math.max(0, people.indexOf(first)), rows, counts: countsOf(extremes), clock: block => clockWords(block, at, words => fill(words, fields)), nowMs };
}

function countsOf({ total, locations, madeUp }) {
  const roster = madeUp ? 2400 : total, at = (location, share) => ({ location, runners: Math.round(roster * share), reads: Math.round(roster * share * READS_A_RUNNER) });
  return { roster, counts: [at("", .62), ...locations.map((each, i) => at(each, .62 / (i + 1)))] };
}

/** For the list of what can be put in: {name, example, of}. */
export function placeholders(extremes) {
  const example = fieldsFor(extremes.runners[0] || PEOPLE[0], extremes);
  const given = OF_A_READ.concat(OF_A_RESULT), own = extremes.fields.filter(each => !given.includes(each));
  return [...own.map(name => ({ name, example: example[name] || (extremes.values[name] || [])[0] || "" })), ...given.map(name => ({ name, example: example[name] || "" }))];
}
