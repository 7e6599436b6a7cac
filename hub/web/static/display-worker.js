// Gives a screen its page while the hub is away. The network comes first, always; what is kept is the answer only when
// there is none. A page of the network has its files from the network, a kept page has the kept files: they never mix.
// What is kept, display-keep.js puts there.

const CACHE = "display";
const PATIENCE_MS = 8000;         // for a network that says nothing at all
const KEPT_PAGES_MAX = 50;
const UNCHANGING = /^\/(images\/|api\/display\/\w+\/template\/)/;   // what a template is made of: another has another address
const keptPages = new Set();      // ids of the pages that came from here

addEventListener("install", () => self.skipWaiting());
addEventListener("fetch", event => {
  const { request, clientId } = event;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (isOwn(request, UNCHANGING)) event.respondWith(kept(request).then(found => found || fetch(request)));
  else if (request.url.startsWith(location.origin + "/static/")) {
    event.respondWith(keptPages.has(clientId) ? kept(request).then(found => found || fetch(request)) : file(request));
  }
});

function isOwn({ url }, places) {
  const { origin, pathname } = new URL(url);
  return origin === location.origin && places.test(pathname);
}

async function page({ request, resultingClientId }) {
  const asked = fetch(request);
  const answer = await Promise.race([asked, silence()]).catch(() => null);
  if (answer && answer.status < 500) return answer;
  const found = await kept(request);
  if (!found) return answer || asked;
  if (keptPages.size >= KEPT_PAGES_MAX) keptPages.clear();
  keptPages.add(resultingClientId);
  return found;
}

async function file(request) {
  const answer = await fetch(request).catch(() => null);
  return answer && answer.status < 500 ? answer : await kept(request) || answer || Response.error();
}

async function kept(request) {
  return (await caches.open(CACHE)).match(request, { ignoreSearch: true, ignoreVary: true });
}

function silence() {
  return new Promise(done => setTimeout(done, PATIENCE_MS, null));
}
