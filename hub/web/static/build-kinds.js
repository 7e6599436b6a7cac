// The kinds of block, and what each has when nobody has said otherwise: as hub/template_words.py has it, to which a test
// holds this. No DOM; knows words, not how anything is drawn.

export const BLOCKS_MAX = 100;    // in a state
export const SIDE_PX = [16, 8192];
export const PLACE_PX_MAX = 4 * SIDE_PX[1];
export const CELLS_MAX = 48;
export const TEXT_CHARS_MAX = 500;
const LINES = 1080;               // for so many of them are lengths meant that nobody has said

const BOX = { fill: "", fill_to: "", angle: 90, line: "", line_px: 0, radius: 0, padding: 0 };
const TYPE = {
  font: "Hanken Grotesk", size: 96, least: 40, weight: 700, italic: false, upper: false, colour: "#eef1f6",
  align: "start", valign: "middle", lines: 1, leading: 1.12, spacing: 0,
};
const BLOCK = {
  name: "", rotate: 0, cell: null, group: "", locked: false, hidden: false, opacity: 1, when: "always", box: BOX,
  enter: null,
};
export const COLUMN = { text: "", share: 1, align: "start", colour: "", weight: 0 };
export const ENTER = { how: "rise", ms: 320, delay: 0 };
export const GRID = { columns: 12, rows: 8, margin: 80, gutter: 24 };
export const STATE = { ground: "#0b0e14", image: "", blocks: [] };
export const TEMPLATE = { format: "racehub-3", grid: GRID, safe: 0.04, wall: null, active: STATE, resting: STATE };

const OWN = {
  text: { text: "", type: TYPE },
  image: { image: "", fit: "contain" },
  shape: { form: "rectangle" },
  clock: { mode: "day", at: "", start: "", seconds: true, before: "", type: TYPE },
  message: { texts: [], every_s: 10, type: TYPE },
  list: { rows: 5, columns: [], newest: "top", skip: 0, locations: [], gap: 0, rule: "", type: TYPE },
  counter: { what: "runners", locations: [], text: "{{count}}", type: TYPE },
  qr: { text: "", dark: "#0b0e14", light: "#ffffff" },
};
const PLACE = { id: "", x: 0, y: 0, w: 1, h: 1 };

/** What people call each, how many columns and rows of the grid a new one takes, and what it begins with. */
export const KINDS = [
  { kind: "text", label: "Text", span: [8, 2], begins: { text: "{{name}}", type: { ...TYPE, size: 240 } } },
  { kind: "image", label: "Image", span: [3, 2], begins: {} },
  { kind: "shape", label: "Shape", span: [4, 2], begins: { box: { ...BOX, fill: "#29313f" } } },
  { kind: "clock", label: "Clock", span: [4, 1], begins: { type: { ...TYPE, font: "Barlow Condensed", size: 120 } } },
  { kind: "message", label: "Messages", span: [8, 1], begins: { texts: ["Well done, {{first_name}}!"] } },
  {
    kind: "list", label: "List", span: [8, 4],
    begins: {
      columns: [{ ...COLUMN, text: "{{bib}}", share: 1, align: "right" }, { ...COLUMN, text: "{{name}}", share: 4 }],
      type: { ...TYPE, size: 72 },
    },
  },
  { kind: "counter", label: "Counter", span: [4, 1], begins: { text: "{{count}} finishers" } },
  { kind: "qr", label: "QR code", span: [2, 2], begins: { text: "https://" } },
];

export function labelOf(kind) {
  const known = KINDS.find(each => each.kind === kind);
  return known ? known.label : kind;
}

export function spanOf(kind) {
  return KINDS.find(each => each.kind === kind).span;
}

/** All that a block of this kind has, without its place. */
export function defaultsOf(kind) {
  return copied({ kind, ...BLOCK, ...OWN[kind] });
}

/** A new one, as somebody gets it who places it. */
export function newBlock(kind, given = {}) {
  const { begins } = KINDS.find(each => each.kind === kind);
  return copied({ ...PLACE, ...defaultsOf(kind), ...begins, ...given });
}

/** A block out of what came from elsewhere, with all that its kind has and nothing else; null: it is none. */
export function asBlock(given) {
  if (!isObject(given) || !Object.prototype.hasOwnProperty.call(OWN, given.kind)) return null;
  const block = fitted(given, { ...PLACE, ...defaultsOf(given.kind) });
  if (Array.isArray(given.cell) && given.cell.length === 4 && given.cell.every(Number.isInteger)) block.cell = [...given.cell];
  if (isObject(given.enter)) block.enter = fitted(given.enter, ENTER);
  if (block.columns) block.columns = (given.columns || []).filter(isObject).map(each => fitted(each, COLUMN));
  return block.columns && !block.columns.length ? null : block;
}

function fitted(given, pattern) {
  const made = {};
  for (const [name, value] of Object.entries(pattern)) {
    const own = given[name];
    if (isObject(value)) made[name] = fitted(isObject(own) ? own : {}, value);
    else if (Array.isArray(value)) made[name] = Array.isArray(own) ? own.filter(each => typeof each === "string") : copied(value);
    else made[name] = value !== null && typeof own === typeof value ? own : value;
  }
  return made;
}

export function copied(value) {
  return JSON.parse(JSON.stringify(value));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A length that is meant for 1080 lines, on this canvas: an LED wall may have a tenth of them. */
export function lengthOn({ width, height }, px) {
  return Math.round(px * Math.min(width, height) / LINES);
}

/** A template with nothing on it. Its grid is out of reach of the frame, also where one side is far longer. */
export function newTemplate(width = 1920, height = 1080) {
  const canvas = { width, height }, grid = { ...GRID, margin: lengthOn(canvas, GRID.margin), gutter: lengthOn(canvas, GRID.gutter) };
  const safe = Math.min(TEMPLATE.safe, Math.floor(1000 * grid.margin / Math.max(width, height)) / 1000);
  return copied({ canvas, ...TEMPLATE, grid, safe });
}

/** The same with all that the words know of filled in: a template may come from before there was a word. */
export function wholeTemplate(given) {
  const whole = { ...newTemplate(given.canvas.width, given.canvas.height), ...given };
  whole.grid = { ...GRID, ...whole.grid };
  for (const which of ["active", "resting"]) {
    const state = { ...STATE, ...whole[which] };
    whole[which] = { ...state, blocks: state.blocks.map(asBlock).filter(Boolean) };
  }
  return copied(whole);
}
