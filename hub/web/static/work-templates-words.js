// What the pages of templates say and ask for, as texts. No DOM.

import { count, listed, when } from "./work-words.js";

const SHOWN_MAX = 3;

/** Where the hub has it. `partner`: its short name, for who sees several. */
export function pathOf(name, more = "", partner = "", query = {}) {
  const asked = new URLSearchParams({ ...query, ...(partner ? { partner } : {}) }).toString();
  return "/api/templates/" + encodeURIComponent(name) + more + (asked ? "?" + asked : "");
}

export function pageOf(name, partner = "") {
  return "/templates/" + encodeURIComponent(name) + (partner ? "?" + new URLSearchParams({ partner }) : "");
}

export function detailOf(each, now) {
  const saved = each.updated_at ? `saved ${when(each.updated_at, now)}` : "";
  return [`${each.width} × ${each.height}`, "version " + each.version, saved && each.updated_by ? `${saved} by ${each.updated_by}` : saved].filter(Boolean).join(" · ");
}

/** `displays`: all of them, to know their names. */
export function shownOn(each, displays) {
  const names = each.displays.map(code => (displays.find(one => one.code === code) || {}).name || code);
  if (!names.length) return "";
  const more = names.length - SHOWN_MAX;
  return "Shown on " + listed(more > 0 ? [...names.slice(0, SHOWN_MAX), count(more, "other", "others")] : names);
}

/** The next name that is free: "Wall", "Wall 2", "Wall 3". To the hub "wall" is the same name. */
export function freeName(name, taken) {
  const plain = name.replace(/ \d+$/, ""), names = new Set(taken.map(each => each.toLowerCase()));
  if (!names.has(name.toLowerCase())) return name;
  let number = 2;
  while (names.has(`${plain} ${number}`.toLowerCase())) number++;
  return `${plain} ${number}`;
}

export function countedWords(all, shown) {
  if (!all) return "";
  return shown === all ? count(all, "template") : `${shown} of ${count(all, "template")}`;
}

/** What an import has done. */
export function importedWords({ name, version, images, removed }) {
  const parts = [images && count(images, "image") + " came with it", removed && removed.length && "something was taken out or made into something else"];
  const rest = listed(parts);
  return `It is here as “${name}”, version ${version}.` + (rest ? ` ${rest.charAt(0).toUpperCase()}${rest.slice(1)}${removed && removed.length ? ":" : "."}` : "");
}
