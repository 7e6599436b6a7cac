// What the tag check has looked up: one after the other, as they were scanned; the last of them is shown. Refuses to know
// how.

import { Refused, ask } from "./work-ask.js";
import { lookedOf, toneOf } from "./check-words.js";

const LAST_MAX = 12;
const AWAY = "away";

/** `session()`: whose roster it is. `isTyping()`: somebody is. `shown(tone)`: another one is shown; "": the same one, as it
 * is by now. */
export function makeDesk({ session, isTyping, shown }) {
  const desk = { looked: null, before: null, last: [] }, queue = [];
  let key = 0, busy = false;

  /** `read`: it was a reader's. Of those that wait the newest alone is looked up, the others are just noted. */
  async function look(code, read = null) {
    const waiting = read ? queue.findIndex(each => each.read) : -1;
    if (waiting >= 0) note(lookedOf(queue.splice(waiting, 1)[0].read));
    queue.push({ code, read });
    if (busy) return;
    busy = true;
    while (queue.length) {
      const next = queue.shift();
      show(await asked(next.code), Boolean(next.read));
    }
    busy = false;
  }

  async function asked(code) {
    try {
      return await ask("GET", `/api/sessions/${session().id}/lookup?` + new URLSearchParams({ code }));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      return { code, as: null, participant: null, candidates: [], reads: 0, last: null, result: null, problems: [{ kind: AWAY, words: problem.message + " Try it again." }] };
    }
  }

  /** What a reader saw does not take away what somebody is choosing from, or about to ask. */
  function show(found, byReader) {
    note(found);
    if (byReader && (isTyping() || (desk.looked && toneOf(desk.looked) === "ask"))) return shown("");
    Object.assign(desk, { before: desk.looked, looked: found });
    shown(toneOf(found));
  }

  function note(found) {
    const time = new Date().toLocaleTimeString("en-GB");
    desk.last = [{ key: ++key, looked: found, time }, ...desk.last].slice(0, LAST_MAX);
  }

  /** What is shown, as it is by now. */
  async function again() {
    const was = desk.looked;
    if (!was || busy) return;
    const found = await asked(was.code);
    if (desk.looked !== was || (found.problems[0] && found.problems[0].kind === AWAY)) return;
    if (was.chosen && !found.participant) return;
    replace(was, found);
  }

  function replace(was, found) {
    desk.looked = found;
    desk.last = desk.last.map(each => (each.looked === was ? { ...each, looked: found } : each));
    shown("");
  }

  /** One of those that were meant: with all that is known by their bib. */
  async function choose(person) {
    const was = desk.looked, found = person.bib ? await asked(person.bib) : was;
    const same = found.participant && found.participant.id === person.id;
    if (desk.looked !== was) return;
    replace(was, same ? found : { ...was, participant: person, candidates: [], problems: [], chosen: true });
    shown(toneOf(desk.looked));
  }

  /** One of the last, once more. */
  function recall(wanted) {
    const each = desk.last.find(one => String(one.key) === wanted);
    if (!each) return;
    Object.assign(desk, { before: null, looked: each.looked });
    shown("");
    again();
  }

  return { desk, look, again, choose, recall, forget() { desk.before = null; } };
}
