// Designs to begin with, whole as the hub keeps them: each is a template like any other from then on. Colours, lengths and
// words, and nothing else.

const INK = "#0b0e14", PAPER = "#eef1f6", QUIET = "#aab4c5", SUN = "#ffc74a", LINE = "#2c3648";

const BOX = { fill: "", fill_to: "", angle: 90, line: "", line_px: 0, radius: 0, padding: 0 };
const TYPE = {
  font: "Hanken Grotesk", size: 96, least: 40, weight: 700, italic: false, upper: false, colour: PAPER,
  align: "start", valign: "middle", lines: 1, leading: 1.12, spacing: 0,
};
const KINDS = {
  text: { text: "", type: TYPE },
  shape: { form: "rectangle" },
  clock: { mode: "day", at: "", start: "", seconds: true, before: "", type: TYPE },
  message: { texts: [], every_s: 10, type: TYPE },
  list: { rows: 5, columns: [], newest: "top", skip: 0, locations: [], gap: 0, rule: "", type: TYPE },
  counter: { what: "runners", locations: [], text: "{{count}}", type: TYPE },
};

function block(kind, id, [x, y, w, h], given = {}) {
  const whole = { id, kind, x, y, w, h, name: "", rotate: 0, cell: null, group: "", locked: false, hidden: false, opacity: 1, when: "always", enter: null };
  const made = Object.assign(whole, KINDS[kind], given, { box: Object.assign({}, BOX, given.box) });
  if (made.type) made.type = Object.assign({}, TYPE, given.type);
  if (made.columns) made.columns = made.columns.map(column => Object.assign({ share: 1, align: "start", colour: "", weight: 0 }, column));
  if (made.enter) made.enter = Object.assign({ how: "rise", ms: 320, delay: 0 }, made.enter);
  return made;
}

function template(width, height, grid, wall, active, resting) {
  const state = blocks => ({ ground: INK, image: "", blocks });
  return { format: "racehub-3", canvas: { width, height }, grid, safe: .04, wall, active: state(active), resting: state(resting) };
}

const text = (id, at, words, type, more = {}) => block("text", id, at, Object.assign({ text: words, type }, more));
const shape = (id, at, box, more = {}) => block("shape", id, at, Object.assign({ box }, more));

// ---- an arch over the finish ---------------------------------------------------------------------------------

function arch() {
  const active = [
    shape("panel", [0, 0, 1920, 1080], { fill: "#101623", fill_to: INK, angle: 115 }),
    shape("bar", [96, 268, 20, 500], { fill: SUN, radius: 10 }, { enter: { how: "fade", ms: 250 } }),
    text("where", [96, 72, 900, 96], "{{location}}", { size: 64, least: 40, weight: 600, colour: SUN }),
    text("event", [1000, 72, 824, 96], "{{event}}", { size: 52, least: 40, weight: 500, colour: QUIET, align: "right" }),
    text("name", [164, 244, 1660, 400], "{{name}}", { size: 260, least: 120, lines: 2, leading: 1.02, spacing: -.01 }, { enter: { how: "rise", ms: 320 } }),
    text("from", [164, 660, 1660, 108], "{{city}}", { size: 76, least: 48, weight: 500, colour: QUIET }, { enter: { how: "rise", ms: 320, delay: 60 } }),
    text("unknown", [164, 660, 1660, 108], "Unknown tag", { size: 76, least: 48, weight: 500, colour: QUIET }, { when: "unknown" }),
    text("bib", [96, 838, 360, 170], "{{bib}}", { size: 132, least: 60, weight: 800, colour: INK, align: "center" },
      { box: { fill: SUN, radius: 20, padding: 16 }, enter: { how: "rise", ms: 320, delay: 100 } }),
    text("division", [504, 838, 620, 80], "{{race_name}}", { size: 60, least: 40, weight: 600 }, { enter: { how: "rise", ms: 320, delay: 120 } }),
    text("age-group", [504, 924, 620, 80], "{{division}}", { size: 52, least: 40, weight: 500, colour: QUIET }, { enter: { how: "rise", ms: 320, delay: 120 } }),
    text("time", [1124, 828, 700, 184], "{{time}}", { size: 190, least: 80, align: "right", leading: 1, spacing: -.02 }, { enter: { how: "rise", ms: 320, delay: 140 } }),
  ];
  const resting = [
    shape("panel", [0, 0, 1920, 1080], { fill: "#101623", fill_to: INK, angle: 115 }),
    text("event", [96, 84, 1728, 240], "{{event}}", { size: 132, least: 60, lines: 2, leading: 1.06, valign: "top" }),
    block("clock", "race", [96, 372, 1728, 420], { mode: "race", before: "{{session}}", type: { size: 400, least: 80, leading: 1, spacing: -.02, colour: SUN } }),
    shape("rule", [96, 856, 1728, 4], { fill: LINE }),
    block("counter", "finished", [96, 888, 1100, 110], { text: "{{count}} across the line", type: { size: 68, least: 44, weight: 500, colour: QUIET } }),
    block("clock", "day", [1324, 888, 500, 110], { type: { size: 68, least: 44, weight: 500, align: "right", colour: QUIET } }),
  ];
  return template(1920, 1080, { columns: 12, rows: 8, margin: 96, gutter: 24 }, { distance_m: 20, pitch_mm: 4 }, active, resting);
}

