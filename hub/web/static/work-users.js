// Users of a partner, or of all: invited, given another role, a new link, disabled, deleted.

import { copyOnClick } from "./front-copy.js";
import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { openAudit, loadChanges } from "./work-audit.js";
import { handle, need } from "./work-form.js";
import { attempt, may, me, notice, stay } from "./work-here.js";
import { fits, keys } from "./work-list.js";
import { openPartners } from "./work-partners.js";
import { sure } from "./work-sure.js";
import { age, count, when } from "./work-words.js";

const ROLES = ["viewer", "announcer", "operator", "owner"];

let users = [];

export async function load() {
  users = (await ask("GET", "/api/users")).users;
  paint();
}

function paint() {
  const filter = $("user-filter").value.trim();
  const shown = users.filter(each => fits(filter, each.name, each.email, each.role, stateOf(each), each.partner && each.partner.name));
  keep($("users"), shown, each => each.id, "user-template", fill);
  say($("counted"), users.length ? count(users.length, "user") : "");
  const none = users.length ? `Nobody fits “${filter}”.` : "No user yet. Invite the first one.";
  sayOrHide($("no-user"), shown.length ? "" : none);
}

function fill(element, each) {
  const words = each.name || each.email, self = each.id === me.id;
  say(field(element, "name"), words);
  sayOrHide(field(element, "state"), stateOf(each));
  mark(field(element, "state"), "tone", each.disabled ? "warn" : "");
  say(field(element, "detail"), [
    each.name && each.email, may("admin") && (each.partner ? each.partner.name : "the server"), seen(each),
  ].filter(Boolean).join(" · "));
  set(element, "aria-label", words);
  const role = field(element, "role");
  const options = each.partner ? ROLES : ["admin"];
  keep(role, options, one => one, "option-template", (option, one) => { say(option, one); if (option.value !== one) option.value = one; });
  set(role, "aria-label", "Role of " + words);
  if (document.activeElement !== role) role.value = each.role;
  role.disabled = self || options.length < 2;
  for (const button of element.querySelectorAll("[data-act]")) {
    const act = button.dataset.act, fitting = { disable: !each.disabled && !self, enable: each.disabled, reset: !each.disabled && !self, delete: !self };
    button.hidden = !fitting[act];
    set(button, "aria-label", `${button.textContent}: ${words}`);
  }
}

function stateOf(each) {
  if (each.disabled) return "disabled";
  if (each.waiting) return "invited";
  return each.id === me.id ? "you" : "";
}

function seen(each) {
  if (each.last_seen_at) return "seen " + age(Date.parse(each.last_seen_at), Date.now());
  return each.waiting ? "has not joined yet" : "never signed in";
}

// ---- what is done ------------------------------------------------------------------------------------------------

async function invite(values) {
  need(values, { email: "Enter an e-mail." });
  const admin = values.role === "admin";
  const wanted = { email: values.email, role: values.role, ...(values.name ? { name: values.name } : {}), ...(values.partner && !admin ? { partner: values.partner } : {}) };
  const made = await ask("POST", "/api/users", wanted);
  $("invite").reset();
  $("invite-more").open = false;
  showLink(`A link for ${made.user.email}`, made);
  await Promise.all([load(), loadChanges()]);
}

function showLink(title, { link, expires_at }) {
  say($("link-title"), title);
  say(field($("link"), "link"), link);
  say($("link-until"), "It works until " + when(expires_at) + ".");
  $("link").showModal();
}

function userAt(element) {
  const row = element.closest("[data-key]");
  return row && users.find(each => String(each.id) === row.dataset.key);
}

const NAMED = {
  disable: each => ({
    title: `Disable ${each.name || each.email}?`, yes: "Disable",
    words: "Every page and program signed in as this user is signed out at once. Nothing is deleted, and it can be enabled again.",
  }),
  delete: each => ({
    title: `Delete ${each.name || each.email}?`, yes: "Delete the user", tone: "danger",
    words: "The user and all its personal tokens go for good. Sessions, displays and the log of changes stay.",
  }),
  reset: each => ({
    title: `A new link for ${each.name || each.email}?`, yes: "Make the link",
    words: each.waiting ? "The link from before stops working." : "The password stops working, and every sign-in ends at once. The link lets the user choose a new one.",
  }),
};
const ACTS = {
  disable: each => ask("PATCH", "/api/users/" + each.id, { disabled: true }),
  enable: each => ask("PATCH", "/api/users/" + each.id, { disabled: false }),
  delete: each => ask("DELETE", "/api/users/" + each.id),
  async reset(each) {
    const made = await ask("POST", `/api/users/${each.id}/reset`);
    setTimeout(() => showLink("A link for " + each.email, made));    // once the question is closed
  },
};

function onClick(event) {
  const button = event.target.closest("[data-act]"), each = button && userAt(button);
  if (!each) return;
  const act = button.dataset.act, go = async () => { await ACTS[act](each); await Promise.all([load(), loadChanges()]); };
  if (NAMED[act]) sure(NAMED[act](each), go);
  else attempt(go);
}

function onRole(event) {
  const each = event.target.matches("[data-f=role]") && userAt(event.target), role = event.target.value;
  if (!each) return;
  event.target.value = each.role;                                    // until it is so
  const words = each.name || each.email;
  sure({
    title: `Make ${words} ${/^[ao]/.test(role) ? "an" : "a"} ${role}?`, yes: "Change the role",
    words: "What the user has open is signed out at once. The next sign-in has the new role.",
  }, async () => {
    await ask("PATCH", "/api/users/" + each.id, { role });
    notice(`${words} is ${role} now.`);
    await Promise.all([load(), loadChanges()]);
  });
}

// ---- all of it ---------------------------------------------------------------------------------------------------

$("users").addEventListener("click", onClick);
$("users").addEventListener("change", onRole);
$("user-filter").addEventListener("input", paint);
$("link").addEventListener("close", () => say(field($("link"), "link"), ""));
if (may("admin")) {
  const follow = () => { $("invite-partner").closest(".field").hidden = $("invite-role").value === "admin"; };
  $("invite-role").addEventListener("change", follow);
  $("invite").addEventListener("reset", () => setTimeout(follow));
}
copyOnClick(document, text => say($("said"), text));
keys({ filter: $("user-filter"), rows: () => [...document.querySelectorAll("#users .user")] });
handle($("invite"), invite);
stay();
openAudit();
openPartners(() => Promise.all([load(), loadChanges()]));
attempt(load);
