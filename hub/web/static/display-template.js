// Shows the display's template: fetches what it says, draws it as large as the screen, and the one of before until the
// next is there. Loaded only by a screen that has one. Refuses to know how a block is drawn.

import { makeTemplatePainter, prepareTemplate } from "./template-paint.js";
import { clockOf, fieldsOf, isShown, listOf } from "./template-words.js";
import { hubNow } from "./display-core.js";
import { upAt } from "./display-messages.js";

const RETRY_MS = 1000;            // doubled with every try
const RETRY_MAX_MS = 30000;
const FETCH_MS = 20000;
const FRAME_MS = 8000;
const GROUND = "#0b0e14";         // around a template that says none

/**
 * `code`: the display's. `onReady()`: there is something else to paint. `onKept(urls)`: what a start without the hub needs.
 */
export function makeTemplates({ code, onReady, onKept }) {
  const place = document.getElementById("template");
  let wanted = "", timer = 0, tries = 0, asking = null;
  let stage = null, leaving = null, newest = "", visible = [], laidOut = "";

  /** Draws what is in force, and gives the cards that are to be seen; null while the hub's own layout is shown: there is
   * nothing to draw, or a crowd for which this template has no list, and it is not to stay whatever comes. */
  function paint(seen, state, now) {
    want(state.gone || seen.scene === "connecting" ? null : state.template);
    if (!stage || (seen.level && !seen.fixed && !stage.hasList)) return null;
    const cards = seen.cards.filter(({ kind }) => kind !== "gun"), card = seen.band || cards[0] || null;
    const key = card ? card.key : "", comes = key !== newest;
    newest = key;
    const rows = stage.paint(card, state, now, comes && (!card || card.calm));
    layOut();
    leave();
    const there = (seen.band ? [seen.band].concat(cards) : cards).filter(each => each === card || rows.includes(each.offset));
    if (there.length !== visible.length || there.some((each, at) => each !== visible[at])) visible = there;
    return visible;
  }

  function want(template) {
    const url = template ? template.url : "";
    if (url === wanted) return;
    wanted = url;
    tries = 0;
    clearTimeout(timer);
    if (asking) asking.abort();
    if (url) load(url);
    else replace(null);
  }

  async function load(url) {
    const mine = asking = new AbortController(), late = setTimeout(() => mine.abort(), FETCH_MS);
    let made = null;
    try {
      const answer = await fetch(url, { signal: mine.signal });
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      const content = await answer.json();
      await style();
      made = await makeStage(place, content, code);
    } catch { /* the line is down, or a newer one is wanted */ }
    clearTimeout(late);
    if (url !== wanted || asking !== mine) {
      if (made) made.destroy();
    } else if (made) {
      replace(made);
      onKept([url].concat(made.images));
    } else timer = setTimeout(load, Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** tries++) * (.5 + Math.random() / 2), url);
  }

  /** The next one is drawn before the one of before goes. */
  function replace(made) {
    leave();
    leaving = stage;
    stage = made;
    laidOut = "";
    if (made) made.element.style.visibility = "";
    else leave();
    onReady();
  }

  function leave() {
    if (leaving) leaving.destroy();
    leaving = null;
  }

  function layOut() {
    const { size: [width, height], ground } = stage.look(), high = place.clientHeight || innerHeight;   // a strip of messages may be below
    const what = [innerWidth, high, width, height, ground].join(" ");
    if (what === laidOut) return;
    laidOut = what;
    const scale = Math.min(innerWidth / width, high / height);
    place.style.background = ground;
    size(stage.element, [width, height]);
    stage.element.style.transform = "translate(" + (innerWidth - width * scale) / 2 + "px, " + (high - height * scale) / 2 + "px) scale(" + scale + ")";
  }

  /** Whether what is drawn has a place of its own for messages. */
  function says() {
    return Boolean(stage && stage.look().says);
  }

  return { paint, says };
}

let sheet = null;

/** The style sheet of templates, which other screens do not need. */
async function style() {
  if (sheet) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/static/template.css";
  await new Promise((done, fail) => {
    link.onload = done;
    link.onerror = fail;
    document.head.appendChild(link);
  }).catch(problem => {
    link.remove();
    throw problem;
  });
  sheet = link;
}