// ---- a totem beside the course -------------------------------------------------------------------------------

function totem() {
  const face = { font: "Barlow Condensed" };
  const active = [
    shape("head", [0, 0, 1080, 560], { fill: SUN, fill_to: "#ff9f4a", angle: 160 }),
    text("where", [72, 80, 620, 96], "{{location}}", Object.assign({ size: 80, least: 48, weight: 700, upper: true, colour: INK, spacing: .02 }, face)),
    text("time-of-day", [700, 80, 308, 96], "{{time_of_day}}", Object.assign({ size: 80, least: 48, weight: 500, colour: INK, align: "right" }, face)),
    text("bib", [72, 200, 936, 320], "{{bib}}", Object.assign({ size: 330, least: 120, weight: 800, colour: INK, leading: .94 }, face), { enter: { how: "from-left", ms: 320 } }),
    text("name", [72, 620, 936, 640], "{{name}}", Object.assign({ size: 270, least: 110, weight: 800, lines: 3, leading: 1, upper: true, valign: "top" }, face), { enter: { how: "rise", ms: 320, delay: 60 } }),
    text("city", [72, 1290, 936, 110], "{{city}}", Object.assign({ size: 92, least: 56, weight: 500, colour: QUIET }, face), { enter: { how: "rise", ms: 320, delay: 100 } }),
    text("unknown", [72, 1290, 936, 110], "Unknown tag", Object.assign({ size: 92, least: 56, weight: 500, colour: QUIET }, face), { when: "unknown" }),
    text("race", [72, 1400, 936, 100], "{{race_name}}", Object.assign({ size: 80, least: 48, weight: 500, colour: QUIET }, face), { enter: { how: "rise", ms: 320, delay: 120 } }),
    text("time", [72, 1540, 936, 280], "{{time}}", Object.assign({ size: 300, least: 120, weight: 800, colour: SUN, leading: .94 }, face), { enter: { how: "rise", ms: 320, delay: 140 } }),
  ];
  const resting = [
    shape("head", [0, 0, 1080, 560], { fill: SUN, fill_to: "#ff9f4a", angle: 160 }),
    text("event", [72, 80, 936, 420], "{{event}}", Object.assign({ size: 190, least: 80, weight: 800, upper: true, lines: 3, leading: .98, colour: INK }, face)),
    block("clock", "race", [72, 620, 936, 330], { mode: "race", before: "Soon we start", type: Object.assign({ size: 330, least: 100, weight: 800, leading: .94 }, face) }),
    text("last", [72, 1010, 936, 72], "Last across the line", Object.assign({ size: 60, least: 44, weight: 500, colour: QUIET }, face)),
    block("list", "list", [72, 1092, 936, 650], { rows: 6, rule: LINE, columns: [{ text: "{{bib}}", share: 1, colour: SUN }, { text: "{{name}}", share: 4 }],
      type: Object.assign({ size: 78, least: 52, weight: 700 }, face) }),
    block("clock", "day", [72, 1748, 936, 90], { type: Object.assign({ size: 72, least: 44, weight: 500, colour: QUIET }, face) }),
  ];
  return template(1080, 1920, { columns: 6, rows: 16, margin: 72, gutter: 24 }, { distance_m: 10, pitch_mm: 2.5 }, active, resting);
}

// ---- a strip of LED modules ----------------------------------------------------------------------------------

