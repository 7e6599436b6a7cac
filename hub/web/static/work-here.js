// What every page of somebody signed in does: it knows who that is, signs out, and leaves as soon as the sign-in has
// ended, wherever that was done.

import { ask, leave, signOut } from "./work-ask.js";
import { makeClock, makeLink, messagesOf } from "./display-link.js";
import { showOnClick } from "./work-form.js";
import { $ } from "./front-paint.js";

const CHECK_MS = 1000;
const SIGNED_OUT = 4002;
const ROLES = ["viewer", "announcer", "operator", "owner", "admin"];

export const me = JSON.parse($("me").textContent);

export function may(least) {
  return ROLES.indexOf(me.role) >= ROLES.indexOf(least);
}

/** What a socket's end says of the sign-in. */
export function isSignedOut(code) {
  return code === SIGNED_OUT;
}

// ---- the socket that ends with the sign-in -----------------------------------------------------------------------

let link = null;

function attend() {
  const address = () => location.origin.replace(/^http/, "ws") + "/ws/me";
  link = makeLink({ address, onFrame, onLost: onEnd, clock: makeClock() });
  link.open();
}

function onFrame(data) {
  if (messagesOf(data).some(each => each.type === "hello")) link.greeted();
}

/** A browser does not tell why a socket could not be had: so the hub is asked. */
async function onEnd(code) {
  if (isSignedOut(code)) return leave();
  try { await ask("GET", "/api/auth/me"); } catch { /* a page that is signed out has left; else the link tries again */ }
}

function wake() {
  if (!document.hidden) link.wake();
}

// ---- what a page says -------------------------------------------------------------------------------------------

const SAID_MS = 6000;
let saying = 0;

/** A line at the foot of the page. `again`: what its button does, when there is something to try again, or to take back
 * for `forMs`. */
export function notice(words, again = null, { label = "Try again", forMs = 0 } = {}) {
  const line = $("notice");
  clearTimeout(saying);
  line.replaceChildren(...(words ? [Object.assign(document.createElement("p"), { textContent: words })] : []));
  if (again) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", () => { notice(""); again(); });
    line.append(button);
  }
  if (forMs || !again) saying = setTimeout(() => line.replaceChildren(), forMs || SAID_MS);
}

/** Does something that has no form: what the hub refuses is said at the foot of the page. Gives whether it was done. */
export async function attempt(act) {
  try {
    await act();
    return true;
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status !== 401) notice(problem.message, problem.again ? () => attempt(act) : null);
    return false;
  }
}

// ---- all of it ---------------------------------------------------------------------------------------------------

export function stay() {
  $("sign-out").addEventListener("click", () => attempt(signOut));
  showOnClick(document);
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", event => { if (event.persisted) wake(); });
  attend();
  setInterval(() => link.check(), CHECK_MS);
}

export { leave };
