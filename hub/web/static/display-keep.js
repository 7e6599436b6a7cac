// What a screen keeps for a start without its hub: the last picture, and the page itself. All of it may be refused, full
// or broken: then there is nothing kept, and nothing else changes.

import { advance, hubNow, initial, reduce } from "./display-core.js";

const KEPT_MS_MAX = 24 * 3600 * 1000;
const READS_KEPT = 40;            // as long as a template's list may be, and more than a few large cards
const CACHE = "display";          // as display-worker.js knows it

/** The picture as a hello that says the same: what comes back goes the way of everything else. */
export function keepPicture(code, state, now) {
  const { epoch, session, display, starts, emergency, template, counts, stars, reads, lines, heardAt } = state;
  const hub = hubNow(state, heardAt);
  if (Number.isNaN(hub)) return;
  const hello = { type: "hello", epoch, offset: state.offset || 0, now: new Date(hub).toISOString(), session, display, starts, emergency,
    template, counts, ...lines.told, stars: Array.from(stars),
    recent: reads.filter(({ brief }) => !brief).slice(-READS_KEPT).map(read => Object.assign({}, read, { type: "read" })) };
  try {
    localStorage.setItem(placeOf(code), JSON.stringify({ at: Date.now() - (now - heardAt), hello }));
  } catch { /* full or refused */ }
}

/** The state that the kept picture gives by now, or null. No offset: the hub is asked for everything. */
export function keptPicture(code, now) {
  try {
    const { at, hello } = JSON.parse(localStorage.getItem(placeOf(code)));
    const age = Date.now() - at;
    if (hello.type !== "hello" || !(age > -KEPT_MS_MAX && age < KEPT_MS_MAX)) return null;
    const then = now - Math.max(0, age);
    const state = advance(reduce(initial(then), hello, then), now);
    return Object.assign(state, { greeted: false, keptAt: now, offset: null });
  } catch {
    return null;
  }
}

/** The address is not this screen's any more. */
export function forget(code) {
  try { localStorage.removeItem(placeOf(code)); } catch { /* refused */ }
}

function placeOf(code) {
  return "picture of " + code;
}

const used = new Set();           // files of the hub that this page has loaded; a browser lists no more than some hundreds
let extra = [];

/**
 * This page and its files, all of the build that runs here or none; where the browser allows it (https, localhost).
 * `urls`: what the template in force is made of besides.
 */
export function keepPage(build, urls = extra) {
  extra = urls;
  return keeping = keeping.then(() => keep(build));
}

let keeping = Promise.resolve();  // one after the other: what one has just kept, another would take for left over

async function keep(build) {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/static/display-worker.js", { scope: "/d/" });
    const page = await fetch(location.pathname);
    if (!page.ok || !(await page.clone().text()).includes(build)) return;
    for (const { name } of performance.getEntriesByType("resource")) if (name.startsWith(location.origin + "/static/")) used.add(name);
    performance.clearResourceTimings();
    const files = Array.from(used), more = extra.map(url => new URL(url, location).href), cache = await caches.open(CACHE);
    await cache.addAll(files);
    await cache.put(location.pathname, page);
    for (const url of more) if (!await cache.match(url)) await keepFile(cache, url);
    const wanted = new Set(files.concat(more, location.origin + location.pathname));
    for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  } catch { /* no room, or the hub left meanwhile */ }
}

/** An image may be gone: that keeps nothing else from being kept. */
async function keepFile(cache, url) {
  const answer = await fetch(url).catch(() => null);
  if (answer && answer.ok) await cache.put(url, answer);
}
