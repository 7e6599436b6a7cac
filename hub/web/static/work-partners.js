// Partners, for admins: made, renamed, and deleted once nothing is left of them.

import { $, field, keep, say, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { handle, need } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { sure } from "./work-sure.js";
import { count, listed } from "./work-words.js";

let partners = [], renamed = null, changed = null;

/** `whenChanged()`: others on the page may have to ask anew. */
export function openPartners(whenChanged) {
  if (!may("admin")) return;
  changed = whenChanged;
  $("partner-list").addEventListener("click", onClick);
  $("rename-no").addEventListener("click", () => $("rename").close());
  handle($("partner"), make);
  handle($("rename-form"), rename);
  attempt(load);
}

async function load() {
  partners = (await ask("GET", "/api/partners")).partners;
  keep($("partner-list"), partners, each => each.id, "partner-template", fill);
  $("no-partner").hidden = partners.length > 0;
  keep($("invite-partner"), partners, each => each.slug, "option-template", (option, each) => {
    say(option, each.name);
    if (option.value !== each.slug) option.value = each.slug;
  });
}

function fill(element, each) {
  say(field(element, "name"), each.name);
  say(field(element, "slug"), each.slug);
  say(field(element, "detail"), [
    count(each.users, "user"), count(each.sessions, "session"), each.active ? each.active + " live" : "",
  ].filter(Boolean).join(" · "));
  for (const button of element.querySelectorAll("button")) set(button, "aria-label", `${button.textContent} ${each.name}`);
}

async function make(values) {
  need(values, { name: "Give it a name." });
  await ask("POST", "/api/partners", { name: values.name, ...(values.slug ? { slug: values.slug } : {}) });
  $("partner").reset();
  $("partner-more").open = false;
  notice(`“${values.name}” is made. Invite its owner next.`);
  await Promise.all([load(), changed()]);
}

async function rename(values) {
  need(values, { name: "Give it a name.", slug: "Give it a short name." });
  await ask("PATCH", "/api/partners/" + renamed.id, { name: values.name, slug: values.slug });
  $("rename").close();
  await Promise.all([load(), changed()]);
}

function onClick(event) {
  const button = event.target.closest("[data-act]");
  const each = button && partners.find(one => String(one.id) === button.closest("[data-key]").dataset.key);
  if (!each) return;
  if (button.dataset.act === "delete") return askToDelete(each);
  renamed = each;
  $("rename-form-name").value = each.name;
  $("rename-form-slug").value = each.slug;
  $("rename").showModal();
}

function askToDelete(each) {
  const left = listed([each.users && count(each.users, "user"), each.sessions && count(each.sessions, "session")]);
  sure({
    title: `Delete “${each.name}”?`, yes: "Delete the partner", tone: "danger",
    words: left ? `It still has ${left}. Only a partner with nothing left can be deleted.` : "Nothing is left of it but its displays, which go with it.",
  }, async () => {
    await ask("DELETE", "/api/partners/" + each.id);
    await Promise.all([load(), changed()]);
  });
}
