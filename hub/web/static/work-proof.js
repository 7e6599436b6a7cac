// What became of a session's reads on the screens: how many were shown, how soon, and which never were. Of the time it
// knows only when to ask again.

import { $, field, keep, mark, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { attempt } from "./work-here.js";
import { partRows, shownWords } from "./work-latency-words.js";
import { count, when } from "./work-words.js";

const ASK_MS = 15000;             // each time all reads are counted
const PAGE = 50;
const place = { session: null, missed: [], next: null };

const path = more => `/api/sessions/${place.session().id}/${more}`;

/** `session()`: the one whose reads these are. */
export function openProof(session) {
  place.session = session;
  $("missed-more").addEventListener("toggle", () => { if ($("missed-more").open) attempt(() => load(0)); });
  $("more-missed").addEventListener("click", () => attempt(() => load(place.next)));
  keepUp();
}

async function keepUp() {
  if (!$("proof")) return;        // the session is gone
  if (!document.hidden) await attempt(look);
  setTimeout(keepUp, ASK_MS);
}

async function look() {
  const [{ parts }, { counts }] = await Promise.all([ask("GET", path("latency")), ask("GET", path("showings?limit=1"))]);
  if (!$("proof")) return;
  const rows = partRows(parts), missed = counts.reads - counts.shown;
  say($("proof-words"), shownWords(counts, count));
  $("latency").hidden = !rows.length;
  keep($("latency-rows"), rows, each => each.name, "latency-template", (element, each) => {
    mark(element, "part", each.name);
    say(field(element, "words"), each.words);
    each.figures.forEach((figure, i) => say(field(element, ["p50", "p95", "p99"][i]), figure));
  });
  $("missed-more").hidden = !missed;
  say($("missed-summary"), count(missed, "read") + " never shown");
}

async function load(after) {
  const page = await ask("GET", path(`unshown?of=shown&limit=${PAGE}&after=${after}`));
  if (!$("proof")) return;
  place.missed = (after ? place.missed : []).concat(page.unshown);
  place.next = page.next;
  keep($("missed"), place.missed, each => each.offset, "missed-template", (element, each) => {
    say(field(element, "name"), each.runner && each.runner.name || (each.bib ? "Bib " + each.bib : "Tag " + each.tag));
    say(field(element, "detail"), [each.bib && each.runner && "Bib " + each.bib, each.location, when(each.time)].filter(Boolean).join(" · "));
    say(field(element, "why"), each.words);
  });
  sayOrHide($("more-missed"), place.next === null ? "" : "More of them");
}
