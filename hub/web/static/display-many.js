// A crowd on the wall: names in columns, or small ones side by side, each at its place for as long as it is there. Loaded
// apart: most walls never need it. Knows the DOM; who stands where is display-flow.js's to say.

import { cellsOf } from "./display-flow.js";
import { fitLine } from "./display-fit.js";

const FRESH_MS = 2000;            // who has just come is brighter: nothing moves
const LEAST = .66;                // of a name too long: 40 units of 1080, or less where messages take room from the wall
const GAP = 36;                   // as in the style sheet
const NAME_MOST = 64;            // names of one height, however tall the wall is
const NAME = .51, TICKER_NAME = .905, BIB_LETTERS = .62;

/** `list`: where they stand; `copy()`: gives an empty cell. */
export function makeMany(list, copy) {
  let cells = new Map();          // key -> {element, card, at, what}

  function paint(cards, { layout, room, columns, shape }, textsOf, { unit, measure, now }) {
    const before = cells, rows = Math.ceil(room / (columns || 1)), height = list.clientHeight / rows;
    const width = (list.clientWidth / unit - GAP * (columns - 1)) / columns;
    cells = new Map();
    if (cards.length) {
      list.className = layout;
      list.style.setProperty("--cell", height + "px");
      list.style.gridTemplate = "repeat(" + rows + ", minmax(0, 1fr)) / repeat(" + columns + ", minmax(0, 1fr))";
    }
    cellsOf(cards, room).forEach((card, at) => {
      if (!card) return;
      const cell = before.get(card.key) || { element: list.appendChild(copy()), what: "" };
      before.delete(card.key);
      cell.element.style.gridArea = (at % rows + 1) + " / " + (Math.floor(at / rows) + 1);
      const texts = textsOf(card), what = JSON.stringify([texts, layout, width, height, shape]);
      if (what !== cell.what) fill(cell.element, card, texts, { layout, width, height: height / unit, unit, measure });
      cells.set(card.key, { element: cell.element, card, what });
    });
    for (const { element } of before.values()) element.remove();
    age(now);
  }

  function age(now) {
    for (const { element, card } of cells.values()) element.classList.toggle("fresh", now - card.at < FRESH_MS);
  }

  return { paint, age };
}

function fill(element, card, texts, { layout, width, height, unit, measure }) {
  const name = element.querySelector(".name"), most = Math.floor(layout === "ticker" ? height * TICKER_NAME : Math.min(NAME_MOST, height * NAME));
  element.classList.toggle("gun", card.kind === "gun");
  put(element.querySelector(".bib"), texts.bib);
  put(element.querySelector(".when"), layout === "ticker" ? "" : texts.time || texts.when);
  const beside = layout === "ticker" && texts.bib ? (texts.bib.length * BIB_LETTERS + .4) * most : 0;
  const { lines, size } = fitLine(texts.name, texts.short, width - beside - (layout === "ticker" ? 0 : 36), measure, most, layout === "ticker" ? most : most * LEAST);
  name.textContent = lines[0];
  name.style.fontSize = size * unit + "px";
  name.setAttribute("aria-label", texts.name);
  element.dir = getComputedStyle(name).direction;
}

function put(element, words) {
  element.textContent = words;
  element.hidden = !words;
}
