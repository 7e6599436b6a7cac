// Shows an old template where nothing of it can reach the page, the hub or anywhere else: each of its states in a
// sandboxed frame of /frames/old, as large as its canvas, scaled into the middle of `root`. Knows when to show what;
// what is done with it there is in old-inside.js.

const FADE = "opacity 0.3s";
const STILL = "(prefers-reduced-motion: reduce)";
const CARD = ["bib", "tag", "name", "location", "time_of_day", "time"];

/** `show(template, which, fields)`: fields null shows it unfilled. `measure()`: a promise of what is shown, in blocks. */
export function makeOldFrame(root) {
  const hall = document.createElement("div"), panes = {};
  const watcher = new ResizeObserver(fit);
  let front = "", asked = 0;

  Object.assign(hall.style, { position: "absolute", left: "0", top: "0", width: "100%", height: "100%", overflow: "hidden",
    background: "#000" });
  root.append(hall);
  watcher.observe(hall);
  addEventListener("message", hear);

  function show(template, which, fields) {
    const place = which === "resting" && template.resting ? "resting" : "active";
    const { html, width, height } = template[place];
    const pane = panes[place] || (panes[place] = makePane(hall));
    const card = cardOf(fields), enters = place !== front || pane.html !== html || card !== pane.card;
    pane.show({ html, width, height, fields, enters, card });
    if (place !== front) {
      front = place;
      for (const [name, each] of Object.entries(panes)) each.element.style.opacity = name === front ? "1" : "0";
    }
    fit();
  }

  function measure() {
    const pane = panes[front];
    return pane ? pane.measure(++asked) : Promise.reject(new Error("nothing is shown"));
  }

  function fit() {
    for (const pane of Object.values(panes)) pane.fit(hall.clientWidth, hall.clientHeight);
  }

  function hear({ source, data }) {
    for (const pane of Object.values(panes)) if (source && source === pane.element.contentWindow) pane.hear(data || {});
  }

  function destroy() {
    removeEventListener("message", hear);
    watcher.disconnect();
    for (const pane of Object.values(panes)) pane.end();
    hall.remove();
  }

  return { show, measure, destroy };
}

/** One frame. What is to be shown waits until its document is there, and is said again when that was loaded anew. */
function makePane(hall) {
  const element = document.createElement("iframe"), waiting = new Map();
  let ready = false, latest = null, said = "";
  const pane = { element, html: null, card: "", show, measure, fit, hear, end };

  element.setAttribute("sandbox", "allow-scripts");
  element.setAttribute("title", "Template");
  element.tabIndex = -1;
  element.referrerPolicy = "no-referrer";
  Object.assign(element.style, { position: "absolute", left: "0", top: "0", border: "0", opacity: "0",
    transition: matchMedia(STILL).matches ? "none" : FADE,
    transformOrigin: "top left", pointerEvents: "none" });
  const { build } = document.documentElement.dataset;
  element.src = "/frames/old" + (build ? "?v=" + encodeURIComponent(build) : "");
  hall.append(element);

  function show(wanted) {
    const { html, width, height, fields, enters, card } = latest = wanted, now = JSON.stringify([html, width, height, fields]);
    if (!enters && now === said) return;
    said = now;
    Object.assign(pane, { html, card });
    element.style.width = width + "px";
    element.style.height = height + "px";
    tell({ kind: "show", html, fields, enter: enters });
  }

  function tell(message) {
    if (ready) element.contentWindow.postMessage(message, "*");
  }

  function measure(id) {
    return new Promise((done, failed) => {
      waiting.set(id, { done, failed });
      tell({ kind: "measure", id });
    });
  }

  function hear(data) {
    if (data.kind === "ready") {
      ready = true;
      said = "";
      if (latest) show(latest);
      for (const id of waiting.keys()) tell({ kind: "measure", id });
    } else if (data.kind === "measured" && waiting.has(data.id)) {
      waiting.get(data.id).done(data);
      waiting.delete(data.id);
    }
  }

  function fit(wide, high) {
    if (!latest) return;
    const { width, height } = latest, scale = Math.min(wide / width, high / height);
    element.style.transform = `translate(${(wide - width * scale) / 2}px, ${(high - height * scale) / 2}px) scale(${scale})`;
  }

  function end() {
    for (const { failed } of waiting.values()) failed(new Error("the frame was taken away"));
    element.remove();
  }

  return pane;
}

/** Somebody else, or the same again: then it comes in anew. */
function cardOf(fields) {
  return fields ? CARD.map(key => fields[key] || "").join("\n") : "";
}
