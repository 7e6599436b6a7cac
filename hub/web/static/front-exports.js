// What is kept of sessions that are deleted: to be taken away as files, asked for when somebody looks.

import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import { count } from "./front-words.js";
import { ask } from "./work-ask.js";
import { attempt } from "./work-here.js";
import { sure } from "./work-sure.js";
import { bytes, when } from "./work-words.js";

let kept = [];

export function openExports() {
  $("exports-more").addEventListener("toggle", () => { if ($("exports-more").open) attempt(load); });
  $("exports").addEventListener("click", onClick);
}

async function load() {
  kept = (await ask("GET", "/api/exports")).exports;
  keep($("exports"), kept, each => each.id, "export-template", (element, each) => {
    say(field(element, "name"), each.session_name || each.file_name);
    set(field(element, "name"), "href", each.url);
    say(field(element, "detail"), [count(each.reads, "read"), bytes(each.bytes), "deleted " + when(each.created_at), each.file_name].join(" · "));
  });
  sayOrHide($("no-export"), kept.length ? "" : "None. A session that is deleted leaves a zip file here.");
}

function onClick(event) {
  const button = event.target.closest("[data-act=delete]");
  const each = button && kept.find(one => String(one.id) === button.closest("[data-key]").dataset.key);
  if (!each) return;
  sure({
    title: `Delete the export of “${each.session_name}”?`, yes: "Delete the export", tone: "danger",
    words: `It is all that is left of ${count(each.reads, "read")}. It cannot be brought back.`,
  }, async () => { await ask("DELETE", "/api/exports/" + each.id); await load(); });
}
