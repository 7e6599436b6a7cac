// Who is on the wall at a moment of the hub's clock, and in which layout: a function of the reads, of what is wished of
// the display and of the stars alone. No local time and no memory, so that screens never disagree and one that was away
// ends in the same picture; no DOM. A read is judged by those before it and never by those after it.

export const LEVELS = ["card", "rows", "columns", "ticker"];
export const HOLD_MS = 10000;     // a layout stays for as long after it was last needed, and a starred runner's card
const CALM_MS = 500;              // arrivals closer than this enter without motion
const AHEAD_MS = 5000;            // what the hub has had before this screen's idea of its time is there at once
const DWELL_S = 3, DWELL_S_MAX = 10, STAY_S = 8, STAY_S_MAX = 600, GAP_S_MAX = 60;
const PARTS_MIN = 4, PARTS_MAX = 19;
const NO_CARD = ["late", "repeat", "hidden"];

/** How many find room, by level and under a band with somebody starred; and how the two densest are laid out. */
export const SHAPES = {
  wide: { plain: [1, 5, 24, 80], band: [0, 3, 18, 60], columns: [0, 0, 3, 4] },
  tall: { plain: [1, 7, 24, 72], band: [0, 5, 18, 58], columns: [0, 0, 2, 2] },
  square: { plain: [1, 5, 20, 52], band: [0, 4, 14, 40], columns: [0, 0, 2, 2] },
  small: { plain: [1, 4, 12, 42], band: [0, 3, 8, 30], columns: [0, 0, 2, 3] },
};
const SMALL_PX = 300, TALL = 1.5;

export function shapeOf(width, height) {
  if (height >= width) return height >= TALL * width ? "tall" : "square";
  return height < SMALL_PX ? "small" : "wide";
}

/** What is wished of a display. `stars`: a Set of "bib:17", "tag:ABC". */
export function rulesOf({ display, stars, template }, shape) {
  const settings = display && display.settings || {}, control = display && display.control || {};
  const stayMs = 1000 * within(settings.duration, 0, STAY_S_MAX, STAY_S);
  const dwellMs = 1000 * within(settings.dwell, 1, DWELL_S_MAX, Math.min(DWELL_S, stayMs / 1000));
  const fixed = settings.layout === "fixed" || Boolean(template && settings.layout !== "adaptive");
  return {
    shape, stars, dwellMs, fixed, stayMs: Math.max(dwellMs, stayMs),
    gapMs: 1000 * within(settings.gap_s, 0, GAP_S_MAX, 0), firstLap: settings.laps === "first", still: settings.transitions === false,
    locations: plains(settings.locations), races: plains(settings.races),
    most: fixed && !template ? 1 : LEVELS.length - 1,
    hold: numberOr(control.hold, Infinity), skip: numberOr(control.skip, -1),
    pin: control.pin && control.pin.offset !== undefined ? control.pin : null,
  };
}

/** Of each read that is for the wall: whether it is let in, and what it needs. Reads come by their offsets. */
export function planOf(reads, rules) {
  const flow = [], heroes = [], last = new Map();
  let before = -Infinity;
  for (const read of reads) {
    if (!isForTheWall(read, rules) || !isWanted(read, rules, last)) continue;
    const entry = { read, at: read.at, count: 0, isIn: true, calm: !rules.still && read.at - before >= CALM_MS, start: read.at, banded: NaN };
    before = read.at;
    if (isStarred(read, rules.stars)) heroes.push(entry);
    else flow.push(entry);
  }
  letIn(flow, rules);
  heroes.forEach((hero, at) => { if (at) hero.start = Math.max(hero.at, heroes[at - 1].start + rules.dwellMs); });
  underBands(flow, heroes, rules);
  return { flow, heroes, rules };
}

/** The wall at a time. `shown`: newest first, guns above all; `hero`: has the band, or the wall; `missed`: how many more
 * would be there if there was room. `pinned`: the read that an operator has pinned. */
export function wallAt(plan, now, pinned = null) {
  const { rules } = plan, held = now >= rules.hold, t = held ? rules.hold : now, lead = held ? 0 : AHEAD_MS;
  const hero = pinned ? { read: pinned, calm: false, isPinned: true } : heroAt(plan, t, lead), banded = Boolean(hero), { plain, band } = SHAPES[rules.shape];
  const here = plan.flow.filter(({ at }) => at <= t + lead && t - at < Math.max(rules.stayMs, HOLD_MS + rules.dwellMs));
  const level = levelAt(rules, here, t, hero), room = (banded ? band : plain)[level];
  const young = here.filter(({ at, read }) => t - at < rules.stayMs && !(pinned && pinned.offset === read.offset)).reverse(), found = new Map();
  for (const each of young) if (each.isIn && !each.read.brief && !found.has(whose(each))) found.set(whose(each), each);
  const all = Array.from(found.values()), shown = all.slice(0, room), there = new Set(shown.map(whose));
  const out = new Set(young.filter(each => !each.isIn && !there.has(whose(each))).map(whose)).size;
  return {
    level, hero, room, shown: shown.filter(isGun).concat(shown.filter(each => !isGun(each))),
    missed: rules.most < LEVELS.length - 1 ? all.length - shown.length : out,
  };
}

/** A runner stands on the wall once for each location. */
function whose({ read }) {
  return read.kind === "gun" ? read.offset : read.place + "\n" + read.tag;
}

/** Where each of these stands in the two densest layouts: at the place of its offset, or at the next one that nobody
 * older has. It stays there, whoever comes. */
