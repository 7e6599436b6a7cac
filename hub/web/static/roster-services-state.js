// How it is with the service that fills a roster: when it was asked, when it is asked next, what came of it, and what is
// wrong. Knows the link's shape; asks nothing.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { facts, figures, ofWords, todoWords, toneOf } from "./roster-services-words.js";

/** `failed`: why the last load that somebody has asked for did not come to its end, or nothing. */
export function paintLink(link, kind, failed, now) {
  const { tone, words } = toneOf(link);
  say($("service-tone"), words);
  mark($("service-tone"), "tone", tone);
  say($("service-event"), link.event.name || `Event ${link.event.id}`);
  say($("service-of"), ofWords(link, kind));
  const problem = failed || link.problem, place = $("service-problem");
  place.hidden = !problem;
  say(place.querySelector(".words"), problem);
  sayOrHide(place.querySelector(".to-do"), todoWords(link, now));
  keep($("service-figures"), figures(link), each => each.key, "service-figure-template", (element, each) => {
    say(field(element, "number"), each.number.toLocaleString("en"));
    say(field(element, "words"), each.words);
  });
  paintFacts(link, now);
  paintActs(link, kind);
}

export function paintFacts(link, now) {
  keep($("service-facts"), facts(link, now), ([name]) => name, "service-fact-template", (element, [name, value]) => {
    say(field(element, "words"), name);
    say(field(element, "value"), value);
  });
}

function paintActs(link, kind) {
  const pause = document.querySelector("#services [data-act=pause]"), results = $("service-results");
  if (!pause) return;
  const running = Boolean(link.job && link.job.status === "running");
  say(pause, link.enabled ? "Pause" : "Go on");
  set(pause, "aria-pressed", String(!link.enabled));
  document.querySelector("#services [data-act=sign-in]").classList.toggle("main", Boolean(link.problem && link.enabled && !link.next_at));
  for (const act of ["refresh", "full"]) document.querySelector(`#services [data-act=${act}]`).disabled = running;
  results.hidden = !(kind && kind.results);
  const box = results.querySelector("input");
  if (document.activeElement !== box || !box.dataset.busy) box.checked = link.results;
}
