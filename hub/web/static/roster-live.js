// What becomes of a session while a page looks at it: by its socket while it is live, else by asking now and then.
// Refuses to know what the messages say.

import { isFinal } from "./display-core.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { isSignedOut, leave } from "./work-here.js";

const CHECK_MS = 1000;
const POLL_MS = 10000;
const STALE_MS = 3000;

/** `onMessage(message)`: each. `onBack()`: anything may have changed. `onSilence(ms)`: for how long nothing was heard; 0:
 * all is well. Gives `watch(session)`, to be called with the session whenever it may be another. */
export function makeFollower({ onMessage, onBack, onSilence }) {
  const clock = makeClock();
  let link = null, followed = null, lostAt = null, polledAt = clock();

  function watch(session) {
    const wanted = session && session.status === "active" ? session.id : null;
    if (wanted === followed) return;
    if (link) link.stop();
    followed = wanted;
    link = null;
    lostAt = null;
    if (wanted === null) return;
    lostAt = clock();
    link = makeLink({ address: () => location.origin.replace(/^http/, "ws") + "/ws/sessions/" + wanted, onFrame, onLost, clock });
    link.open();
  }

  function onFrame(data) {
    lostAt = null;
    for (const message of messagesOf(data)) {
      if (!message) continue;
      if (message.type === "hello") { link.greeted(); onBack(); }
      onMessage(message);
    }
  }

  function onLost(code) {
    if (isSignedOut(code)) return leave();
    if (lostAt === null) lostAt = clock();
    if (isFinal(code) && link) { link.stop(); link = null; followed = null; }    // what it is now, the next answer says
  }

  function beat() {
    if (document.hidden) return;
    if (link) link.check();
    else if (clock() - polledAt >= POLL_MS) { polledAt = clock(); onBack(); }
    const silent = lostAt === null ? 0 : clock() - lostAt;
    onSilence(silent >= STALE_MS ? silent : 0);
  }

  setInterval(beat, CHECK_MS);
  document.addEventListener("visibilitychange", () => { if (document.hidden) return; if (link) link.wake(); else onBack(); });
  return { watch };
}

/** Does it at once, and once more when it was wanted meanwhile; not more often than every `everyMs`. */
export function makeSoon(act, everyMs) {
  let timer = 0, wanted = false;
  async function run() {
    wanted = false;
    timer = setTimeout(() => { timer = 0; if (wanted) run(); }, everyMs);
    await act();
  }
  return () => { wanted = true; if (!timer) run(); };
}
