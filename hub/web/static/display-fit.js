// How large a name may be and where it breaks. No DOM: the width of a text is asked for.

const NAME_MAX = 300;             // all in units: 1080 are the smaller side of the wall
const LINES_NAME_MAX = 240;       // in two lines or more
const ONE_LINE_MIN = 160;
const NAME_MIN = 96;
const ROW_NAME_MAX = 112;
const LINES_MAX = 320;            // of a line over everything
const LINES_MIN = 56;
const ANY_HEIGHT = 1e6;
export const ROOM_ABOVE_NAME = 48;
const LINE_HEIGHT = 1.12;
export const SOFT_HYPHEN = "\u00ad";      // at a line's end: is drawn as a hyphen, is no part of the name
const HYPHENATED = /^[A-Za-z\u00c0-\u024f\u0370-\u04ff]{2}$/;
const BROKEN_LINES_MAX = 8;
const PIECES_MAX = 12;            // more pieces than a name has are not tried in every way

/**
 * Lines and size, in units. One line down to 160; then two down to 96; then the same with the first name as an
 * initial, then three lines; at last a name that has no place to break is broken between letters.
 * `measure(text)` gives the width of a text at size 100.
 */
export function fitName(name, short, width, height, measure) {
  const wall = { width, height, measure };
  return sized([name], wall, NAME_MAX, ONE_LINE_MIN)
    || wrapped(wordsOf(name), 2, wall)
    || wrapped(partsOf(name), 2, wall)
    || sized([short], wall, NAME_MAX, ONE_LINE_MIN)
    || wrapped(partsOf(short), 2, wall)
    || sized([short], wall, NAME_MAX, NAME_MIN)
    || wrapped(partsOf(short), 3, wall)
    || broken(short, wall);
}

/** In a row: all rows are of one height as long as that can be, so the first name gives way before the line does. */
export function fitRow(name, short, width, measure, most = ROW_NAME_MAX) {
  const row = { width, height: ANY_HEIGHT, measure };
  return sized([name], row, most, NAME_MIN)
    || sized([short], row, most, NAME_MIN)
    || wrapped(partsOf(short), 2, row, most)
    || broken(short, row, most);
}

/** Where there is no room for a second line: what is too long even so is cut off by its box. */
export function fitLine(name, short, width, measure, most, least) {
  const line = { width, height: ANY_HEIGHT, measure };
  return sized([name], line, most, (most + least) / 2) || sized([short], line, most, least) || { lines: [short], size: least };
}

/** The largest size at which it fits, by trying: `fits(size)` lays it out so. It stays laid out at what is given back. */
export function fitLines(fits, least = LINES_MIN, most = LINES_MAX) {
  if (fits(most)) return most;
  while (most - least > 1) {
    const size = Math.floor((least + most) / 2);
    if (fits(size)) least = size; else most = size;
  }
  fits(least);
  return least;
}

/** At 100 units a text is `measure(text)` wide, and widths grow with the size; 1 % is kept for rounding. */
function sized(lines, { width, height, measure }, most, least) {
  const widest = Math.max(...lines.map(line => measure(line.trim().replace(SOFT_HYPHEN, "-"))), 1);
  const size = Math.floor(Math.min(most, width * 99 / widest, height / (lines.length * LINE_HEIGHT)));
  return size >= least ? { lines, size } : null;
}

/** The way to cut the pieces into lines that lets the name be largest. */
function wrapped(pieces, count, wall, most = LINES_NAME_MAX) {
  const fits = cuts(pieces.slice(0, PIECES_MAX - 1).concat(pieces.slice(PIECES_MAX - 1).join("") || []), count)
    .map(lines => sized(lines, wall, most, NAME_MIN));
  return fits.reduce((best, fit) => (fit && (!best || fit.size > best.size) ? fit : best), null);
}

function cuts(pieces, count) {
  if (count === 1) return [[pieces.join("")]];
  const ways = [];
  for (let at = 1; at <= pieces.length - count + 1; at++) {
    for (const rest of cuts(pieces.slice(at), count - 1)) ways.push([pieces.slice(0, at).join("")].concat(rest));
  }
  return ways;
}

function broken(name, wall, most = LINES_NAME_MAX) {
  const letters = Array.from(name);
  let best = sized([name], wall, most, 0);
  for (let count = 2; count <= BROKEN_LINES_MAX && best.size < NAME_MIN; count++) {
    const fit = sized(inEqualLines(letters, count), wall, most, 0);
    if (fit.size > best.size) best = fit;
  }
  return best;
}

/** A word of a script that hyphenates is hyphenated; what holds a digit is a number, and nothing is put into it. */
export function inEqualLines(letters, count) {
  const isNumber = letters.some(letter => /\d/.test(letter));
  const lines = [];
  for (let at = 0, end; at < letters.length; at = end) {
    const each = Math.ceil((letters.length - at) / Math.max(1, count - lines.length));
    end = Math.max(at + 1, nearBreak(letters, at + each));
    const amidWord = !isNumber && HYPHENATED.test(letters.slice(end - 1, end + 1).join(""));
    lines.push(letters.slice(at, end).join("") + (amidWord ? SOFT_HYPHEN : ""));
  }
  return lines;
}

/** A place to break within two letters of this one is the better one. */
function nearBreak(letters, end) {
  const shift = [0, -1, 1, -2, 2].find(by => /^[ -]$/.test(letters[end + by - 1] || ""));
  return end + (shift || 0);
}

function wordsOf(name) {
  return name.match(/[^ ]+ ?/g) || [name];
}

function partsOf(name) {
  return name.match(/[^ -]*[ -]|[^ -]+$/g) || [name];
}
