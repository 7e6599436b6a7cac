// Puts an announcer's page together: who is shown large, the list, what can be done. What is shown is handed in, whole.

import { ago, groupWords } from "./announce-words.js";
import { fitLines } from "./display-fit.js";
import { $, field, keep, mark, say, set } from "./front-paint.js";

const NAME_MAX_PX = 132;
const NAME_MIN_PX = 34;
const NAME_SHARE = .34;           // of the height, at the most, beside a list
const STACKED_SHARE = .24;        // above it
const MANY = 99;                  // and no more digits: the room is a thumb's
let fitted = "";

/** `hero`: an arrival, or null; with what is said of it: {said, waiting, mark, group, story}. */
export function paintHero(hero, said, { now, flood, empty, words }) {
  const large = $("hero"), nobody = $("nobody");
  large.hidden = !hero || flood;
  nobody.hidden = Boolean(hero) || flood;
  mark($("desk"), "nobody", empty ? "yes" : "");
  say($("nobody-words"), words[0]);
  say($("nobody-next"), words[1]);
  if (!hero || flood) { fitted = ""; return; }
  const { story, mark: noted } = said;
  for (const name of ["place", "time", "name", "bib"]) say(field(large, name), hero[name]);
  say(field(large, "age"), ago(hero.at, now));
  say(field(large, "marks"), hero.marks.join(", "));
  say(field(large, "spoken"), hero.spoken);
  say(field(large, "facts"), hero.facts.join(" · "));
  say(field(large, "note"), noted.note || "");
  say(field(large, "together"), togetherWords(said.group) || (story ? story.together : ""));
  for (const name of ["passed", "next"]) say(field(large, name), story ? story[name] : "");
  paintStory($("story"), story);
  mark(large, "said", said.said ? "yes" : "");
  fitName(hero.name);
}

export function paintStory(list, story) {
  keep(list, story ? story.facts : [], fact => fact, "story-template", (element, fact) => say(element, fact));
}

function togetherWords(group) {
  if (!group) return "";
  const others = group.others.slice(0, 5).map(each => each.name), more = group.others.length - others.length;
  return `${group.why}, with ${others.join(", ")}` + (more > 0 ? ` and ${more} more` : "");
}

/** As large as it goes in two lines. Done anew only for another name or another size of the window. */
function fitName(name) {
  const title = $("hero-name"), { clientWidth: width } = title, desk = $("hero").parentElement;
  const stacked = $("hero").offsetWidth >= desk.clientWidth, room = desk.clientHeight * (stacked ? STACKED_SHARE : NAME_SHARE);
  const key = [name, width, room, document.fonts.status].join("\n");
  if (key === fitted || !width) return;
  fitted = key;
  fitLines(size => {
    title.style.fontSize = size + "px";
    return title.scrollWidth <= width && title.offsetHeight <= Math.max(size * 1.3, Math.min(size * 2.2, room));
  }, NAME_MIN_PX, Math.min(NAME_MAX_PX, Math.max(48, room / 1.6)));
}

/** `rows`: [{arrival, said, waiting, mark, group}], newest first. */
export function paintRows(rows, { chosen, now }) {
  keep($("rows"), rows, row => row.arrival.offset, "row-template", (element, row) => paintRow(element, row, chosen, now));
  rows.forEach(({ arrival, group }, i) => mark($("rows").children[i], "group", placeInGroup(rows, i, arrival, group)));
}

