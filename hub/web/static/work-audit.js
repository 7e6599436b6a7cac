// Who did what, newest first.

import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { attempt, may } from "./work-here.js";
import { when } from "./work-words.js";

const PAGE = 30;

let changes = [], next = null;

export function openAudit() {
  $("more-changes").addEventListener("click", () => attempt(more));
  attempt(loadChanges);
}

/** The newest anew. */
export async function loadChanges() {
  const page = await ask("GET", "/api/audit?limit=" + PAGE);
  const known = new Set(page.audit.map(each => each.id));
  const older = changes.filter(each => !known.has(each.id));
  if (!older.length) next = page.next;
  changes = [...page.audit, ...older];
  paint();
}

async function more() {
  const page = await ask("GET", `/api/audit?limit=${PAGE}&before=${next}`);
  changes = [...changes, ...page.audit];
  next = page.next;
  paint();
}

function paint() {
  keep($("changes"), changes, each => each.id, "change-template", (element, each) => {
    say(field(element, "words"), sentenceOf(each));
    sayOrHide(field(element, "detail"), detailOf(each));
    say(field(element, "at"), when(each.at));
    set(field(element, "at"), "title", each.at);
  });
  $("more-changes").hidden = next === null;
  $("no-change").hidden = changes.length > 0;
}

/** "user.invited" of ann: "ann@example.org: user invited, bo@example.org" */
function sentenceOf({ who, action, what }) {
  return `${who}: ${action.replace(/[._]/g, " ")}${what && what !== who ? ", " + what : ""}`;
}

/** "role operator · Nordic Timing" */
function detailOf({ detail, partner }) {
  const more = Object.entries(detail || {}).map(([name, value]) => `${name.replace(/_/g, " ")} ${short(value)}`);
  return [...more, may("admin") && partner ? partner.name || partner : ""].filter(Boolean).join(" · ");
}

function short(value) {
  const words = typeof value === "string" ? value : JSON.stringify(value);
  return words.length > 80 ? words.slice(0, 79) + "…" : words;
}
