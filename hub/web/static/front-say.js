// A message that stands on all screens of a session at once, said from the control room.

import { $, say, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { clear, handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";

const UNDO_MS = 12000;
let session = null;

export function openSay() {
  if (!may("operator")) return;
  $("say-no").addEventListener("click", () => $("say-dialog").close());
  handle($("say-form"), send);
}

/** Asks what the screens of this session are to say. */
export function askToSay(each) {
  session = each;
  say($("say-title"), `Say it on the screens of “${each.session_name}”`);
  set($("say-all"), "href", `/sessions/${each.id}#messages-title`);
  clear($("say-form"));
  $("say-dialog").showModal();
  $("say-form-text").focus();
}

async function send(values) {
  need(values, { text: "Say what the screens are to show." });
  const path = `/api/sessions/${session.id}/messages`, { message } = await ask("POST", path, { text: values.text, now: true });
  $("say-dialog").close();
  $("say-form").reset();
  notice("It stands on all its screens.", () => attempt(async () => {
    await ask("DELETE", `${path}/${message.id}`);
    notice("It is gone again.");
  }), { label: "Take it back", forMs: UNDO_MS });
}
