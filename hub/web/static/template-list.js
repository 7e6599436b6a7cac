// The list of a template: rows of one height, columns by their shares, each cell fitted for itself.

import { dress, faceOf, layLines, made, upper } from "./template-dom.js";
import { fitCell } from "./template-fit.js";
import { cellRoom, columnGap, columnWidth, rowHeight } from "./template-room.js";
import { fontLoads, measureOf } from "./template-ruler.js";
import { fill, rowsOf, shortened } from "./template-words.js";

const FITS_MAX = 400;             // of a column

export function drawList(inner) {
  const list = inner.appendChild(made("div", "t-rows"));
  let block = null, given = null, loads = -1, rows = [];
  return (next, which, data) => {
    if (next === block && data.rows === given && loads === fontLoads()) return;
    if (next !== block || loads !== fontLoads()) rows = makeRows(list, next);
    block = next;
    given = data.rows;
    loads = fontLoads();
    const shown = rowsOf(block, data.rows), first = block.newest === "bottom" ? block.rows - shown.length : 0;
    rows.forEach((row, at) => row(shown[at - first] || null));
  };
}

/** Gives a function for each row, which puts somebody into it. */
function makeRows(list, block) {
  list.textContent = "";
  const height = rowHeight(block), gap = columnGap(block), fits = block.columns.map(column => fitterOf(block, column));
  return Array.from({ length: block.rows }, (_, at) => {
    const row = list.appendChild(made("div", "t-row"));
    dress(row, { top: at * (height + block.gap) + "px", height: height + "px" });
    if (at && block.rule) rule(row, block);
    let left = 0;
    const cells = block.columns.map((column, number) => {
      const cell = makeCell(row, block, column, left, fits[number]);
      left += columnWidth(block, column) + gap;
      return cell;
    });
    return fields => {
      const hidden = !fields;
      if (row.hidden !== hidden) row.hidden = hidden;
      if (fields) for (const cell of cells) cell(fields);
    };
  });
}

/** In the middle of the gap above a row. */
function rule(row, block) {
  const line = row.appendChild(made("div", "t-rule"));
  const thick = Math.max(1, Math.round(block.type.size / 28));
  dress(line, { background: block.rule, height: thick + "px", top: -(block.gap + thick) / 2 + "px" });
}

/** Who moves down a row has been fitted before. */
function fitterOf(block, column) {
  const measure = measureOf(block.type, column.weight || block.type.weight), room = cellRoom(block, column), known = new Map();
  return ({ words, short }) => {
    const key = words + "\n\n" + short;
    if (!known.has(key)) {
      if (known.size >= FITS_MAX) known.clear();
      known.set(key, fitCell(words, short, room, measure));
    }
    return known.get(key);
  };
}

function makeCell(row, block, column, left, fitOf) {
  const { type } = block, weight = column.weight || type.weight, cell = row.appendChild(made("div", "t-cell t-words"));
  cell.dir = "auto";
  dress(cell, Object.assign(faceOf(type, { weight, colour: column.colour || type.colour }), {
    left: left + "px", width: columnWidth(block, column) + "px", textAlign: column.align,
    justifyContent: { top: "flex-start", middle: "center", bottom: "flex-end" }[type.valign],
  }));
  let painted = null;
  return fields => {
    const said = upper(type, { words: fill(column.text, fields), short: fill(column.text, shortened(fields)) });
    if (said.words === painted) return;
    painted = said.words;
    const fit = fitOf(said);
    layLines(cell, fit.lines, fit.size);
  };
}