function strip() {
  const face = { font: "Barlow Condensed" };
  const active = [
    text("bib", [16, 24, 160, 144], "{{bib}}", Object.assign({ size: 96, least: 40, weight: 800, colour: INK, align: "center" }, face), { box: { fill: SUN, radius: 10, padding: 8 } }),
    text("name", [196, 8, 556, 104], "{{name}}", Object.assign({ size: 96, least: 48, weight: 800, upper: true, leading: 1 }, face), { enter: { how: "from-right", ms: 280 } }),
    text("city", [196, 118, 330, 64], "{{city}}", Object.assign({ size: 56, least: 32, weight: 500, colour: QUIET, leading: 1 }, face)),
    text("unknown", [196, 118, 330, 64], "Unknown tag", Object.assign({ size: 56, least: 32, weight: 500, colour: QUIET, leading: 1 }, face), { when: "unknown" }),
    text("time", [540, 112, 212, 72], "{{time}}", Object.assign({ size: 68, least: 32, weight: 700, colour: SUN, align: "right", leading: 1 }, face)),
  ];
  const resting = [
    block("clock", "race", [16, 16, 470, 160], { mode: "race", before: "0:00:00", type: { font: "DSEG7 Classic", size: 110, least: 30, colour: "#ff7062", leading: 1.05, lines: 1 } }),
    text("event", [504, 24, 248, 88], "{{event}}", Object.assign({ size: 52, least: 26, weight: 700, lines: 2, leading: 1, align: "right", valign: "top" }, face)),
    block("clock", "day", [504, 118, 248, 56], { seconds: false, type: Object.assign({ size: 52, least: 30, weight: 500, colour: QUIET, align: "right", leading: 1 }, face) }),
  ];
  const made = template(768, 192, { columns: 12, rows: 3, margin: 16, gutter: 8 }, { distance_m: 15, pitch_mm: 6 }, active, resting);
  return Object.assign(made, { safe: 0 });   // there is no frame around modules
}

// ---- a list of who has come in -------------------------------------------------------------------------------

function list() {
  const columns = [
    { text: "{{bib}}", share: 1.2, align: "right", colour: SUN, weight: 800 }, { text: "{{name}}", share: 5.4 },
    { text: "{{race_name}}", share: 3.2, colour: QUIET, weight: 500 }, { text: "{{time}}", share: 2.1, align: "right" },
  ];
  const head = [
    text("event", [80, 52, 1180, 110], "{{event}}", { size: 80, least: 48 }),
    block("clock", "race", [1280, 52, 560, 110], { mode: "race", before: "{{session}}", type: { size: 92, least: 40, align: "right", colour: SUN } }),
    shape("rule", [80, 184, 1760, 6], { fill: SUN }),
  ];
  const active = head.concat([
    shape("band", [0, 204, 1920, 236], { fill: "#1b2333" }),
    text("bib", [80, 248, 250, 148], "{{bib}}", { size: 104, least: 48, weight: 800, colour: INK, align: "center" }, { box: { fill: SUN, radius: 16, padding: 12 }, enter: { how: "fade", ms: 280 } }),
    text("name", [370, 216, 1010, 212], "{{name}}", { size: 148, least: 72, lines: 2, leading: 1.02 }, { enter: { how: "rise", ms: 320 } }),
    text("unknown", [80, 248, 270, 148], "Unknown\ntag", { size: 52, least: 40, weight: 500, lines: 2, colour: QUIET }, { when: "unknown" }),
    text("time", [1400, 240, 440, 164], "{{time}}", { size: 136, least: 60, align: "right", leading: 1, spacing: -.02 }, { enter: { how: "rise", ms: 320, delay: 60 } }),
    block("list", "list", [80, 464, 1760, 560], { rows: 5, skip: 1, rule: LINE, columns, type: { size: 76, least: 48, weight: 600 } }),
  ]);
  const resting = head.concat([
    block("list", "list", [80, 214, 1760, 690], { rows: 6, rule: LINE, columns, type: { size: 80, least: 48, weight: 600 } }),
    block("counter", "finished", [80, 930, 1100, 90], { text: "{{count}} of them are in", type: { size: 56, least: 44, weight: 500, colour: QUIET } }),
    block("clock", "day", [1340, 930, 500, 90], { type: { size: 56, least: 44, weight: 500, align: "right", colour: QUIET } }),
  ]);
  return template(1920, 1080, { columns: 12, rows: 8, margin: 80, gutter: 24 }, { distance_m: 20, pitch_mm: 4 }, active, resting);
}

export const STARTS = [
  { id: "arch", name: "Finish arch", words: "One runner, as large as it can be, read from twenty metres.", template: arch() },
  { id: "totem", name: "Portrait totem", words: "Upright, beside the course: bib, name, city, time, each on its own.", template: totem() },
  { id: "strip", name: "LED strip", words: "A low wall of LED modules: bib and name, and a race clock in segments.", template: strip() },
  { id: "list", name: "Leader list", words: "Who comes in, over a list of those before.", template: list() },
];
