// Asks the hub. What it refuses comes as one kind of error, with the hub's own sentence and the field it is about.

const ANSWER_MS = 30000;          // a large roster takes a while, a deletion writes its export first

/** `status` 0: there was no answer. `field`: what is wrong, by its name in the request. `again`: worth another try. */
export class Refused extends Error {
  constructor(status, { message, field, code } = {}, retryS = 0) {
    super(message || "The hub answers with " + status + ".");
    this.status = status;
    this.field = field || "";
    this.code = code || "";
    this.retryS = retryS;
    this.again = status === 0 || status === 503;
  }
}

let changes = 0;                  // of this page: begun ones, and ended ones

/** What there is now: the answer to what was asked before this page changed something would show it unchanged again. */
export async function look(path) {
  for (;;) {
    const before = changes, said = await ask("GET", path);
    if (before === changes) return said;
  }
}

/** Gives what the hub answers. `body`: FormData, or what becomes JSON. Throws Refused. */
export async function ask(method, path, body, { waitMs = ANSWER_MS, stay = false } = {}) {
  if (method !== "GET") changes++;
  let response, said;
  try {
    response = await answered(method, path, body, waitMs);
    said = response.status === 204 ? null : await parsed(response);
  } finally {
    if (method !== "GET") changes++;
  }
  if (response.ok) return said;
  const refused = new Refused(response.status, said && said.error, Number(response.headers.get("Retry-After")) || 0);
  if (refused.status === 401 && !stay) leave();
  throw refused;
}

async function answered(method, path, body, waitMs) {
  const impatience = new AbortController(), timer = setTimeout(() => impatience.abort(), waitMs);
  const json = body !== undefined && !(body instanceof FormData);
  try {
    return await fetch(path, {
      method, cache: "no-store", signal: impatience.signal, credentials: "same-origin",
      body: json ? JSON.stringify(body) : body, headers: json ? { "Content-Type": "application/json" } : {},
    });
  } catch {
    throw new Refused(0, { message: "The hub does not answer." });
  } finally {
    clearTimeout(timer);
  }
}

async function parsed(response) {
  try { return await response.json(); } catch { return null; }
}

let signingOut = false;           // then nobody wants to come back

/** To where somebody signs in, and from there back here. */
export function leave() {
  const here = location.pathname + location.search;
  if (signingOut) location.replace("/login");
  else location.replace("/login?to=" + encodeURIComponent(here).replace(/%2F/g, "/"));
}

export async function signOut() {
  signingOut = true;
  try {
    await ask("POST", "/api/auth/logout");
    leave();
  } catch (problem) {
    signingOut = false;
    throw problem;
  }
}

/** A path of our own, else the first page: a link may say anything. */
export function ownPath(given) {
  if (!/^\/(?![/\\])/.test(given || "")) return "/";
  try {
    const url = new URL(given, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}
