// How large a block's text may be and where it breaks, by the block's own numbers. No DOM: the width of a text is asked
// for. What is never done: a text is not cut, and of a name only the first one gives way.

import { SOFT_HYPHEN, inEqualLines } from "./display-fit.js";

const MORE_LINES_GAIN = 1.12;     // so much larger must a text become for another line to be worth it
const SEARCH_STEPS = 14;
const EAST_ASIAN = /[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
const EAST_ASIAN_LEAST = 8;       // letters: a shorter name stays in one line
const CELL_SHRINKS = .8;          // in a list the first name gives way before a row looks like another list's

/**
 * As large as it fits: at word ends, at hyphens, then with the first name as an initial, at last smaller than the least
 * size or broken between letters, and then it does not fit.
 * `room`: {width, height, most, least, lines, leading}; `measure(text)`: its width at size 100.
 */
export function fitWords(words, short, room, measure) {
  if (!words) return { lines: [], size: room.most, fits: true, shortened: false };
  const least = Math.min(room.least, room.most);
  const forms = [words, short || words].filter((form, at, all) => all.indexOf(form) === at);
  for (const form of forms) {
    for (const cut of room.lines > 1 ? [atSpaces, atHyphens] : [atSpaces]) {
      const fit = wrapped(cut(form), room, measure);
      if (fit.size >= least) return { lines: fit.lines, size: fit.size, fits: true, shortened: form !== words };
    }
  }
  const last = forms[forms.length - 1], fit = larger(wrapped(atHyphens(last), room, measure), broken(last, room, measure));
  return { lines: fit.lines, size: fit.size, fits: false, shortened: last !== words };
}

/** In a list all rows are to be of one size as long as that can be. */
export function fitCell(words, short, room, measure) {
  const fit = fitWords(words, short, Object.assign({}, room, { least: Math.max(room.least, room.most * CELL_SHRINKS) }), measure);
  return fit.fits ? fit : fitWords(words, short, room, measure);
}

/** In as few lines as do, since one that is hardly larger reads no better. */
function wrapped(pieces, room, measure) {
  const gap = measure("n n") - measure("nn");
  const measured = pieces.map(piece => {
    const bare = piece.words.trim();
    return { words: piece.words, hard: piece.hard, width: measure(bare), gap: bare === piece.words ? 0 : gap };
  });
  const least = 1 + pieces.filter(piece => piece.hard).length;
  let best = null;
  for (let count = least; count <= Math.max(room.lines, least) && count <= Math.max(pieces.length, least); count++) {
    const fit = sized(cutInto(measured, count), room, measure);
    if (!best || fit.size >= best.size * MORE_LINES_GAIN) best = fit;
  }
  return best;
}

/** The narrowest way to put the pieces into so many lines. */
function cutInto(pieces, count) {
  let low = Math.max(...pieces.map(piece => piece.width));
  let high = pieces.reduce((sum, piece) => sum + piece.width + piece.gap, 0);
  if (linesAt(pieces, low).length <= count) high = low;
  for (let step = 0; step < SEARCH_STEPS && high - low > 1; step++) {
    const middle = (low + high) / 2;
    if (linesAt(pieces, middle).length <= count) high = middle; else low = middle;
  }
  return linesAt(pieces, high);
}

function linesAt(pieces, width) {
  const lines = [];
  let room = -1;                  // none: the first piece opens a line
  for (const piece of pieces) {
    if (room < piece.width) {
      lines.push("");
      room = width;
    }
    lines[lines.length - 1] += piece.words;
    room = piece.hard ? -1 : room - piece.width - piece.gap;
  }
  return lines;
}

/** 1 % is kept for rounding. */
function sized(lines, { width, height, most, leading }, measure) {
  const widest = Math.max(1, ...lines.map(line => measure(line.trim().replace(SOFT_HYPHEN, "-"))));
  const size = Math.min(most, width * 99 / widest, height / (lines.length * leading));
  return { lines, size: Math.max(1, size > 20 ? Math.floor(size) : Math.floor(size * 4) / 4) };
}

function broken(words, room, measure) {
  const letters = Array.from(words.replace(/\n/g, " "));
  let best = sized([letters.join("")], room, measure);
  for (let count = 2; count <= Math.min(room.lines, letters.length); count++) {
    const lines = inEqualLines(letters, count);      // a near break may make it one more
    if (lines.length <= room.lines) best = larger(best, sized(lines, room, measure));
  }
  return best;
}

function larger(one, other) {
  return one && one.size >= other.size ? one : other;
}

function atSpaces(words) {
  return paragraphs(words, line => [].concat(...(line.match(/[^ ]+ */g) || [""]).map(byLetter)));
}

function atHyphens(words) {
  return paragraphs(words, line => [].concat(...(line.match(/[^ -]*(?:-+| +)|[^ -]+$/g) || [line]).map(byLetter)));
}

/** Where words are not told apart by spaces, a long text breaks anywhere. */
function byLetter(piece) {
  const letters = Array.from(piece);
  return letters.length >= EAST_ASIAN_LEAST && letters.every(letter => EAST_ASIAN.test(letter) || !/\w/.test(letter)) ? letters : [piece];
}

function paragraphs(words, cut) {
  const lines = words.split("\n");
  return [].concat(...lines.map((line, at) => {
    const pieces = cut(line.replace(/[ \t]+/g, " ").trim()).map(piece => ({ words: piece, hard: false }));
    if (at < lines.length - 1) pieces[pieces.length - 1].hard = true;
    return pieces;
  }));
}
