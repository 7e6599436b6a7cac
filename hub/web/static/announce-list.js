// Which arrivals an announcer's list has: by location, by what was said of them, and as of when: a list that somebody
// touches stands still. Functions of what is held and chosen; no DOM, no clock but what is handed in.

import { arrivalOf, arrivals, together } from "./announce-words.js";
import { isFlood } from "./announce-flow.js";

export const ROWS = 60;           // until somebody asks for older ones
const GROUPED_MAX = 120;          // further back nobody asks who came with whom
const AWAITED_MAX = 4;            // starred or noted, on top of a flood until they are said
const AWAITED_MS = 180000;        // and no longer than somebody is still there
const NOTHING = {};

/** `said(offset)`, `waiting(offset)` and `noted(who)`: what is known of one, with what waits for the hub. */
export function makeList({ said, waiting, noted }) {
  const made = new WeakMap();
  let of = null, where = null, all = [], groups = {}, awaited = [];

  /** All arrivals at this location, newest first. Made anew only when there are others. */
  function arrivalsOf(reads, place) {
    if (of !== reads || where !== place) {
      of = reads;
      where = place;
      all = arrivals(reads, place).map(known);
      groups = together(all.slice(0, GROUPED_MAX));
    }
    return all;
  }

  /** The words of a read, made once. */
  function known(read) {
    if (!made.has(read)) made.set(read, arrivalOf(read));
    return made.get(read);
  }

  function row(arrival) {
    return { arrival, said: said(arrival.offset), waiting: waiting(arrival.offset), mark: noted(arrival.who) || NOTHING, group: groups[arrival.offset] || null };
  }

  const SHOWS = {
    all: () => true,
    unsaid: ({ arrival, said: done }) => !done && !arrival.gun && !arrival.late,
    starred: ({ arrival, mark }) => Boolean(mark.starred || mark.note) && !arrival.gun,
  };

  return {
    arrivals: arrivalsOf,
    row,
    /** `frozen`: nothing after this offset, unless it is null, and nobody moves. In a flood of `all` those who are awaited
     * stand above the others. Gives the rows, how many there are, and how many are newer. */
    rows(arrived, { show, frozen, limit, flood = false, now = NaN }) {
      const fitting = arrived.map(row).filter(SHOWS[show] || SHOWS.all);
      const old = frozen === null ? fitting : fitting.filter(each => each.arrival.offset <= frozen);
      if (!flood || show !== "all") awaited = [];
      else if (frozen === null) awaited = old.filter(each => now - each.arrival.at < AWAITED_MS && SHOWS.starred(each) && SHOWS.unsaid(each)).slice(0, AWAITED_MAX).map(each => each.arrival.offset);
      const isAwaited = each => awaited.includes(each.arrival.offset);
      const above = awaited.length ? old.filter(isAwaited).concat(old.filter(each => !isAwaited(each))) : old;
      return { rows: above.slice(0, limit), count: old.length, fresh: fitting.length - old.length };
    },
    unsaid: arrived => arrived.map(row).filter(SHOWS.unsaid).length,
    flood: (arrived, now) => isFlood(arrived.filter(each => !each.gun && !each.late).map(each => each.at), now),
  };
}

/** What the hub says was not shown on any screen, as reads, the oldest first; those of it that this page holds as they are
 * known here. */
export function unshownReads({ unshown }, reads) {
  const held = new Map(reads.map(read => [read.offset, read]));
  const found = (Array.isArray(unshown) ? unshown : []).filter(each => Number.isSafeInteger(each.offset));
  return found.map(each => ({ ...each, ...held.get(each.offset) })).sort((a, b) => a.offset - b.offset);
}
