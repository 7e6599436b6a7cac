// Looks at a template as its screens will: with somebody of the session's own roster, the hardest to show among them, and
// an arrival from the first frame to the last. Also over the whole screen.

import { button, chooseField, el, makeDialog } from "./build-panel-dom.js";
import { dataFor, peopleOf } from "./build-samples.js";
import { makeTemplatePainter } from "./template-paint.js";
import { urls } from "./build-small.js";

const REST_MS = 900;
const STAY_MS = 4000;
const CLOCK_MS = 250;

/** `room`: {doc, extremes(), sessions(), chooseSession(id), whenKnown(cb)}. Gives `open()`. */
export function openPreview(room) {
  const { doc } = room, dialog = makeDialog("preview", "Preview", { wide: true });
  const glass = el("div", { class: "glass" }), screen = el("div", { class: "small preview", tabindex: "-1" }, glass), said = el("p", { class: "quiet", role: "status", dir: "auto" });
  const sessionHost = el("span"), whoHost = el("span");
  const play = button("Play an arrival", () => arrive(), { class: "main" }), full = button("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen()));
  let painter = null, which = "active", who = null, next = 0, timers = [], beat = 0;
  dialog.body.append(el("div", { class: "acts" }, sessionHost, whoHost, button("Next runner", () => { next++; take("next"); }), play, full), screen, said);

  function choices() {
    const sessions = chooseField("Session", { options: [["", "Made-up runners"], ...room.sessions().map(each => [each.id, each.session_name])], changed: id => room.chooseSession(id) });
    sessions.update([room.sessionId()]);
    sessionHost.replaceChildren(sessions.element);
    const people = chooseField("Runner", { options: [...peopleOf(room.extremes()).map(({ key, label }) => [key, label]), ["next", "One after the other"]], changed: take });
    people.update([who ? who.key : "longest"]);
    whoHost.replaceChildren(people.element);
  }

  function take(key) {
    const extremes = room.extremes(), { runners } = extremes;
    const found = peopleOf(extremes).find(each => each.key === key);
    who = found || { key, fields: runners.length ? runners[next % runners.length] : null };
    const people = whoHost.querySelector("select");
    if (people) people.value = key;
    stop();
    which = doc.which;
    paint();
  }

  function paint(enter = false) {
    if (!painter) return;
    const now = Date.now(), person = which === "active" ? who.fields : undefined;
    painter.paint(doc.template, which, dataFor(person, room.extremes(), now), { enter });
    screen.dataset.state = which;
    said.textContent = which === "resting" ? "Resting" : who.fields ? who.fields.name : "A tag that nobody is known by";
  }

  function scale() {
    const { width, height } = doc.template.canvas, by = Math.min(screen.clientWidth / width, screen.clientHeight / height);
    Object.assign(glass.style, { width: width + "px", height: height + "px", transform: `translate(${(screen.clientWidth - width * by) / 2}px, ${(screen.clientHeight - height * by) / 2}px) scale(${by})` });
  }

  /** Nobody, somebody, nobody. */
  function arrive() {
    stop();
    which = "resting";
    paint();
    timers = [
      setTimeout(() => { which = "active"; paint(true); }, REST_MS),
      setTimeout(() => { which = "resting"; paint(); }, REST_MS + STAY_MS),
    ];
  }

  function stop() {
    for (const each of timers) clearTimeout(each);
    timers = [];
  }

  function open() {
    painter = painter || makeTemplatePainter(glass, { ...urls, onFonts: () => paint() });
    choices();
    dialog.open();
    scale();
    take(who ? who.key : "longest");
    clearInterval(beat);
    beat = setInterval(() => paint(), CLOCK_MS);
    play.focus();
  }

  dialog.element.addEventListener("close", () => {
    stop();
    clearInterval(beat);
    if (painter) painter.destroy();
    painter = null;
  });
  new ResizeObserver(scale).observe(screen);
  room.whenKnown(() => { if (dialog.element.open) { choices(); take(who ? who.key : "longest"); } });
  return open;
}
