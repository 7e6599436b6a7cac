// One's own settings: name, password, tokens for programs.

import { copyOnClick } from "./front-copy.js";
import { $, field, keep, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { openCrew } from "./work-crew.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice, stay } from "./work-here.js";
import { sure } from "./work-sure.js";
import { age, when } from "./work-words.js";

let tokens = [];

async function load() {
  const { user } = await ask("GET", "/api/auth/me");
  say($("email"), user.email);
  $("password-user").value = user.email;
  if (!$("you-name").value) $("you-name").value = user.name;
  await loadTokens();
}

async function loadTokens() {
  tokens = (await ask("GET", "/api/tokens")).tokens;
  paint();
}

function paint() {
  const now = Date.now();
  keep($("token-list"), tokens, each => each.id, "token-template", (element, each) => {
    say(field(element, "name"), each.name);
    say(field(element, "detail"), [
      each.last_used_at ? "used " + age(Date.parse(each.last_used_at), now) : "never used", "made " + when(each.created_at, now),
      each.expires_at && "ends " + when(each.expires_at, now),
    ].filter(Boolean).join(" · "));
    set(element.querySelector("button"), "aria-label", "Revoke " + each.name);
  });
  sayOrHide($("no-token"), tokens.length ? "" : "No token yet. A script that asks the hub needs one.");
}

async function saveName(values) {
  need(values, { name: "Enter your name." });
  await ask("PATCH", "/api/auth/me", { name: values.name });
  notice("Saved.");
}

async function savePassword(values) {
  need(values, { old: "Enter the password that you have.", new: "Choose a new password." });
  await ask("POST", "/api/auth/password", { old: values.old, new: values.new }, { stay: true });
  $("password").reset();
  notice("The password is changed.");
}

async function makeToken(values) {
  need(values, { name: "Give it a name." });
  const made = await ask("POST", "/api/tokens", { name: values.name });
  say($("made-title"), `The token “${made.name}”`);
  say(field($("made"), "token"), made.token);
  $("token").reset();
  $("token-more").open = false;
  $("made").showModal();
  await loadTokens();
}

function onClick(event) {
  const row = event.target.closest("[data-act=revoke]") && event.target.closest("[data-key]");
  const each = row && tokens.find(one => String(one.id) === row.dataset.key);
  if (!each) return;
  sure({
    title: `Revoke “${each.name}”?`, yes: "Revoke the token", tone: "danger",
    words: "The program that has it is refused at once. It cannot be brought back; a new one can be made.",
  }, async () => { await ask("DELETE", "/api/tokens/" + each.id); await loadTokens(); });
}

$("token-list").addEventListener("click", onClick);
$("made").addEventListener("close", () => say(field($("made"), "token"), ""));
copyOnClick(document, text => say($("said"), text));
$("password").dataset.stays = "yes";
handle($("you"), saveName);
handle($("password"), savePassword);
handle($("token"), makeToken);
stay();
attempt(load);
if (may("operator")) attempt(openCrew);