/** Not to be seen yet; where it cannot be made, nothing of it is left. */
async function makeStage(place, content, code) {
  const element = document.createElement("div");
  element.className = "stage";
  element.style.visibility = "hidden";
  place.appendChild(element);
  try {
    return await (content.format === "html-2" ? oldStage(element, content) : newStage(element, content, code));
  } catch (problem) {
    element.remove();
    throw problem;
  }
}

async function newStage(element, template, code) {
  const places = {
    imageUrl: name => "/images/" + name,
    qrUrl: (text, dark, light) => "/api/display/" + encodeURIComponent(code) + "/qr.svg?" + new URLSearchParams({ text, dark, light }),
  };
  await prepareTemplate(template, places);
  const root = element.appendChild(document.createElement("div")), painter = makeTemplatePainter(root, places);
  const fieldsFor = kept(fieldsOf), rowsFor = kept((reads, state, now) => listOf(state).map(read => fieldsOf(read, state, now)));
  const listedFor = kept((reads, state) => listOf(state).map(({ offset }) => offset));
  const names = namesOf(template);
  let which = "resting", known = false;
  return {
    element, images: names.map(places.imageUrl), hasList: template.active.blocks.some(block => block.kind === "list" && !block.hidden),
    look: () => ({
      size: [template.canvas.width, template.canvas.height], ground: template[which].ground || GROUND,
      says: template[which].blocks.some(block => block.kind === "message" && isShown(block, which, known)),
    }),
    /** Gives the offsets that its lists show. */
    paint(card, state, now, enter) {
      which = card ? "active" : "resting";
      known = Boolean(card && card.runner);
      painter.paint(template, which, {
        fields: fieldsFor(card, state, now), known, lines: upAt(state.lines, hubNow(state, now)), offset: card ? card.offset : 0,
        rows: rowsFor(state.reads, state, now), counts: state.counts, clock: clockOf(state, now), nowMs: hubNow(state, now),
      }, { enter });
      const most = Math.max(0, ...template[which].blocks.map(block => (block.kind === "list" && !block.hidden ? block.rows + block.skip : 0)));
      return listedFor(state.reads, state, now).slice(0, most);
    },
    destroy() {
      painter.destroy();
      element.remove();
    },
  };
}

/** One of the predecessor's, in a frame of its own, which is there when it answers. */
async function oldStage(element, template) {
  const { makeOldFrame } = await import("./old-frame.js"), frame = makeOldFrame(element), fieldsFor = kept(fieldsOf);
  let which = template.resting ? "resting" : "active", shown = "", given = null;
  size(element, [template[which].width, template[which].height]);
  frame.show(template, which, null);
  await Promise.race([frame.measure(), later(FRAME_MS)]).catch(problem => {
    frame.destroy();
    throw problem;
  });
  return {
    element, images: [], hasList: false,
    look: () => ({ size: [template[which].width, template[which].height], ground: GROUND }),
    paint(card, state, now) {
      const fields = fieldsFor(card, state, now);
      which = card || !template.resting ? "active" : "resting";
      if (which !== shown || fields !== given) frame.show(template, which, fields);
      shown = which;
      given = fields;
      return [];
    },
    destroy() {
      frame.destroy();
      element.remove();
    },
  };
}

function size(element, [width, height]) {
  element.style.width = width + "px";
  element.style.height = height + "px";
}

function later(ms) {
  return new Promise((_, fail) => setTimeout(fail, ms, new Error("too late")));
}

/** The same again as long as the read, the starts and the session are. */
function kept(made) {
  let given = null, result = null;
  return (what, state, now) => {
    const asked = [what, state.starts, state.session, state.catchUp];
    if (!given || asked.some((each, at) => each !== given[at])) {
      given = asked;
      result = made(what, state, now);
    }
    return result;
  };
}

function namesOf(template) {
  const both = [template.active, template.resting];
  return [].concat(both.map(state => state.image), ...both.map(state => state.blocks.map(block => block.image))).filter(Boolean);
}
