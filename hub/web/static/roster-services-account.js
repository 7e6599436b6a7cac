// Accounts at registration services: which there are, and what each signs in with. What somebody has typed for one is
// sent once and not kept: no answer of the hub has it, and no field is filled with it again.

import { $, field, keep, made, say, sayOrHide, set } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { clear, handle, tell, valuesOf } from "./work-form.js";
import { attempt, notice } from "./work-here.js";
import { sure } from "./work-sure.js";
import { accountDetail, deleteWords, experimentalWords, kindDetail, refusedWords } from "./roster-services-words.js";

const PREFIX = "credentials.";
const WAIT_MS = 60000;            // a service may take its time to answer

let room = null, editing = null;

/** `room`: {accounts, kinds, partner(), go(part), load(), events(account), said(account)}. */
export function openAccounts(theRoom) {
  room = theRoom;
  handle($("service-account"), values => save(values, false));
  document.querySelector("#service-account [data-act=anyway]").addEventListener("click", saveAnyway);
  $("service-kinds").addEventListener("click", event => {
    const row = event.target.closest("[data-key]");
    if (row) edit(room.kinds.find(each => each.kind === row.dataset.key), null);
  });
  $("accounts").addEventListener("click", onAccount);
}

export function showKinds() {
  keep($("service-kinds"), room.kinds, each => each.kind, "service-kind-template", (element, each) => {
    say(field(element, "name"), each.name);
    say(field(element, "detail"), kindDetail(each));
    field(element, "experimental").hidden = !each.experimental;
  });
  room.go("kinds");
}

export function paintAccounts(now) {
  const { accounts } = room;
  $("accounts-more").hidden = !accounts.length;
  say($("accounts-summary"), accounts.length === 1 ? "1 account" : `${accounts.length.toLocaleString("en")} accounts`);
  keep($("accounts"), accounts, each => each.id, "account-template", (element, each) => {
    const kind = room.kinds.find(one => one.kind === each.kind);
    say(field(element, "name"), each.name);
    say(field(element, "detail"), accountDetail(each, kind, now));
    sayOrHide(field(element, "problem"), each.problem);
    field(element, "experimental").hidden = !(kind && kind.experimental);
    element.querySelector("[data-act=events]").classList.toggle("main", !room.link && !each.problem);
    for (const button of element.querySelectorAll("button")) set(button, "aria-label", `${button.textContent}: ${each.name}`);
  });
}

/** `account` null: a new one. */
export function edit(kind, account) {
  editing = { kind, account };
  const form = $("service-account");
  form.reset();
  clear(form);
  say($("service-account-title"), account ? `What “${account.name}” signs in with` : kind.name);
  sayOrHide($("service-account-words"), [account ? "What you leave empty stays as it is. It is tried before it is kept." : "It is tried before it is kept, and cannot be read here afterwards.", experimentalWords(kind)].filter(Boolean).join(" "));
  $("service-fields").replaceChildren(...kind.fields.map(each => fieldOf(each, Boolean(account))));
  $("service-account-name").value = account ? account.name : freeName(kind.name);
  say(form.querySelector("[type=submit]"), account ? "Save" : "Connect");
  form.querySelector("[data-act=anyway]").hidden = true;
  room.go("account");
}

function freeName(name) {
  const taken = new Set(room.accounts.map(each => each.name));
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(tried)) return tried;
  }
}

function fieldOf({ name, label, secret, hint, required }, held) {
  const element = made("service-field-template"), id = "service-account-" + PREFIX + name;
  const [title, words, wrong, input] = ["label", ".hint", ".error", "input"].map(each => element.querySelector(each));
  title.htmlFor = input.id = id;
  title.textContent = label + (required ? "" : " (if there is one)");
  words.id = id + "-hint";
  sayOrHide(words, hint);
  wrong.id = id + "-error";
  input.name = PREFIX + name;
  input.type = secret ? "password" : "text";
  input.autocomplete = secret ? "new-password" : "off";
  if (held) input.placeholder = "as it is";
  set(input, "aria-describedby", `${id}-hint ${id}-error`);
  return element;
}

/** No field holds it any longer than it takes. */
export function forgetTyped() {
  $("service-account").reset();
  $("service-fields").replaceChildren();
  editing = null;
}

// ---- what is done ------------------------------------------------------------------------------------------------

function given(values) {
  const typed = Object.entries(values).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(typed.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

function check(values, { kind, account }) {
  const lacking = account ? null : kind.fields.find(each => each.required && !values[PREFIX + each.name]);
  if (lacking) throw new Refused(400, { message: `Enter it: ${kind.name} asks for it.`, field: PREFIX + lacking.name });
  if (!values.name) throw new Refused(400, { message: "Give it a name.", field: "name" });
}

async function save(values, anyway) {
  const { kind, account } = editing, credentials = given(values);
  check(values, editing);
  const body = { name: values.name, ...(Object.keys(credentials).length ? { credentials } : {}), ...(anyway ? { anyway } : {}) };
  const again = $("service-account").querySelector("[data-act=anyway]");
  again.hidden = true;
  let done = null;
  try {
    done = account
      ? await ask("PATCH", "/api/provider-accounts/" + account.id, body, { waitMs: WAIT_MS })
      : await ask("POST", "/api/provider-accounts", { kind: kind.kind, ...body, ...room.partner() }, { waitMs: WAIT_MS });
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    again.hidden = problem.code !== "service_away";
    problem.message = lessLabel(refusedWords(kind, problem), kind, problem.field);
    throw problem;
  }
  forgetTyped();
  await room.load();
  notice(done.words || "Saved.");
  room.said(done.account, !account);
}

/** The hub names a field by its label, which stands above it already. */
function lessLabel(message, kind, name) {
  const about = kind.fields.find(each => PREFIX + each.name === name);
  return about && message.startsWith(about.label + ": ") ? message.slice(about.label.length + 2) : message;
}

async function saveAnyway() {
  const form = $("service-account");
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    const values = valuesOf(form);
    clear(form);
    await save(values, true);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    tell(form, problem);
  } finally {
    delete form.dataset.busy;
  }
}

function onAccount(event) {
  const button = event.target.closest("[data-act]"), row = button && button.closest("[data-key]");
  const account = row && room.accounts.find(each => String(each.id) === row.dataset.key);
  if (!account) return;
  const kind = room.kinds.find(each => each.kind === account.kind);
  const path = "/api/provider-accounts/" + account.id;
  if (button.dataset.act === "events") room.events(account);
  else if (button.dataset.act === "change" && kind) edit(kind, account);
  else if (button.dataset.act === "test") test(path, button);
  else if (button.dataset.act === "delete") {
    sure({ title: `Delete “${account.name}”?`, words: deleteWords(account), yes: "Delete the account", tone: "danger" }, async () => { await ask("DELETE", path); await room.load(); });
  }
}

async function test(path, button) {
  set(button, "aria-busy", "true");
  await attempt(async () => {
    try {
      const { words } = await ask("POST", path + "/test", {}, { waitMs: WAIT_MS });
      notice(words || "The service answers.");
    } finally {
      set(button, "aria-busy", "false");
      await room.load();
    }
  });
}
