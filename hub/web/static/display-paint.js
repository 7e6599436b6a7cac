// Puts what the wall says into the page: paints what differs, fits names, and says which cards came to be seen. Knows the
// DOM; refuses to know what the messages mean.

import { hubNow } from "./display-core.js";
import { ROOM_ABOVE_NAME, SOFT_HYPHEN, fitLines, fitName, fitRow } from "./display-fit.js";
import { makeLines } from "./display-lines.js";
import { cardTexts } from "./display-view.js";

const $ = id => document.getElementById(id);

/** All files of the shipped face, so that they are at hand when the hub is not; each that comes may change the fit. */
export async function loadFonts(onLoaded) {
  document.fonts.addEventListener("loadingdone", () => { fontLoads++; onLoaded(); });
  await new Promise(done => addEventListener("load", done));    // before, the style sheet may be unknown
  for (const letter of "a\u0101\u1ebf") await document.fonts.load('700 1em "Hanken Grotesk"', letter).catch(() => {});
}

let fontLoads = 0;

/** Paints what differs; `onShown(cards)` is called for the first frame of cards. */
export function makePainter({ code, server, onShown }) {
  const strip = makeLines({ unitPx, measure: words => widthIn(unitPx())(words) });
  let rows = new Map();           // key -> its row on the wall
  let painted = [], paintedFor = "", warnedFor = "", seenKeys = new Set(), fresh = [];

  /** `covered`: a template stands there instead of the cards; `says`: it has a place for messages, and so needs no other. */
  function paint(seen, state, now, covered, says) {
    const { scene, stale, offset, clocks, identify, lines } = seen, event = seen.event || server;
    mark("state", scene);
    mark("stale", String(Boolean(stale)));
    mark("offset", offset);
    mark("clocks", String(clocks.length));
    for (const id of ["stale", "test", "clock", "session", "farewell"]) say(id, seen[id]);
    say("event", event);
    mark("dark", String(seen.dark));
    mark("template", String(covered));
    $("identify").hidden = !identify;
    if (identify) {
      say("identify-code", code);
      for (const part of ["display", "screen", "id"]) say("identify-" + part, identify[part]);
    }
    if (!covered) for (const list of document.querySelectorAll(".clocks")) paintClocks(list, clocks);
    paintEmergency(seen.emergency);
    const { pinned } = lines, turning = !covered && lines.rotating ? [lines.rotating] : [];
    strip.paint(says ? [] : pinned.length ? pinned : turning, pinned.length ? "pinned" : "rotating", { scene, covered, fonts: fontLoads });
    if (covered) paintedFor = "";
    else paintCards(seen, state, card => cardTexts(card, state, now));
    say("caption", strip.footAt(hubNow(state, now), fontLoads) || event);
    if (document.title !== event) document.title = event;
  }

  /** As large as it fits; said once to who does not see it. */
  function paintEmergency(words) {
    const what = JSON.stringify([words, innerWidth, innerHeight, fontLoads]);
    if (what === warnedFor) return;
    warnedFor = what;
    say("emergency-text", words);
    $("emergency").hidden = !words;
    if (words) layLines($("emergency-text"), $("emergency"));
  }

  /** Anew when anything that matters is another; the race clocks of guns go on by the second. */
  function paintCards({ scene, cards }, { starts }, textsOf) {
    const guns = cards.filter(({ kind }) => kind === "gun").map(card => textsOf(card).time);
    const what = JSON.stringify([scene, innerWidth, innerHeight, fontLoads, starts, guns]);
    if (what === paintedFor && cards.length === painted.length && cards.every((card, at) => card === painted[at])) return;
    painted = cards;
    paintedFor = what;
    fresh = [];
    paintRows(scene === "several" ? cards : [], textsOf);
    if (scene === "runner" || scene === "gun") paintCard(cards[0], textsOf(cards[0]));
    else $("who").classList.remove("enter");
    seenKeys = new Set(cards.map(({ key }) => key).filter(key => seenKeys.has(key)));
    if (fresh.length) onShown(fresh);
  }

  function paintCard(card, texts) {
    for (const id of ["location", "when", "time", "bib", "city", "division"]) say(id, texts[id]);
    $("unknown").hidden = !texts.unknown;
    layName(texts);
    comes(card, $("who"));
  }

  /** From the top until the wall is full. Who finds no place is counted. */
  function paintRows(cards, textsOf) {
    const list = $("rows"), before = rows;
    let room = list.clientHeight;
    rows = new Map();
    for (const card of cards) {
      const row = before.get(card.key) || copyOf("row"), place = list.children[rows.size] || null;
      if (place !== row) {
        row.classList.remove("enter");          // what moves does not come in again
        list.insertBefore(row, place);
      }
      fillRow(row, card, textsOf(card));
      room -= row.offsetHeight;
      if (room < -1 && rows.size) break;
      rows.set(card.key, row);
      comes(card, row);
    }
    while (list.children.length > rows.size) list.lastChild.remove();
    mark("room", String(room > 1.3 * $("below").offsetHeight));
    say("more", cards.length > rows.size ? "and " + (cards.length - rows.size) + " more" : "");
  }

  function comes(card, element) {
    if (seenKeys.has(card.key)) return;
    seenKeys.add(card.key);
    fresh.push(card);
    element.classList.remove("enter");
    if (!card.calm) return;
    void element.offsetWidth;     // lets the same entrance begin again
    element.classList.add("enter");
  }

  return paint;
}

