// Tells the hub what stood on this wall, and for how long: once when it has been painted, and once when it has left. What
// cannot be told now is told later, and what is another session's never: the hub would take it for its own. Knows no DOM.

const REPORTS_A_FRAME = 40;       // the hub takes 4 KiB at once
const REPORTS_KEPT = 800;         // of what was shown while the line was down
const PAUSE_MS = 500;

/** `send(...messages)`: whether they have gone. */
export function makeShown({ send, clock }) {
  let there = new Map(), seen = null, left = [], timer = 0, feed = null, was = null, through = -Infinity;

  /** Whose reads the hub at the other end means by offsets, as keys begin; null: it has not said. */
  function greeted(of) {
    feed = of;
    if (of !== null && of !== was) { was = of; through = -Infinity; }
    tellSoon();
  }

  /** The cards that are to be seen from now on, and in which layout. `offset`: how far this screen is. Who came before it
   * painted the last time has waited for room, or for an operator: that is not how long a read takes. */
  function see(cards, layout, offset) {
    const painted = through;
    through = offset === null ? -Infinity : offset;
    if (cards === seen) return;
    seen = cards;
    const now = clock(), before = there, fresh = [];
    there = new Map();
    for (const { key, offset: of, arrivedAt } of cards) {
      const known = before.get(key), one = known || { key, offset: of, arrivedAt, since: now, layout, waited: of <= painted };
      before.delete(key);
      if (!known) fresh.push(one);
      there.set(key, one);
    }
    for (const one of before.values()) ends(one, now);
    if (fresh.length) setTimeout(tellOf, 0, fresh);     // the task after a frame's callbacks runs once it is painted
    tellSoon();
  }

  function tellOf(fresh) {
    const now = clock();
    for (const one of fresh) one.ms = Math.round(now - one.arrivedAt);
    inFrames(fresh);
  }

  function ends(one, now) {
    left.push(Object.assign(one, { for_ms: Math.round(now - one.since) }));
    left = left.slice(-REPORTS_KEPT);
  }

  function tellSoon() {
    if (left.length && !timer) timer = setTimeout(tell, PAUSE_MS);
  }

  function tell() {
    timer = 0;
    left = inFrames(left);
  }

  /** Gives those that have not gone. */
  function inFrames(some) {
    if (feed === null) return some;
    let ours = some.filter(({ key }) => key.startsWith(feed));
    while (ours.length && send(...ours.slice(0, REPORTS_A_FRAME).map(reportOf))) ours = ours.slice(REPORTS_A_FRAME);
    return ours;
  }

  function reportOf({ offset, ms = 0, for_ms, layout, waited }) {
    return { type: "shown", offset, ms, for_ms, layout, ...(waited ? { waited } : {}) };
  }

  return {
    see, greeted,
    /** The page is left. */
    close() {
      see([], "", null);
      tell();
    },
  };
}