function paintRow(element, { arrival, said, waiting, mark: noted, group }, chosen, now) {
  say(field(element, "bib"), arrival.bib);
  say(field(element, "name"), arrival.name);
  say(field(element, "detail"), [arrival.why, noted.note, groupWords(group), ...(arrival.gun ? [arrival.location] : arrival.brief)].filter(Boolean).join(" · "));
  say(field(element, "age"), ago(arrival.at, now));
  say(field(element, "marks"), arrival.marks.join(", "));
  mark(element, "said", said ? "yes" : "");
  mark(element, "starred", noted.starred ? "yes" : "");
  mark(element, "unknown", arrival.known || arrival.gun ? "" : "yes");
  mark(element, "gun", arrival.gun ? "yes" : "");
  mark(element, "chosen", arrival.offset === chosen ? "yes" : "");
  if (arrival.offset === chosen) set(element.firstElementChild, "aria-current", "true"); else element.firstElementChild.removeAttribute("aria-current");
  const [star, tick] = element.querySelectorAll(".square");
  set(star, "aria-pressed", String(Boolean(noted.starred)));
  set(star, "aria-label", "Star " + arrival.name);
  set(tick, "aria-pressed", String(said));
  set(tick, "aria-label", `Said: ${arrival.name}${waiting ? ", waiting for the hub" : ""}`);
  mark(tick, "waiting", waiting ? "yes" : "");
}

/** Those who stand below each other in the list get one bar. */
function placeInGroup(rows, i, arrival, group) {
  if (!group) return "";
  const joined = other => Boolean(other && other.group && other.group.why === group.why && group.others.some(each => each.offset === other.arrival.offset));
  const above = joined(rows[i - 1]), below = joined(rows[i + 1]);
  return above && below ? "middle" : above ? "last" : below ? "first" : "";
}

/** What can be done with the one that is chosen. */
export function paintActs(chosen, { said, waiting, mark: noted }) {
  const acts = $("acts");
  mark(acts, "none", chosen && !chosen.gun ? "" : "yes");
  if (!chosen) return;
  const [note, star, tick] = acts.querySelectorAll("button");
  set(tick, "aria-pressed", String(said));
  say(field(acts, "say"), said ? (waiting ? "Said, waiting" : "Said, take back") : "Said");
  mark(tick, "waiting", waiting ? "yes" : "");
  tick.classList.toggle("main", !said);
  set(star, "aria-pressed", String(Boolean(noted.starred)));
  say(field(acts, "star"), noted.starred ? "Starred" : "Star");
  set(note, "aria-label", `Note of ${chosen.name}`);
}

const AUDIENCES = { announcer: "To announcers", crew: "To the crew" };

/** What is said to people who work here, and the line over everything. */
export function paintStaff({ messages, emergency }, now) {
  const inForce = each => !(Date.parse(each.begins_at) > now) && !(Date.parse(each.ends_at) <= now);
  const items = messages.filter(each => AUDIENCES[each.audience] && inForce(each)).map(each => ({ ...each, words: AUDIENCES[each.audience] }));
  if (emergency) items.unshift({ id: "emergency", kind: "emergency", words: "On all screens", text: emergency });
  keep($("staff"), items, each => each.id, "staff-template", (element, each) => {
    say(field(element, "audience"), each.words);
    say(field(element, "text"), each.text);
    mark(element, "kind", each.kind);
  });
}

export function paintState(tone, words) {
  say($("state"), words);
  mark($("state"), "tone", tone);
}

function many(number) {
  return number > MANY ? MANY + "+" : number ? String(number) : "";
}

const MODES = { auto: ["Calm", "Flood"], calm: ["Calm kept", "Calm kept"], flood: ["Flood kept", "Flood kept"] };

export function paintTools({ show, unsaid, unshown, flood, mode }) {
  for (const tab of $("tabs").children) set(tab, "aria-pressed", String(tab.dataset.show === show));
  say(field($("tabs"), "unsaid"), many(unsaid));
  const hidden = $("tabs").querySelector("[data-show=unshown]");
  hidden.hidden = unshown === null;
  say(field($("tabs"), "unshown"), many(unshown));
  say($("flood"), MODES[mode][Number(flood)]);
  set($("flood"), "aria-pressed", String(flood));
  set($("flood"), "aria-label", { auto: `${flood ? "Flood" : "Calm"}, by itself`, calm: "Calm kept, whatever comes", flood: "Flood kept, whatever comes" }[mode]);
  mark($("flood"), "tone", mode === "auto" ? "" : "warn");
}
