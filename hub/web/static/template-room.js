// How much room a block leaves to its words, and how those stand in it.

import { fitCell, fitWords } from "./template-fit.js";
import { measureOf } from "./template-ruler.js";

/** How a text stands in a block, or in a column of a list: {fits, size, lines, shortened}. */
export function fitOf(block, words, { short = words, column = null } = {}) {
  const type = block.type, said = type.upper ? words.toUpperCase() : words, brief = type.upper ? short.toUpperCase() : short;
  if (block.kind !== "list") return fitWords(said, brief, roomOf(block), measureOf(type));
  const cell = column || block.columns[0];
  return fitCell(said, brief, cellRoom(block, cell), measureOf(type, cell.weight || type.weight));
}

/** What a block leaves to its text. */
export function roomOf({ w, h, box, type }) {
  const around = 2 * (box.padding + box.line_px);
  return { width: Math.max(1, w - around), height: Math.max(1, h - around), most: type.size, least: type.least, lines: type.lines, leading: type.leading };
}

/** Between the columns of a list, in pixels. */
export function columnGap(block) {
  return Math.round(block.type.size * .35);
}

export function rowHeight(block) {
  return Math.max(1, (roomOf(block).height - block.gap * (block.rows - 1)) / block.rows);
}

export function columnWidth(block, column) {
  const shares = block.columns.reduce((sum, each) => sum + each.share, 0);
  return Math.max(1, (roomOf(block).width - columnGap(block) * (block.columns.length - 1)) * column.share / shares);
}

export function cellRoom(block, column) {
  return Object.assign(roomOf(block), { width: columnWidth(block, column), height: rowHeight(block) });
}
