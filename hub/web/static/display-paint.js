// Puts what the wall says into the page: paints what differs, fits names, and says which cards are to be seen. Knows the
// DOM; refuses to know what the messages mean.

import { hubNow } from "./display-core.js";
import { ROOM_ABOVE_NAME, SOFT_HYPHEN, fitLine, fitLines, fitName, fitRow } from "./display-fit.js";
import { makeLines } from "./display-lines.js";
import { cardTexts } from "./display-view.js";

const LOW_NAME = 96, BAND_NAME = 104, LINE_NAME_MIN = 56, LINE_NAME = .54;   // in units, and of a row

const $ = id => document.getElementById(id);

/** All files of the shipped face, so that they are at hand when the hub is not; each that comes may change the fit. */
export async function loadFonts(onLoaded) {
  document.fonts.addEventListener("loadingdone", () => { fontLoads++; onLoaded(); });
  await new Promise(done => addEventListener("load", done));    // before, the style sheet may be unknown
  for (const letter of "a\u0101\u1ebf") await document.fonts.load('700 1em "Hanken Grotesk"', letter).catch(() => {});
}

let fontLoads = 0;

/** Paints what differs, and gives the cards that are to be seen. */
export function makePainter({ code, server, onReady }) {
  const strip = makeLines({ unitPx, measure: words => widthIn(unitPx())(words) });
  let rows = new Map();           // key -> its row on the wall
  let painted = [], paintedFor = "", warnedFor = "", seenKeys = new Set(), visible = [];
  let many = null, isFetching = false;

  /** `covered`: a template stands there instead of the cards; `says`: it has a place for messages, and so needs no other. */
  function paint(seen, state, now, covered, says) {
    const { scene, stale, offset, clocks, identify, band, lines } = seen, event = seen.event || server;
    mark("state", scene === "many" && !many ? "several" : scene);
    mark("stale", String(Boolean(stale)));
    mark("offset", offset);
    mark("clocks", String(clocks.length));
    mark("layout", seen.layout);
    mark("shape", seen.shape);
    mark("band", String(Boolean(band)));
    for (const id of ["stale", "test", "clock", "session", "farewell", "more"]) say(id, seen[id]);
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
    else paintCards(seen, state, now);
    say("caption", strip.footAt(hubNow(state, now), fontLoads) || event);
    if (document.title !== event) document.title = event;
    return covered || seen.dark || seen.emergency ? [] : visible;
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
  function paintCards(seen, state, now) {
    const { scene, cards, band } = seen, textsOf = card => cardTexts(card, state, now), all = band ? cards.concat(band) : cards;
    if (many) many.age(hubNow(state, now));
    const guns = cards.filter(({ kind }) => kind === "gun").map(card => textsOf(card).time);
    const what = JSON.stringify([scene, seen.layout, seen.room, Boolean(band), innerWidth, innerHeight, $("several").parentNode.clientHeight, fontLoads, state.starts, guns, Boolean(many)]);
    if (what === paintedFor && all.length === painted.length && all.every((card, at) => card === painted[at])) return;
    painted = all;
    paintedFor = what;
    visible = all;
    if (scene === "many" && !many) fetchMany();
    paintBand(band, textsOf);
    paintRows(scene === "several" || (scene === "many" && !many) ? cards : [], seen, textsOf);
    if (many) many.paint(scene === "many" ? cards : [], seen, textsOf, { unit: unitPx(), measure: widthIn(unitPx()), now: hubNow(state, now) });
    if (scene === "runner" || scene === "gun") paintCard(cards[0], textsOf(cards[0]));
    else $("who").classList.remove("enter");
    seenKeys = new Set(all.map(({ key }) => key));
  }

  /** What only a crowd needs. */
  async function fetchMany() {
    if (many || isFetching) return;
    isFetching = true;
    try {
      many = (await import("./display-many.js")).makeMany($("cells"), () => copyOf("cell"));
      onReady();
    } catch { /* the line is down: as many rows as there is room for, until it is not */ }
    isFetching = false;
  }

  function paintCard(card, texts) {
    for (const id of ["location", "when", "time", "bib", "city", "division", "said"]) say(id, texts[id]);
    $("unknown").hidden = !texts.unknown;
    layName(texts);
    comes(card, $("who"));
  }

  function paintBand(card, textsOf) {
    const list = $("band");
    if (!card) list.textContent = "";
    else fillRow(list.firstElementChild || list.appendChild(copyOf("row")), card, textsOf(card), "band");
  }

  /** As many as there is room for; where names in two lines would take it from others, each has but one. */
  function paintRows(cards, { shape, room }, textsOf) {
    const list = $("rows"), before = rows, how = shape === "wide" ? "low" : "", row = list.clientHeight / room;
    list.style.setProperty("--row", row + "px");
    rows = new Map();
    for (const card of cards) {
      const element = before.get(card.key) || copyOf("row"), place = list.children[rows.size] || null;
      if (place !== element) {
        element.classList.remove("enter");      // what moves does not come in again
        list.insertBefore(element, place);
      }
      fillRow(element, card, textsOf(card), how);
      rows.set(card.key, element);
      comes(card, element);
    }
    while (list.children.length > rows.size) list.lastChild.remove();
    if (heightOf(rows) > list.clientHeight + rows.size) for (const card of cards) fillRow(rows.get(card.key), card, textsOf(card), "line", row / unitPx());
    let left = list.clientHeight;
    visible = cards.length ? visible.filter(card => !rows.has(card.key) || (left -= rows.get(card.key).offsetHeight) >= -list.children.length) : visible;
    mark("room", String(list.clientHeight - heightOf(rows) > 1.3 * $("below").offsetHeight));
  }

  function comes(card, element) {
    if (seenKeys.has(card.key)) return;
    element.classList.remove("enter");
    if (!card.calm) return;
    void element.offsetWidth;     // lets the same entrance begin again
    element.classList.add("enter");
  }

  return Object.assign(paint, { prepare: fetchMany });
}

function heightOf(rows) {
  return Array.from(rows.values()).reduce((sum, row) => sum + row.offsetHeight, 0);
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

/** `how`: "low" where five rows are to find room, "line" where a name has one line and no more, "band" for the one above. */
function fillRow(row, card, texts, how, height = Infinity) {
  const unit = unitPx(), element = row.querySelector(".name");
  row.classList.toggle("gun", card.kind === "gun");
  put(row.querySelector(".bib"), texts.bib);
  put(row.querySelector(".unknown"), texts.unknown ? "Unknown tag" : "");
  put(row.querySelector(".place"), texts.location);
  put(row.querySelector(".time"), texts.time);
  put(row.querySelector(".when"), texts.time ? "" : texts.when);
  const { name, short } = texts, width = element.clientWidth / unit, measure = widthIn(unit);
  lay(element, name, how === "line" ? fitLine(name, short, width, measure, Math.min(LOW_NAME, height * LINE_NAME), LINE_NAME_MIN)
    : how === "band" ? fitLine(name, short, width, measure, BAND_NAME, LINE_NAME_MIN)
    : fitRow(name, short, width, measure, how ? LOW_NAME : undefined));
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
