// Placeholders in a text, and what stands in their places. No DOM; refuses to know whose fields they are.

const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,63}?)\s*\}\}/gu;

/** "" when it has placeholders and none of them has a value. */
export function fill(words, fields) {
  let asked = 0, found = 0;
  const filled = String(words || "").replace(PLACEHOLDER, (_, key) => {
    const value = valueOf(fields, key);
    asked++;
    if (value) found++;
    return value;
  });
  if (!asked) return filled;
  return found ? filled.split("\n").map(line => line.replace(/[^\S\u202f]+/g, " ").trim()).join("\n") : "";
}

export function placeholdersOf(words) {
  const found = [];
  String(words || "").replace(PLACEHOLDER, (_, key) => found.push(key));
  return Array.from(new Set(found));
}

function valueOf(fields, key) {
  if (Object.prototype.hasOwnProperty.call(fields, key)) return String(fields[key]);
  const wanted = key.toLowerCase(), like = Object.keys(fields).find(each => each.toLowerCase() === wanted);
  return like === undefined ? "" : String(fields[like]);
}
