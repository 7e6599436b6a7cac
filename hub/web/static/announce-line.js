// What an announcer's page hears of its session: live by the socket, with what a hello does not bring from the database;
// the end of a session that is not live. It refuses to know what is shown of it.

import { HELD_MAX, called, filled, marked, missing, nothing, reduce } from "./announce-held.js";
import { unshownReads } from "./announce-list.js";
import { isFinal } from "./display-core.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { ask } from "./work-ask.js";
import { attempt, isSignedOut, leave } from "./work-here.js";

const ASK_MS = 5000;
const UNSHOWN_MS = 5000;           // while somebody looks at them
const UNSHOWN_IDLE_MS = 60000;
const READS_MAX = 500;            // that the hub gives at once
export const clock = makeClock();

/** `session`: as the hub says it. `changed()`: there is something new to paint; `greeted(epoch)`: the hub is there;
 * `corrected(offset)`. */
export function makeLine(session, { changed, greeted, corrected }) {
  /** `unshown`: reads that were on no screen; null until the hub has said that it knows of such. */
  const line = { session, held: nothing(), live: false, loaded: false, lostAt: null, unshown: null, path };
  let link = null, unshownAt = -Infinity, unknown = false;

  function path(more) {
    return "/api/sessions/" + line.session.id + (more || "");
  }

  function follow(next) {
    line.session = next;
    const live = next.status === "active";
    if (live !== line.live || !line.loaded) {
      if (link && live !== line.live) stop();
      line.live = live;
      if (live && !link) connect();
      else if (!live) attempt(loadEnd);
    }
    changed();
  }

  function stop() {
    if (link) link.stop();
    link = null;
  }

  function connect() {
    if (line.lostAt === null) line.lostAt = clock();
    link = makeLink({ address, onFrame, onLost, clock });
    link.open();
  }

  function address() {
    const { held } = line, place = location.origin.replace(/^http/, "ws") + "/ws/sessions/" + line.session.id;
    return held.offset === null ? place : place + "?" + new URLSearchParams({ after: held.offset, epoch: held.epoch });
  }

  function onFrame(data, now) {
    line.lostAt = null;
    for (const message of messagesOf(data)) {
      line.held = reduce(line.held, message, now);
      if (message && message.type === "correction") corrected(message.offset);
      if (message && message.type === "hello") {
        link.greeted();
        greeted(line.held.epoch);
        loadBefore();
      }
    }
    line.loaded = true;
    changed();
  }

  function onLost(code) {
    if (isSignedOut(code)) return leave();
    if (line.lostAt === null) line.lostAt = clock();
    if (isFinal(code)) { stop(); line.live = false; }   // the session's next answer says what it is now
    changed();
  }

  /** What a hello does not bring. It is tried again with the next one. */
  async function loadBefore() {
    const gap = missing(line.held), { epoch } = line.held;
    if (!gap) return;
    const answer = await answered(() => reads(gap.after, gap.before - 1 - gap.after));
    if (answer && line.held.epoch === epoch) line.held = filled(line.held, answer.reads);
    changed();
  }

  /** Reads and guns are at least as many as its reads, so it ends after that. */
  async function loadEnd() {
    const { marks } = await ask("GET", path("/marks"));
    let after = Math.max(0, (line.session.total_reads || 0) - READS_MAX / 2), found = [];
    while (after !== null) {
      const page = await reads(after, READS_MAX);
      found = found.concat(page.reads).slice(-HELD_MAX);
      after = page.next;
    }
    line.held = { ...filled(nothing(), found), marks: marked({}, marks) };
    Object.assign(line, { loaded: true, lostAt: null });
    changed();
  }

  function reads(after, limit) {
    return ask("GET", path("/reads?" + new URLSearchParams({ after, limit })));
  }

  async function keepUp() {
    if (!document.hidden) {
      const next = await answered(() => ask("GET", path()), () => location.reload());
      if (next) follow(next);
    }
    setTimeout(keepUp, ASK_MS);
  }

  async function askUnshown(looking) {
    if (unknown || line.lostAt !== null || clock() - unshownAt < (looking ? UNSHOWN_MS : UNSHOWN_IDLE_MS)) return;
    unshownAt = clock();
    const query = new URLSearchParams({ of: "shown", after: Math.max(0, line.held.offset - HELD_MAX), limit: READS_MAX });
    const answer = await answered(() => ask("GET", path("/unshown?" + query)), () => { unknown = true; });
    if (answer) line.unshown = unshownReads(answer, line.held.reads);
    changed();
  }

  /** null: there was none; `gone()`: there never will be. */
  async function answered(asks, gone = () => {}) {
    try {
      return await asks();
    } catch (problem) {
      if (problem.status === undefined) throw problem;
      if (problem.status === 404) gone();
      return null;
    }
  }

  return Object.assign(line, {
    open() { follow(session); setTimeout(keepUp, ASK_MS); },
    /** `unshown`: whether somebody looks at those. */
    check({ unshown }) { if (link) link.check(); askUnshown(unshown); },
    wake() { if (link) link.wake(); },
    /** What the hub has taken of this page, at once: the message for all comes, too. */
    call(call) { line.held = { ...line.held, calls: called(line.held.calls, [call]) }; },
    mark(mark) { line.held = { ...line.held, marks: marked(line.held.marks, [mark]) }; },
  });
}
