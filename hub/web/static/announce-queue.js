// What an announcer has said, starred and noted, and the hub does not know yet: kept in the browser, an entry each, until
// the hub has it. A reload or a dead battery loses nothing. Knows how to send; refuses to know what it looks like.

const RETRY_MS = 2000;
const CROWDED = 429;

/** `store`: as localStorage. `prefix`: whose these are: the user's and the session's. `send(entry)`: a promise; a refusal
 * has `status`, and `again` when it is worth another try. `done(entry, answer)`; `refused(entry, problem)`; `changed()`. */
export function makeQueue({ store, prefix, send, done, refused, changed }) {
  const entries = load(store, prefix);
  let busy = false, timer = 0;

  function put(entry) {
    const key = keyOf(entry), before = entries.get(key);
    const next = { ...(before || {}), ...entry, stamp: Date.now() + Math.random() };
    entries.set(key, next);
    write(store, prefix + key, next);
    changed();
    flush();
  }

  function drop(key, entry) {
    if (entries.get(key) !== entry) return;         // it has been changed meanwhile, and is sent again
    entries.delete(key);
    write(store, prefix + key, null);
  }

  async function flush() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    try {
      while (entries.size) {
        const [key, entry] = entries.entries().next().value;
        if (!(await sent(key, entry))) break;
      }
    } finally {
      busy = false;
    }
  }

  /** Gives whether to go on with the next one. */
  async function sent(key, entry) {
    try {
      const answer = await send(entry);
      drop(key, entry);
      done(entry, answer);
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.again || problem.status === CROWDED || problem.status === 401) {
        timer = setTimeout(flush, problem.retryS ? problem.retryS * 1000 : RETRY_MS);
        changed();
        return false;
      }
      drop(key, entry);
      refused(entry, problem);
    }
    changed();
    return true;
  }

  return {
    /** `{kind: "call", offset, epoch, said}` or `{kind: "mark", who, starred?, note?}`: takes the place of what is waiting
     * of the same read or runner. */
    put,
    flush,
    /** What is not for this feed any more: offsets mean something else in another epoch. */
    forget(epoch) {
      for (const [key, entry] of entries) if (entry.kind === "call" && entry.epoch !== epoch) drop(key, entry);
      changed();
    },
    get size() { return entries.size; },
    call(offset) { return entries.get("call " + offset) || null; },
    mark(who) { return entries.get("mark " + who) || null; },
  };
}

function keyOf(entry) {
  return entry.kind === "call" ? "call " + entry.offset : "mark " + entry.who;
}

function load(store, prefix) {
  const found = [];
  try {
    for (let i = 0; i < store.length; i++) {
      const key = store.key(i);
      if (!key.startsWith(prefix)) continue;
      const entry = parsed(store.getItem(key));
      if (entry) found.push([key.slice(prefix.length), entry]);
    }
  } catch { /* refused: then it is kept as long as the page is open */ }
  return new Map(found.sort((a, b) => a[1].stamp - b[1].stamp));
}

function parsed(words) {
  try {
    const entry = JSON.parse(words);
    return entry && (entry.kind === "call" || entry.kind === "mark") ? entry : null;
  } catch {
    return null;
  }
}

function write(store, key, entry) {
  try {
    if (entry) store.setItem(key, JSON.stringify(entry)); else store.removeItem(key);
  } catch { /* refused or full */ }
}
