// When an announcer's page floods, and whom it shows large. Functions of arrivals and the time alone, so that two tablets
// at one desk do the same, and one that was away is in step with the other at once.

const WINDOW_MS = 10000;
export const FLOOD_COUNT = 8;     // so many within the window are more than anybody can say
const HOLD_MS = 15000;            // it stays a flood for this long after it last was one
const STEADY_MS = 2500;           // whoever is shown large stays for at least so long

/** Whether it is a flood now. `times`: when arrivals came, by the hub's clock, in ms. Up at once, down when it has not
 * been one for a while. */
export function isFlood(times, now) {
  const late = times.filter(at => at <= now && at > now - WINDOW_MS - HOLD_MS).sort((a, b) => a - b);
  let from = 0;
  for (let i = 0; i < late.length; i++) {
    while (late[i] - late[from] >= WINDOW_MS) from++;
    if (i - from + 1 >= FLOOD_COUNT && now - late[i] < HOLD_MS) return true;
  }
  return false;
}

/** Who is shown large: the one that somebody has chosen, as long as it is there; else the newest that has just come, but
 * not before the last one has had its time. `shown`: {offset, since}; gives the same where nothing changes. */
export function heroFor(arrivals, chosen, shown, now) {
  if (chosen !== null && arrivals.some(each => each.offset === chosen)) return shown && shown.offset === chosen ? shown : { offset: chosen, since: now };
  const newest = arrivals.find(each => !each.late && !each.gun) || arrivals.find(each => !each.gun) || null;
  if (!newest) return null;
  if (shown && shown.offset === newest.offset) return shown;
  const there = shown && arrivals.some(each => each.offset === shown.offset);
  return there && now - shown.since < STEADY_MS ? shown : { offset: newest.offset, since: now };
}

/** How many are newer than the one that is shown large. */
export function newer(arrivals, offset) {
  return arrivals.filter(each => each.offset > offset && !each.late && !each.gun).length;
}
