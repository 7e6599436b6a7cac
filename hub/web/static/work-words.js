// Words that work pages share. No DOM; of the time only what is handed in.

export { age, count, duration } from "./front-words.js";

const DAY_MS = 24 * 3600000;

/** When something was or will be: the time of day within a day of now, else the date. */
export function when(iso, now = Date.now()) {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return "";
  const near = Math.abs(at - now) < DAY_MS / 2;
  return new Date(at).toLocaleString("en-GB", near
    ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
}

export function bytes(number) {
  if (number < 1e6) return Math.max(1, Math.round(number / 1e3)) + " kB";
  return (number / 1e6).toLocaleString("en", { maximumFractionDigits: 1 }) + " MB";
}

/** "a", "a and b", "a, b and c". */
export function listed(parts) {
  const there = parts.filter(Boolean);
  return there.length < 2 ? there.join("") : there.slice(0, -1).join(", ") + " and " + there[there.length - 1];
}

export const STATUS = { scheduled: "Scheduled", active: "Live", ended: "Ended" };

/** What a `datetime-local` field holds, for an instant; and back. */
export function localTime(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

export function instant(local) {
  return new Date(local).toISOString();
}
