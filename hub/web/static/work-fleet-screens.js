// Screens, one by one: what each does now, and what is wished of it.

import { $, field, keep, mark, say, sayOrHide, set } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { displayName, screenName, screenRow, screensWords } from "./work-fleet-words.js";
import { handle } from "./work-form.js";
import { attempt, may, notice } from "./work-here.js";
import { byPartner, fits } from "./work-list.js";
import { sure } from "./work-sure.js";

let room = null, changing = null;

export function openScreens(theRoom) {
  room = theRoom;
  $("screens").addEventListener("click", event => {
    const button = event.target.closest("[data-act]"), screen = button && screenAt(button);
    if (screen) act(screen, button.dataset.act);
  });
  if (!may("operator")) return;
  $("screens").addEventListener("keydown", onKey);
  handle($("screen-form"), save);
}

export function paintScreens() {
  const { screens, displays, partners, filter } = room;
  const now = room.now(), rows = new Map(screens.map(each => [each.id, screenRow(each, room.version, now)]));
  const shown = screens.filter(each => fits(filter, ...Object.values(rows.get(each.id)).filter(part => typeof part === "string")));
  const ordered = shown.slice().sort((a, b) => b.online - a.online || compare(screenName(a), screenName(b)) || compare(a.id, b.id));
  byPartner($("screens"), ordered, partners, (list, items) => keep(list, items, each => each.id, "screen-template", (element, each) => fill(element, each, rows.get(each.id))));
  say($("screens-words"), screensWords(screens));
  $("no-screen").hidden = shown.length > 0;
  const [words, detail] = screens.length ? [`No screen fits “${filter}”.`, ""]
    : ["No screen has been here yet", displays.length ? "Open one of the addresses below on a screen: it appears here by itself." : "Make a display first; then open its address on a screen."];
  say($("no-screen").querySelector(".words"), words);
  sayOrHide($("no-screen").querySelector(".detail"), detail);
}

function compare(a, b) {
  return a.localeCompare(b, "en", { numeric: true });
}

function fill(element, each, row) {
  for (const part of ["name", "code", "where", "shows", "frame", "trip", "latency", "size", "version"]) {
    const place = field(element, part);
    say(place, row[part]);
    mark(place, "tone", row.amiss[part] ? "warn" : "");
  }
  sayOrHide(field(element, "state"), row.state);
  mark(element, "away", each.online ? "" : "yes");
  set(element, "aria-label", row.name);
  for (const button of element.querySelectorAll("[data-act]")) {
    const kind = button.dataset.act;
    button.hidden = kind === "delete" ? each.online : kind === "identify" || kind === "reload" ? !each.online : false;
    set(button, "aria-label", `${button.textContent}: ${row.name}`);
    if (kind === "blank") set(button, "aria-pressed", String(each.blank));
  }
}

function screenAt(element) {
  const row = element.closest(".screen");
  return row && room.screens.find(each => each.id === row.dataset.key);
}

const KEYS = { i: "identify", b: "blank", Enter: "change" };

function onKey(event) {
  const screen = event.target.matches(".screen") && screenAt(event.target), kind = KEYS[event.key];
  if (!screen || !kind || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(screen, kind);
}

function act(screen, kind) {
  const path = "/api/screens/" + encodeURIComponent(screen.id), name = screenName(screen);
  if (kind === "change") change(screen);
  else if (kind === "delete") {
    sure({
      title: `Forget “${name}”?`, yes: "Forget the screen", tone: "danger",
      words: "Its name goes, and whether it is dark. If it comes back, it is listed as a new one.",
    }, async () => { await ask("DELETE", path); await room.refresh(); });
  } else if (kind === "blank") attempt(() => ask("PATCH", path, { blank: !screen.blank })).then(room.refresh);
  else attempt(() => ask("POST", `${path}/${kind}`)).then(done => { if (done) notice(kind === "identify" ? `“${name}” shows its name for ten seconds.` : `“${name}” loads its page anew.`); });
}

function change(screen) {
  changing = screen;
  say($("screen-title"), "Change " + screenName(screen));
  $("screen-form-name").value = screen.name;
  const own = room.displays.filter(each => each.holds && (!each.partner || !screen.partner || each.partner.id === screen.partner.id));
  chooseFrom("screen-form-code", own.map(each => ({ id: each.code, name: `${displayName(each)} (${each.code})` })));
  $("screen-form-code").value = screen.code;
  $("screen-form-code").closest(".field").hidden = !screen.online;
  $("screen").showModal();
  $("screen-form-name").focus();
}

async function save(values) {
  const moved = values.code && values.code !== changing.code;
  await ask("PATCH", "/api/screens/" + encodeURIComponent(changing.id), { name: values.name || "", ...(moved ? { code: values.code } : {}) });
  $("screen").close();
  notice(moved ? "The screen goes to its new display." : "The screen has its name.");
  await room.refresh();
}
