// What is said of a roster's file: what its columns become, what is missing, and what an import would change or has
// changed. No DOM, no time.

import { bytes, count, listed } from "./work-words.js";

export const LEFT_OUT = "";
export const OWN = "custom";
const NAMED = 5;

/** What fields are called; the hub says which of them a column can become. */
const WORDS = new Map([
  ["bib", "Bib"], ["tags", "Tags"], ["name", "First and last name"], ["first_name", "First name"], ["last_name", "Last name"],
  ["phonetic", "Said as"], ["age", "Age"], ["birth_date", "Birth date"], ["gender", "Gender"], ["city", "City"], ["state", "Region"],
  ["country", "Country"], ["division", "Division"], ["race_name", "Race"], ["wave", "Wave"], ["team_name", "Team"], ["status", "Status"],
  ["notes", "Notes for the announcer"], ["privacy", "Privacy"], ["external_id", "Number of the registration"],
]);
const SEVERAL = ["tags", OWN, LEFT_OUT];     // as many columns as there are may be one of these

export const FORMATS = { csv: "CSV", xlsx: "Excel", xls: "Excel", xlsb: "Excel", ods: "OpenDocument" };
const ENCODINGS = {
  "utf-8": "UTF-8", "utf-16": "UTF-16", cp1252: "Western European (Windows)", "iso8859-15": "Western European (ISO)", "mac-roman": "Western European (Mac)",
  cp850: "Western European (DOS)", cp1250: "Central European (Windows)", cp1251: "Cyrillic (Windows)", cp1253: "Greek (Windows)", cp1254: "Turkish (Windows)",
  cp1257: "Baltic (Windows)", "shift-jis": "Japanese (Shift JIS)", gb18030: "Chinese (GB 18030)", big5: "Chinese (Big5)", "euc-kr": "Korean (EUC-KR)",
};
const DELIMITERS = { ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar", " ": "Space", ":": "Colon" };

export function delimiterWords(delimiter) {
  return DELIMITERS[delimiter] ? DELIMITERS[delimiter] + (delimiter.trim() ? " " + delimiter : "") : delimiter;
}

export function encodingWords(encoding) {
  return ENCODINGS[encoding] || encoding;
}

/** Of a field or an own column, for people. */
export function fieldWords(name) {
  return WORDS.get(name) || name;
}

export function headerWords(column) {
  return column.header || `Column ${column.index + 1}`;
}

export function fileFacts({ format, bytes: size, rows, columns }) {
  return [FORMATS[format] || format, bytes(size), count(rows, "row"), count(columns.length, "column")].join(" · ");
}

/** What a column can become: [value, words]. */
export function fieldsOf(file) {
  return [...file.fields, [LEFT_OUT, "Left out"]];
}

/** By the column's number, as a text: what somebody has chosen for its name before, else what the hub has for it. */
export function choices(file, before = {}) {
  const known = new Set(fieldsOf(file).map(([value]) => value));
  return Object.fromEntries(file.columns.map(column => {
    const held = column.chosen === undefined ? column.field : column.chosen;
    const value = Object.prototype.hasOwnProperty.call(before, column.header) ? before[column.header] : held || LEFT_OUT;
    return [String(column.index), known.has(value) ? value : LEFT_OUT];
  }));
}

/** As the hub wants them. */
export function asked(chosen) {
  return Object.fromEntries(Object.entries(chosen).map(([index, value]) => [index, value || null]));
}

/** What is wrong (`bad`) or missed (`warn`) with these columns: [{tone, words, column?}]; `column`: the number of one
 * that it is about. */
export function missing(kind, columns, chosen) {
  const values = Object.values(chosen), has = (...fields) => fields.some(field => values.includes(field));
  const said = twice(columns, chosen), say = (tone, words) => said.push({ tone, words });
  if (kind === "tags") {
    if (!has("bib")) say("bad", "No column is the bib: say which one it is.");
    if (!has("tags")) say("bad", "No column is the tag: say which one it is.");
  } else if (!has("bib", "tags", "name", "first_name", "last_name")) say("bad", "No column is a bib, a tag or a name: say which one is.");
  else {
    if (!has("bib")) say("warn", has("tags") ? "No column is the bib: runners are shown without one." : "No column is the bib, and none the tag: nobody can be found by a read. Say which column it is, or bring the tags in a file of their own afterwards.");
    if (!has("name", "first_name", "last_name")) say("warn", "No column is a name: screens show numbers alone.");
  }
  return said;
}

function twice(columns, chosen) {
  const by = new Map();
  for (const column of columns) {
    const [value] = chosen[String(column.index)].split(":");
    if (!SEVERAL.includes(value)) by.set(value, [...by.get(value) || [], column]);
  }
  return [...by].filter(([, same]) => same.length > 1).map(([value, same]) => ({
    tone: "bad", column: same[same.length - 1].index,
    words: listed(same.map(each => "“" + headerWords(each) + "”")) + ` cannot all be “${fieldWords(value)}”: choose one.`,
  }));
}

// ---- what would change -------------------------------------------------------------------------------------------

export function whoWords({ bib, name }) {
  return [name, bib && (name ? `(${bib})` : bib)].filter(Boolean).join(" ") || "somebody without a name and a bib";
}

/** "Ann Lee (101), Bo Berg (102) and 12 more". */
export function named(people, total) {
  const shown = people.slice(0, NAMED).map(whoWords), more = total - shown.length;
  return listed(more > 0 ? [...shown, `${more.toLocaleString("en")} more`] : shown);
}

export function figures({ good, left_out: out, diff }) {
  return [
    { key: "added", number: diff.added, words: "new" },
    { key: "changed", number: diff.changed, words: "changed" },
    { key: "same", number: diff.same, words: "as they are" },
    { key: "gone", number: diff.gone, words: "not in the file" },
    { key: "left_out", number: out, words: out === 1 ? "row left out" : "rows left out", tone: out ? "warn" : "" },
  ].filter(each => each.number || ["added", "changed"].includes(each.key) || (each.key === "same" && good));
}

/** Whether there is anything to apply. */
export function changes({ diff }, gone) {
  return diff.added + diff.changed + (gone === "remove" ? diff.gone : 0) > 0;
}

export function applyWords({ diff }, gone) {
  const parts = [diff.added && `add ${diff.added.toLocaleString("en")}`, diff.changed && `change ${diff.changed.toLocaleString("en")}`, gone === "remove" && diff.gone && `take off ${diff.gone.toLocaleString("en")}`];
  const words = listed(parts);
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : "Nothing to change";
}

export function checkedWords({ good, diff }) {
  if (!good) return "No row of it can be taken. Nothing would change.";
  if (!diff.added && !diff.changed && !diff.gone) return "The roster says all of this already: nothing would change.";
  if (!diff.added && !diff.changed) return "Whoever is in the file is on the roster as it says.";
  return "Nothing is changed yet. This is what would be:";
}

export function keptWords({ kept_by_hand: kept }) {
  return kept ? `Of ${count(kept, "runner")} what somebody has set by hand stays, whatever the file says.` : "";
}

/** Tags and bibs that two carry. */
export function ambiguousWords(doubles) {
  if (!doubles || !doubles.length) return "";
  const shown = doubles.slice(0, 20), more = doubles.length - shown.length;
  return "More than one runner has " + listed(more ? [...shown, more + " more"] : shown) + `: nobody is shown for ${doubles.length === 1 ? "it" : "them"}.`;
}

export function goneWords(diff, kind) {
  const one = diff.gone === 1;
  return `${count(diff.gone, "runner")} of an earlier file ${one ? "is" : "are"} not in this one${kind === "tags" ? ": what was said of their tags" : ""}`;
}

/** From → to. */
export function changeWords([before, after]) {
  return { before: shown(before), after: shown(after) };
}

function shown(value) {
  const text = Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? "" : String(value);
  return text || "nothing";
}

export function doneWords(result) {
  const parts = [result.added && `${result.added.toLocaleString("en")} added`, result.changed && `${result.changed.toLocaleString("en")} changed`, result.gone && `${result.gone.toLocaleString("en")} taken off`];
  const words = listed(parts);
  return (words ? words + "." : "Nothing had to be changed.") + (result.participants === undefined ? "" : ` ${count(result.participants, "runner")} on the roster.`);
}

/** How it can be taken back. */
export function undoWords(result) {
  return [
    result.gone && "Who was taken off is kept: filter the list by “Taken off”, and put them back there.",
    (result.changed || result.added) && "To undo the rest, import the file of before: what it says holds then.",
  ].filter(Boolean).join(" ");
}

export function problemsWords({ problems, left_out: out }) {
  return problems.length < out ? `The first ${problems.length.toLocaleString("en")} of ${count(out, "row")} that cannot be taken; all of them are in the CSV.` : "All others are taken.";
}

export function leftOutWords(out) {
  return out ? `${count(out, "row")} could not be taken and ${out === 1 ? "was" : "were"} left out.` : "";
}