export function cellsOf(cards, room) {
  const cells = Array(room).fill(null);
  for (const each of cards.slice().sort((one, other) => one.offset - other.offset)) {
    let cell = each.offset % room;
    while (cells[cell]) cell = (cell + 1) % room;
    cells[cell] = each;
  }
  return cells;
}

/** Words as they are compared. */
export function plain(words) {
  return String(words === null || words === undefined ? "" : words).replace(/\s+/g, " ").trim().toLowerCase();
}

// ---- who is for the wall -------------------------------------------------------------------------------------

function isForTheWall({ kind, marks, place, offset }, { locations, skip }) {
  const isHere = kind === "gun" || (kind === "read" && (!locations.length || locations.includes(place)));
  return isHere && offset > skip && NO_CARD.every(mark => !marks.includes(mark));
}

function isWanted({ kind, tag, place, race, lap, at }, { races, firstLap, gapMs }, last) {
  if (kind === "gun") return true;
  const whose = place + "\n" + tag, before = last.get(whose);
  last.set(whose, at);
  return !(gapMs && before !== undefined && at - before < gapMs)
    && !(firstLap && Number(lap) !== 1) && (!races.length || races.includes(race));
}

export function isStarred({ kind, tag, bib }, stars) {
  return kind === "read" && stars.size > 0 && (stars.has("tag:" + normal(tag)) || (Boolean(bib) && stars.has("bib:" + normal(bib))));
}

/** Numbers as the hub compares them: 0017 is 17. */
function normal(number) {
  const trimmed = String(number).trim();
  return trimmed.toLowerCase().replace(/^0+/, "") || trimmed.slice(0, 1);
}

function isGun({ read }) {
  return read.kind === "gun";
}

// ---- how many find room --------------------------------------------------------------------------------------

/**
 * Everybody, as long as there is room for all of the last `dwell`. Beyond that the first ones of each part of it, so many
 * that all the parts together find room; and those not before all are gone who were let in beyond that number.
 */
function letIn(flow, { dwellMs, shape, stars, pin, most }) {
  const room = (stars.size || pin ? SHAPES[shape].band : SHAPES[shape].plain)[LEVELS.length - 1], { each, partMs } = quota(room, dwellMs);
  const there = new Map();        // runner -> reads of the last dwell
  let from = 0, part = NaN, rank = 0, beyondAt = -Infinity;
  for (const entry of flow) {
    for (; flow[from].at <= entry.at - dwellMs; from++) {
      const others = there.get(whose(flow[from])) - 1;
      if (others) there.set(whose(flow[from]), others); else there.delete(whose(flow[from]));
    }
    there.set(whose(entry), (there.get(whose(entry)) || 0) + 1);
    entry.count = there.size;
    rank = Math.floor(entry.at / partMs) === part ? rank + 1 : 0;
    part = Math.floor(entry.at / partMs);
    const finds = entry.count <= room;
    if (finds && rank >= each) beyondAt = entry.at;
    entry.isIn = most < LEVELS.length - 1 || finds || (rank < each && entry.at - beyondAt >= dwellMs);
  }
}

/** A time as long as the dwell touches one part more than it has. */
function quota(room, dwellMs) {
  let best = 0, most = 0;
  for (let parts = PARTS_MIN; parts <= PARTS_MAX; parts++) {
    const number = parts * Math.floor(room / (parts + 1));
    if (number > most) [best, most] = [parts, number];
  }
  return { each: most / best, partMs: dwellMs / best };
}

/** From when on each is under a band: from its own time, or from when the band comes while it is sure to be there. */
function underBands(flow, heroes, { stayMs, dwellMs }) {
  let next = 0;
  for (const entry of flow) {
    while (next < heroes.length && heroes[next].start <= entry.at) next++;
    const isThere = next > 0 && entry.at - heroes[next - 1].start < Math.max(stayMs, HOLD_MS), comes = next < heroes.length ? heroes[next].start : NaN;
    entry.banded = isThere ? entry.at : comes - entry.at < dwellMs ? comes : NaN;
  }
}

/** Who has been starred has the band for `dwell` at least, one after the other, and then until the next one. */
function heroAt({ heroes, rules }, t, lead) {
  for (let at = heroes.length - 1; at >= 0; at--) {
    const { start, at: came } = heroes[at];
    if (start <= t || (start === came && start <= t + lead)) return t - start < Math.max(rules.stayMs, HOLD_MS) && !heroes[at].read.brief ? heroes[at] : null;
  }
  return null;
}

/** The highest that one of the last reads has needed, when it came or when the band came above it. */
function levelAt({ shape, most }, here, t, hero) {
  const { plain, band } = SHAPES[shape];
  let level = 0;
  for (const { at, count, banded: from } of here) {
    const isNew = t - at < HOLD_MS, hasCome = from <= t || from === at || (hero && hero.start === from);   // as AHEAD_MS says
    const isUnder = (hasCome && t - from < HOLD_MS) || (hero && hero.isPinned && isNew);
    while (level < most && ((isNew && plain[level] < count) || (isUnder && band[level] < count))) level++;
  }
  return level;
}

function within(value, least, most, other) {
  const number = value === null || value === undefined || value === "" ? NaN : Number(value);
  return number > 0 || number === least ? Math.min(most, Math.max(least, number)) : other;
}

function numberOr(value, other) {
  return typeof value === "number" && Number.isFinite(value) ? value : other;
}

function plains(list) {
  return Array.isArray(list) ? list.map(plain) : [];
}
