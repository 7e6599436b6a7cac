// The page of templates: what there is, as small pictures that are alive; what is to be done with each.

import { $, answer, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { makeSmall } from "./build-small.js";
import { Refused, ask, look } from "./work-ask.js";
import { clear, handle, need } from "./work-form.js";
import { attempt, may, notice, stay } from "./work-here.js";
import { byPartner, fits, keys } from "./work-list.js";
import { sure } from "./work-sure.js";
import { openDisplays, putOnDisplays } from "./work-templates-displays.js";
import { openMake, paintMake } from "./work-templates-make.js";
import { keepNew } from "./work-templates-new.js";
import { countedWords, detailOf, freeName, pageOf, pathOf, shownOn } from "./work-templates-words.js";
import { count, when } from "./work-words.js";

const POLL_MS = 10000;
const UNDO_MS = 12000;

const room = { templates: [], deleted: [], displays: [], partners: [], refresh, attempt };
const pictures = new Map();       // by element: {small, key}
let filter = "", timer = 0, renaming = null;

async function refresh() {
  const [found, { displays }, partners] = await Promise.all([
    look("/api/templates?details=true"), look("/api/displays"), may("admin") ? ask("GET", "/api/partners") : null,
  ]);
  Object.assign(room, { templates: found.templates, deleted: found.deleted, displays, partners: partners ? partners.partners : [] });
  paint();
}

function paint() {
  const { templates, displays, partners, deleted } = room, now = Date.now();
  const shown = templates.filter(each => fits(filter, each.name, detailOf(each, now), shownOn(each, displays)));
  byPartner($("cards"), shown, partners, (list, items) => {
    list.className = "cards";
    keep(list, items, keyOf, "card-template", (element, each) => fill(element, each, now));
  });
  say($("counted"), countedWords(templates.length, shown.length));
  $("no-template").hidden = shown.length > 0;
  if (!shown.length) sayNone(templates.length);
  sayOrHide($("deleted-words"), deleted.length ? "Deleted: " + count(deleted.length, "template") : "");
  $("deleted").hidden = !deleted.length;
  keep($("deleted-list"), deleted, keyOf, "deleted-template", (element, each) => {
    say(field(element, "name"), each.name);
    say(field(element, "detail"), "deleted " + when(each.deleted_at, now));
    const button = element.querySelector("button");
    if (button) set(button, "aria-label", "Take back " + each.name);
  });
  if (may("operator")) paintMake();
  for (const [element, { small }] of pictures) if (!element.isConnected) { small.destroy(); pictures.delete(element); }
}

function sayNone(all) {
  answer("no-template", all
    ? { words: `No template fits “${filter}”.`, detail: "Escape empties the filter." }
    : { words: "There is no template yet.", detail: may("operator")
      ? "Displays show the hub’s own layout. Make one to say yourself what stands where, or drop a file of one here."
      : "Displays show the hub’s own layout." });
  if ($("first")) $("first").hidden = all > 0;
}

const keyOf = each => (each.partner ? each.partner.slug + "/" : "") + each.name;
const slugOf = each => (may("admin") && each.partner ? each.partner.slug : "");

function fill(element, each, now) {
  const link = field(element, "name");
  say(link, each.name);
  set(link, "href", pageOf(each.name, slugOf(each)));
  sayOrHide(field(element, "old"), each.format === "html-2" ? "Old" : "");
  say(field(element, "detail"), detailOf(each, now));
  sayOrHide(field(element, "shown"), shownOn(each, room.displays));
  mark(element, "on", each.displays.length ? "yes" : "");
  for (const button of element.querySelectorAll("[data-act]")) set(button, "aria-label", `${button.textContent}: ${each.name}`);
  set(element.querySelector("[data-act=export]"), "href", pathOf(each.name, "/export", slugOf(each)));
  picture(element, each);
}

// ---- small pictures: drawn when they come into sight ---------------------------------------------------------------

const sight = new IntersectionObserver(entries => entries.forEach(each => { if (each.isIntersecting) draw(each.target); }), { rootMargin: "200px" });
const sizes = new ResizeObserver(entries => entries.forEach(({ target }) => { const held = pictures.get(target); if (held) held.small.scale(); }));

function picture(element, each) {
  const box = element.querySelector(".small"), key = keyOf(each) + " " + each.version, held = pictures.get(box);
  if (held && held.key === key) return;
  if (held) held.small.destroy();
  pictures.set(box, { small: makeSmall(box), key, each, done: false });
  sizes.observe(box);
  sight.unobserve(box);
  sight.observe(box);
}

async function draw(box) {
  const held = pictures.get(box);
  if (!held || held.done) return;
  held.done = true;
  try {
    const { template } = await contentOf(held.each);
    if (pictures.get(box) === held) await held.small.show(template);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    held.done = false;
  }
}

/** Somebody looks at it: it shows how a runner comes in. */
function liven(event) {
  const seen = event.target.closest && event.target.closest(".card"), held = seen && pictures.get(seen.querySelector(".small"));
  if (held && held.done && !(event.relatedTarget && seen.contains(event.relatedTarget))) held.small.enter();
}

function contentOf(each) {
  return ask("GET", pathOf(each.name, "/versions/latest", slugOf(each)));
}

// ---- what is done with one -----------------------------------------------------------------------------------------

const ACTS = {
  displays: each => attempt(() => putOnDisplays(each, refresh)),
  duplicate: each => attempt(async () => {
    const { template } = await contentOf(each), own = room.templates.filter(one => slugOf(one) === slugOf(each));
    const made = await keepNew(freeName(each.name, own.map(one => one.name)), template, slugOf(each));
    await refresh();
    notice(`“${made.name}” is a copy of “${each.name}”.`);
    focusOn(made.name);
  }),
  rename: each => {
    renaming = each;
    clear($("rename-form"));
    say($("rename-title"), `Rename “${each.name}”`);
    $("rename-form-name").value = each.name;
    $("rename").showModal();
    $("rename-form-name").select();
  },
  delete: each => {
    if (!each.displays.length) return attempt(() => remove(each));
    const words = `${shownOn(each, room.displays)}: ${each.displays.length === 1 ? "it shows" : "they show"} the hub’s own layout then. You can take it back.`;
    return sure({ title: `Delete “${each.name}”?`, words, yes: "Delete the template", tone: "danger" }, () => remove(each));
  },
};

async function remove(each) {
  await ask("DELETE", pathOf(each.name, "", slugOf(each)));
  await refresh();
  notice(`“${each.name}” is deleted.`, () => attempt(() => undelete(each)), { label: "Undo", forMs: UNDO_MS });
}

async function undelete(each) {
  await ask("POST", pathOf(each.name, "/undelete", slugOf(each)));
  await refresh();
  notice(`“${each.name}” is back.`);
  focusOn(each.name);
}

async function rename(values) {
  need(values, { name: "Give it a name." });
  if (values.name !== renaming.name) await ask("PATCH", pathOf(renaming.name, "", slugOf(renaming)), { name: values.name });
  $("rename").close();
  await refresh();
  focusOn(values.name);
}

function focusOn(name) {
  const link = [...$("cards").querySelectorAll("a.whole")].find(each => each.textContent === name);
  if (link) link.focus();
}

function find(list, element) {
  const row = element.closest("[data-key]");
  return row && list.find(each => keyOf(each) === row.dataset.key);
}

function onClick(event) {
  const button = event.target.closest("button[data-act]"), each = button && find(room.templates, button);
  if (each) ACTS[button.dataset.act](each);
}

async function poll() {
  clearTimeout(timer);
  if (!document.hidden) {
    try { await refresh(); } catch (problem) { if (!(problem instanceof Refused)) throw problem; }
  }
  timer = setTimeout(poll, POLL_MS);
}

$("template-filter").addEventListener("input", event => { filter = event.target.value.trim(); paint(); });
$("cards").addEventListener("click", onClick);
for (const each of ["pointerover", "focusin"]) $("cards").addEventListener(each, liven);
for (const button of document.querySelectorAll("[data-closes]")) button.addEventListener("click", () => button.closest("dialog").close());
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
addEventListener("pageshow", event => { if (event.persisted) poll(); });
keys({ filter: $("template-filter"), rows: () => [...$("cards").querySelectorAll("a.whole")] });
if (may("operator")) {
  openMake(room);
  openDisplays();
  handle($("rename-form"), rename);
  $("deleted-list").addEventListener("click", event => {
    const each = event.target.closest("[data-act=undelete]") && find(room.deleted, event.target);
    if (each) attempt(() => undelete(each));
  });
}
stay();
attempt(refresh).then(() => { timer = setTimeout(poll, POLL_MS); });
