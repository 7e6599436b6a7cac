// How long reads take to the wall, in words. No DOM, no clock.

const SLOW_MS = 1000;             // of twenty reads the slowest: by then people have looked up already
const LONG_MS = 10000;            // from here on nobody counts in milliseconds
const PARTS = {
  read: "From the mat to the hub", journal: "On the hub’s disk", send: "To the last screen’s line", paint: "Painted by a screen", whole: "From the mat to the wall",
};

/** Milliseconds, with as many digits as anybody can use. */
export function millis(ms) {
  if (ms === null || ms === undefined) return "–";
  return ms < LONG_MS ? digits(ms) : digits(ms / 1000) + " s";
}

function digits(number) {
  return number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString("en");
}

/** The figures of the last minute in a line: half of all reads, all but one in twenty, all but one in a hundred. */
export function took(latency) {
  if (!latency) return "";
  const each = [latency.p50_ms, latency.p95_ms, latency.p99_ms], long = each[2] >= LONG_MS;
  return each.map(ms => (long ? digits(ms / 1000) : millis(ms))).join(" · ") + (long ? " s" : " ms");
}

export function isSlow(latency) {
  return Boolean(latency) && latency.p95_ms > SLOW_MS;
}

/** One row for each part of the way of which something is known: its name, its words, and its three figures. */
export function partRows(parts) {
  return Object.keys(PARTS).filter(name => parts[name]).map(name => {
    const { p50_ms, p95_ms, p99_ms, count } = parts[name];
    return { name, words: PARTS[name], count, figures: [p50_ms, p95_ms, p99_ms].map(millis) };
  });
}

/** What became of the reads of a session. `more`: a number of something, in words. */
export function shownWords({ reads, shown, called }, more) {
  if (!reads) return "No read yet.";
  const missed = reads - shown;
  return [
    missed ? `${shown.toLocaleString("en")} of ${more(reads, "read")} shown` : `All ${more(reads, "read")} shown`,
    missed ? `${missed.toLocaleString("en")} never` : "", called ? `${called.toLocaleString("en")} called` : "",
  ].filter(Boolean).join(" · ");
}
