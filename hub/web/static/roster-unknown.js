// Tags that were read and that nobody on the roster has: how often, where and when, and a tap away whose they are.

import { $, field, keep, say, sayOrHide } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { may } from "./work-here.js";
import { assign } from "./roster-assign.js";
import { number, unknownWords } from "./roster-words.js";

const FEW = 6;
const unknown = { tags: [], total: 0, all: false };
let room = null;

export function openUnknown(theRoom) {
  room = theRoom;
  $("unknown-all").addEventListener("click", () => { unknown.all = !unknown.all; paintUnknown(); });
  $("unknown-list").addEventListener("click", event => {
    const row = event.target.closest("[data-key]"), each = row && unknown.tags.find(one => one.tag === row.dataset.key);
    if (each && may("operator")) assign(each);
  });
}

export async function loadUnknown() {
  const found = await ask("GET", `/api/sessions/${room.session.id}/unknown-tags`);
  unknown.tags = found.tags;
  unknown.total = Math.max(found.total || 0, found.tags.length);
  paintUnknown();
}

export function paintUnknown() {
  const { tags, total, all } = unknown, now = Date.now();
  const within = $("unknown").contains(document.activeElement);
  $("unknown").hidden = !tags.length;
  if (within && !tags.length) $("people").focus();
  say($("unknown-title"), total === 1 ? "One unknown tag" : number(total) + " unknown tags");
  say($("unknown-words"), may("operator") ? "Read, but on nobody’s line of the roster. Touch one to say whose it is." : "Read, but on nobody’s line of the roster.");
  keep($("unknown-list"), all ? tags : tags.slice(0, FEW), each => each.tag, "unknown-template", (element, each) => {
    say(field(element, "tag"), each.tag);
    say(field(element, "detail"), unknownWords(each, now));
    sayOrHide(field(element, "why"), each.why === "two" ? "two have it" : "");
  });
  sayOrHide($("unknown-all"), tags.length > FEW ? (all ? "Show fewer" : `Show all ${number(tags.length)}`) : "");
}
