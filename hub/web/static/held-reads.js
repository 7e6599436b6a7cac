// Reads as a page holds them, and how what the hub says of one changes them. No DOM, no clock; refuses to know what else
// is held.

export function isRead(read) {
  return Boolean(read) && (read.kind === "read" || read.kind === "gun") && Number.isSafeInteger(read.offset);
}

/** With the next one, and the last `most`. What was there before comes once more to who was away. */
export function withRead(held, read, most) {
  if (!isRead(read) || held.offset === null || read.offset <= held.offset) return held;
  return { ...held, offset: read.offset, reads: held.reads.concat(read).slice(-most) };
}

export function corrected(held, { offset, runner }) {
  const change = read => ({ ...read, runner: runner || null, bib: runner ? runner.bib : null });
  return { ...held, reads: held.reads.map(read => (read.offset === offset ? change(read) : read)) };
}

/** In its turn, which is the next offset, it was void before it came here. */
export function retracted(held, { offset }) {
  const reached = held.offset !== null && offset === held.offset + 1 ? offset : held.offset;
  return { ...held, offset: reached, reads: held.reads.filter(read => read.offset !== offset) };
}
