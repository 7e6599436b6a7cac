// Where messages stand on a wall: in a strip between the runner and the small print, as large as its words let it be, and
// never over anybody: what it takes, the scene above has not. Where many are on the wall, none of them gives way: then
// messages stand in the place of the small print, a line at a time. Knows the DOM; refuses to know when a message is up.

import { fitLines } from "./display-fit.js";

const MANY = ["several", "many"];
const LINE_HEIGHT = 1.16;         // as display.css has it
const BUSY = { sizes: [84, 68, 60, 54, 48, 48], least: [60, 54, 48, 48, 46, 44] };          // by lines, in units
const RESTING = { sizes: [132, 112, 88, 72, 60, 52], least: [84, 76, 60, 52, 48, 44] };

const PAGE_MS = 4000;             // of what needs more than a line there
const FOOT = 52;                  // its letters, and the dot before them, as display.css has them
const DOT = 40;

/** `unitPx()`: of the wall; `measure(text)`: its width in units at size 100. */
export function makeLines({ unitPx, measure }) {
  const strip = document.getElementById("line"), list = document.getElementById("line-words"), foot = document.getElementById("caption");
  let painted = "", said = "", below = [], pages = [], paged = "";

  /** `words`, one for each message, of a `kind`, "pinned" or "rotating": as they stand before the scene is painted. */
  function paint(words, kind, { scene, covered, fonts }) {
    below = !covered && MANY.includes(scene) ? words : [];
    const says = below.length ? kind : "";
    if (foot.dataset.says !== says) foot.dataset.says = says;
    paintStrip(below.length ? [] : words, kind, scene === "resting", covered, fonts);
  }

  /** What the small print says instead of its own, when all else there is painted; "": nothing. */
  function footAt(hubMs, fonts) {
    return below.length ? pageOf(below, hubMs, fonts) : "";
  }

  function pageOf(words, hubMs, fonts) {
    const width = foot.clientWidth, what = JSON.stringify([words, width, fonts]);
    if (what !== paged) pages = [].concat(...words.map(each => cut(each, 100 * (width / unitPx() - DOT) / FOOT)));
    paged = what;
    return pages[Math.floor((hubMs || 0) / PAGE_MS) % pages.length];
  }

  /** Words in lines of nearly the same length, as few as can be. */
  function cut(words, width) {
    const whole = measure(words), room = Math.max(width / 2, Math.min(width, 1.12 * whole / Math.ceil(whole / width)));
    return words.split(" ").reduce((lines, word) => {
      const last = lines.length - 1, longer = last < 0 ? word : lines[last] + " " + word;
      if (last < 0 || measure(longer) > room) lines.push(word); else lines[last] = longer;
      return lines;
    }, []);
  }

  function paintStrip(words, kind, resting, covered, fonts) {
    const what = JSON.stringify([words, kind, resting, covered, innerWidth, innerHeight, fonts]);
    if (what === painted) return;
    painted = what;
    const shown = words.length ? kind : "";
    if (document.body.dataset.line !== shown) document.body.dataset.line = shown;
    strip.hidden = !words.length;
    lay(words, resting && !covered ? RESTING : BUSY);
    document.body.style.setProperty("--strip", covered && words.length ? strip.offsetHeight + "px" : "0px");
    const now = JSON.stringify(words);
    if (now !== said && words.length) enter();
    said = now;
  }

  /** The fewest lines at which it can be read from afar; what finds no room even in the most waits. */
  function lay(words, look) {
    for (let shown = words.length; shown; shown--) {
      put(words.slice(0, shown));
      for (let lines = shown; lines <= look.sizes.length; lines++) if (fits(look, lines)) return;
    }
  }

  function put(words) {
    while (list.children.length > words.length) list.lastChild.remove();
    words.forEach((each, at) => {
      const line = list.children[at] || list.appendChild(document.createElement("li"));
      line.dir = "auto";
      if (line.textContent !== each) line.textContent = each;
    });
  }

  function fits({ sizes, least }, lines) {
    const unit = unitPx(), at = lines - 1;
    const tried = size => {
      list.style.fontSize = size * unit + "px";
      return list.offsetHeight <= lines * LINE_HEIGHT * size * unit + 2 && list.scrollWidth <= list.clientWidth;
    };
    return tried(fitLines(tried, least[at], sizes[at]));
  }

  function enter() {
    list.classList.remove("enter");
    void list.offsetWidth;        // lets the same entrance begin again
    list.classList.add("enter");
  }

  return { paint, footAt };
}