function mark(name, value) {
  if (document.body.dataset[name] !== value) document.body.dataset[name] = value;
}

function say(id, words) {
  put($(id), words);
}

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
  if (element.hidden !== !words) element.hidden = !words;
}

function copyOf(template) {
  return $(template).content.firstElementChild.cloneNode(true);
}

function paintClocks(list, clocks) {
  while (list.children.length > clocks.length) list.lastChild.remove();
  clocks.forEach(({ label, time }, at) => {
    const line = list.children[at] || list.appendChild(copyOf("race"));
    put(line.querySelector(".label"), label);
    put(line.querySelector(".time"), time);
  });
}

// ---- names -------------------------------------------------------------------------------------------------

/** The name in its lines; a name written from the right turns the card round, and the card only. */
function layName({ name, short }) {
  const unit = unitPx(), element = $("name");
  lay(element, name, fitName(name, short, element.clientWidth / unit, roomForName(unit) / unit, widthIn(unit)));
  $("who").dir = getComputedStyle(element).direction;
}

function fillRow(row, card, texts) {
  const unit = unitPx(), element = row.querySelector(".name");
  row.classList.toggle("gun", card.kind === "gun");
  put(row.querySelector(".bib"), texts.bib);
  put(row.querySelector(".unknown"), texts.unknown ? "Unknown tag" : "");
  put(row.querySelector(".place"), texts.location);
  put(row.querySelector(".time"), texts.time);
  put(row.querySelector(".when"), texts.time ? "" : texts.when);
  lay(element, texts.name, fitRow(texts.name, texts.short, element.clientWidth / unit, widthIn(unit)));
  row.dir = getComputedStyle(element).direction;
}

function lay(element, name, { lines, size }) {
  element.textContent = "";
  for (const line of lines) element.appendChild(lineOf(line));
  element.style.fontSize = size * unitPx() + "px";
  element.setAttribute("aria-label", name);
}

/** Words that break by themselves, as large as the room around them lets them be. */
function layLines(element, around) {
  const unit = unitPx(), style = getComputedStyle(around);
  const room = around.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const isTooWide = () => element.scrollWidth > element.clientWidth;
  element.style.overflowWrap = "normal";
  fitLines(size => {
    element.style.fontSize = size * unit + "px";
    return element.offsetHeight <= room && !isTooWide();
  });
  if (isTooWide()) element.style.overflowWrap = "anywhere";      // a word that is longer than the wall is wide
}

function lineOf(words) {
  const span = document.createElement("span");
  span.className = words.endsWith(SOFT_HYPHEN) ? "line hyphened" : "line";
  span.textContent = words.replace(SOFT_HYPHEN, "");
  return span;
}

function roomForName(unit) {
  const below = $("who").offsetHeight - $("name").offsetHeight;
  return Math.max(0, $("card").clientHeight - $("location").parentNode.offsetHeight - below - ROOM_ABOVE_NAME * unit);
}

function unitPx() {
  return parseFloat(getComputedStyle($("ruler")).fontSize) / 100;
}

function widthIn(unit) {
  return words => {
    $("ruler").textContent = words;
    return $("ruler").getBoundingClientRect().width / unit;
  };
}
