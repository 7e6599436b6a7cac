// Reads a second as a small line, and in words. No DOM.

export const WIDTH = 118, HEIGHT = 22;
const SECONDS = 59;               // as many figures as the hub gives
const RATE_OF_S = 10;             // what is said in words is of the last seconds

/** The points of a polyline: flat when nothing has come. The newest is always at the right, and the highest at the top. */
export function points(rate) {
  if (!rate.length) return `0,${HEIGHT - 1} ${WIDTH},${HEIGHT - 1}`;
  const most = Math.max(1, ...rate), step = WIDTH / (SECONDS - 1), first = SECONDS - rate.length;
  return rate.map((each, i) => `${((first + i) * step).toFixed(1)},${(HEIGHT - 1 - each / most * (HEIGHT - 2)).toFixed(1)}`).join(" ");
}

/** "12 reads a second", "8 reads a minute"; empty: nothing in the last minute. */
export function rateWords(rate) {
  const last = rate.slice(-RATE_OF_S), a_second = last.reduce((sum, each) => sum + each, 0) / RATE_OF_S;
  if (a_second >= 1) return `${Math.round(a_second).toLocaleString("en")} ${a_second < 1.5 ? "read" : "reads"} a second`;
  const a_minute = rate.reduce((sum, each) => sum + each, 0);
  return a_minute ? `${a_minute} ${a_minute === 1 ? "read" : "reads"} in the last minute` : "";
}
