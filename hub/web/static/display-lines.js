// The strip of messages between the runners and the small print: as large as its words let it be, and never over anybody:
// what it takes, the scene above has not. Knows the DOM; refuses to know when a message is up.

import { fitLines } from "./display-fit.js";

const LINE_HEIGHT = 1.16;         // as display.css has it
const BUSY = { sizes: [84, 68, 60, 54, 48, 48], least: [60, 54, 48, 48, 46, 44] };          // by lines, in units
const RESTING = { sizes: [132, 112, 88, 72, 60, 52], least: [84, 76, 60, 52, 48, 44] };

/** `unitPx()`: of the wall. Gives what paints the strip: `words`, one for each line, `kind` "pinned" or "rotating". */
export function makeLines({ unitPx }) {
  const strip = document.getElementById("line"), list = document.getElementById("line-words");
  let painted = "", said = "";

  return function paint(words, kind, { resting, covered, fonts }) {
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
  };

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
}
