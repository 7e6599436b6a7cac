// What an announcer reads of an arrival, as flat texts. No DOM, and of the time only what is handed in.

const DOUBLE_MS = 30000;          // the same tag at the same place within this time is the same arrival
const TOGETHER_MS = 10000;
const TOGETHER_MAX = 12;          // more are a crowd
const SPOKEN = ["phonetic", "phonetic_name", "name_phonetic", "pronunciation", "pronounced", "say_name", "sounds_like"];
const MARKS = { late: "late", test: "TEST", suspect_time: "time in doubt" };
const NOT_LISTED = ["repeat", "hidden"];

/** As bibs and tags are compared: trimmed, without case, without leading zeros. */
export function normal(words) {
  const trimmed = String(words).trim(), plain = trimmed.toUpperCase().toLowerCase().replace(/^0+/, "") || trimmed.slice(0, 1);
  return /^\s/.test(plain) ? normal(plain) : plain;
}

/** What the hub calls the runner of a read: by bib as long as there is one, else by tag. */
export function whoOf(read) {
  const bib = normal(text((read.runner && read.runner.bib) || read.bib || ""));
  return bib ? "bib:" + bib : "tag:" + normal(text(read.tag));
}

/** Those worth an announcer's look, newest first. `place`: at this location only; "": at all. */
export function arrivals(reads, place = "") {
  const last = new Map(), found = [];
  for (const read of reads) {
    const marks = arrayOf(read.marks);
    if (NOT_LISTED.some(mark => marks.includes(mark)) || (place && plain(read.location) !== plain(place))) continue;
    const key = read.kind + "\n" + plain(read.location) + "\n" + read.tag, at = Date.parse(read.time);
    if (at - last.get(key) < DOUBLE_MS && at >= last.get(key)) continue;
    last.set(key, at);
    found.push(read);
  }
  return found.reverse();
}

export function places(reads) {
  const known = new Map();
  for (const { location } of reads) if (text(location) && !known.has(plain(location))) known.set(plain(location), text(location));
  return Array.from(known.values()).sort();
}

/** One read as it is shown. */
export function arrivalOf(read) {
  const gun = read.kind === "gun", runner = read.runner || null, marks = arrayOf(read.marks);
  const of = name => (runner ? text(runner[name]) : "");
  return {
    offset: read.offset, who: whoOf(read), gun, known: Boolean(runner), late: marks.includes("late"),
    at: Date.parse(read.received_at), readAt: Date.parse(read.time),
    time: (/[T ](\d\d:\d\d:\d\d)/.exec(read.time) || ["", ""])[1], location: text(read.location), place: text(read.location) + (read.lap > 1 ? `, lap ${read.lap}` : ""),
    bib: gun ? "" : of("bib") || text(read.bib), name: gun ? "Start" : nameOf(read),
    spoken: spokenOf(runner), city: cityOf(of), facts: factsOf(of), brief: factsOf(of).slice(0, 3), team: of("team_name"), last: of("last_name"),
    bonds: bondsOf(of),
    why: text(read.words), marks: marks.map(mark => MARKS[mark]).filter(Boolean),
  };
}

function nameOf({ runner, tag }) {
  if (!runner) return "Unknown tag " + text(tag);
  return text(runner.name) || [text(runner.first_name), text(runner.last_name)].filter(Boolean).join(" ") || (text(runner.bib) ? "Bib " + text(runner.bib) : "No name");
}

/** How the name is spoken, where the roster has a column that says so. */
function spokenOf(runner) {
  if (!runner) return "";
  const column = Object.keys(runner).find(name => isSpoken(name) && text(runner[name]));
  return column ? text(runner[column]) : "";
}

/** Whether a roster's column of this name says how names are spoken. */
export function isSpoken(column) {
  return SPOKEN.includes(plain(column).replace(/[ -]/g, "_"));
}

function cityOf(of) {
  return [of("city"), of("state"), of("country")].filter((part, i, all) => part && all.indexOf(part) === i).join(", ");
}

function factsOf(of) {
  return [cityOf(of), of("age") && "age " + of("age"), of("division"), of("race_name"), of("team_name")].filter(Boolean);
}

/** Who came with whom: by offset, the others of the same team, or of the same family name and city, at the same place
 * within seconds. `shown`: arrivals, newest first. */
export function together(shown) {
  const found = {};
  shown.forEach((one, i) => {
    for (let at = i + 1; at < shown.length; at++) {
      const other = shown[at];
      if (Math.abs(one.readAt - other.readAt) > TOGETHER_MS) { if (one.at - other.at > 2 * TOGETHER_MS) break; continue; }
      const why = one.who !== other.who && one.location === other.location ? bond(one, other) : "";
      if (why) { add(found, one.offset, other, why); add(found, other.offset, one, why); }
    }
  });
  for (const [offset, { others }] of Object.entries(found)) if (others.length >= TOGETHER_MAX) delete found[offset];
  return found;
}

/** What somebody shares with those who belong together: a team; a family name and a city. */
function bondsOf(of) {
  return { team: plain(of("team_name")), family: of("last_name") ? plain(of("last_name")) + "\n" + plain(of("city")) : "" };
}

function bond(one, other) {
  if (one.bonds.team && one.bonds.team === other.bonds.team) return one.team;
  return one.bonds.family && one.bonds.family === other.bonds.family ? one.last : "";
}

function add(found, offset, other, why) {
  const group = found[offset] || (found[offset] = { why, others: [] });
  if (group.others.length < TOGETHER_MAX) group.others.push(other);
}

/** "3 of Harbour Harriers" */
export function groupWords(group) {
  return group ? `${group.others.length + 1} of ${group.why}` : "";
}

export function fits(words, arrival) {
  const wanted = plain(words);
  if (!wanted) return false;
  if (/^\d+$/.test(wanted) && normal(arrival.bib) === normal(wanted)) return true;
  const name = plain(arrival.name);
  return wanted.split(" ").every(word => name.split(/[\s-]+/).some(part => part.startsWith(word)) || normal(arrival.bib).startsWith(normal(word)));
}

/** "now", "12 s", "4 min" */
export function ago(at, now) {
  const seconds = Math.floor((now - at) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (seconds < 2) return "now";
  if (seconds < 60) return seconds + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  return Math.floor(seconds / 3600) + " h";
}

export function text(value) {
  return value === null || value === undefined ? "" : String(value).replace(/\s+/g, " ").trim();
}

export function plain(words) {
  return text(words).toLowerCase();
}

function arrayOf(value) {
  return Array.isArray(value) ? value : [];
}
