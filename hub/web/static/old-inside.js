// Runs alone in the sandboxed frame of an old template: puts its HTML there, fills it, makes it fit, moves it. Knows the
// predecessor's words and attributes; refuses to know the hub, of which it sees nothing, and listens to its parent only.

(function () {
  "use strict";

  const WORDS = /\{\{(\w+)\}\}/g;
  const KNOWN = ["name", "first_name", "last_name", "age", "gender", "city", "state", "country", "division", "team_name",
    "message", "pace", "gun_pace", "chip_time", "net_time", "gun_time", "overall_rank", "finish_time", "division_rank",
    "bib", "reg_choice", "race_name", "wave", "location", "timestamp", "lap", "tag_code", "custom_message"];
  const SAME = { chip_time: "time", net_time: "time", finish_time: "time", timestamp: "time_of_day", tag_code: "tag" };
  const HOOKS = { "runner-name": "name", "runner-city": "city", "runner-message": "message", "bib-number": "bib" };
  const ANIMATIONS = /^(fadeIn|bounceIn|zoomIn)(Down|Up|Left|Right)?$|^slideIn(Down|Up|Left|Right)$|^rotateIn$|^flipIn[XY]$/;
  const UNWANTED = "script,meta,link,base,iframe,frame,frameset,object,embed,applet,audio,video,source,track,portal,"
    + "fencedframe,form,input,button,select,textarea,svg,math,template,noscript,title";
  const IMAGE = /^(\/images\/[0-9a-f]{32}\.(png|jpg|webp)|\/static\/uploads\/(thumbnails\/)?[\w-][\w.() -]*|data:image\/(png|jpe?g|gif|webp);base64,[\w+/=]*)$/;
  const MS_MAX = 5000;
  const LEAST_SHARE = 0.3;          // of its size, to which a text shrinks
  const STEP = 0.05;
  const INLINE = /^(inline|contents)$/;

  let html = null, bound = [], sized = [], turn = 0, filled = false;

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || !data) return;
    if (data.kind === "show") show(data);
    if (data.kind === "measure") parent.postMessage({ kind: "measured", id: data.id, ...measured() }, "*");
  });
  document.fonts.addEventListener("loadingdone", () => filled && shrinkAll());
  parent.postMessage({ kind: "ready" }, "*");

  function show({ html: wanted, fields, enter, id }) {
    if (wanted !== html) put(html = wanted);
    filled = Boolean(fields);
    if (filled) {
      if (enter) turn++;
      for (const each of bound) fill(each, fields);
      shrinkAll();
    } else for (const { element, key } of bound) if (key && !element.textContent && element.tagName !== "IMG") element.textContent = key;
    if (enter) animate();
    parent.postMessage({ kind: "shown", id }, "*");
  }

  /** All but what might run or load, even if it came here unsanitised. */
  function put(text) {
    const parsed = new DOMParser().parseFromString(text, "text/html");
    parsed.querySelectorAll(UNWANTED).forEach(each => each.remove());
    parsed.querySelectorAll("[href],[ping],[srcset]").forEach(each => {
      for (const name of ["href", "ping", "srcset"]) each.removeAttribute(name);
    });
    while (document.body.firstChild) document.body.firstChild.remove();
    for (const part of [parsed.head, parsed.body]) while (part && part.firstChild) document.body.append(part.firstChild);
    bound = bindings();
    sized = bound.concat(fixed());
  }

  /** Texts that stay as they are in a room of their own: another face than the one they were drawn with is wider. */
  function fixed() {
    const taken = new Set(bound.map(({ element }) => element));
    return [...document.body.querySelectorAll("*")]
      .filter(each => each.tagName !== "STYLE" && !isIn(each, taken) && getComputedStyle(each).position === "absolute")
      .filter(each => [...each.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim()))
      .map(element => ({ element, ...sizeOf(element) }));
  }

  /** What is filled: elements and texts, each with the words it has. */
  function bindings() {
    const found = [], taken = new Set();
    for (const element of document.body.querySelectorAll("*")) {
      const key = element.dataset.placeholder || (element.dataset.messages ? "custom_message" : hookOf(element));
      if (!key || element.tagName === "STYLE" || isIn(element, taken)) continue;
      taken.add(element);
      found.push({ element, key, ...sizeOf(element) });
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.includes("{{") || element.tagName === "STYLE" || isIn(element, taken)) continue;
      found.push({ element, node, text: node.data, ...sizeOf(element) });
    }
    return found;
  }

  function isIn(element, taken) {
    for (let each = element; each; each = each.parentElement) if (taken.has(each)) return true;
    return false;
  }

  function hookOf(element) {
    const hook = Object.keys(HOOKS).find(each => element.classList.contains(each));
    return hook && !element.textContent.includes("{{") ? HOOKS[hook] : "";
  }

  function sizeOf(element) {
    const box = boxOf(element);
    return { box, size: parseFloat(getComputedStyle(element).fontSize), own: element.style.fontSize, inside: isInside(box) };
  }

  function fill({ element, key, node, text }, fields) {
    if (node) {
      node.data = text.replace(WORDS, (all, word) => valueOr(word, fields, all));
      return;
    }
    const value = valueOr(key, fields, "", element);
    if (element.tagName !== "IMG") element.textContent = value;
    else if (IMAGE.test(value)) element.src = value;
    else element.removeAttribute("src");
  }

  /** What nobody knows stays as it is written; what is known and has no value is empty. */
  function valueOr(key, fields, unknown, element) {
    const value = fields[key] || fields[SAME[key]];
    if (value) return String(value);
    if (key === "custom_message" && element && element.dataset.messages) {
      const messages = element.dataset.messages.split(",").map(each => each.trim()).filter(Boolean);
      return messages.length ? messages[Math.max(0, turn - 1) % messages.length] : "";
    }
    return key in fields || KNOWN.includes(key) ? "" : unknown;
  }

  /** The element that gives a text its room. */
  function boxOf(element) {
    let box = element;
    while (box.parentElement && box !== document.body && INLINE.test(getComputedStyle(box).display)) box = box.parentElement;
    return box;
  }

  function isInside(box) {
    const { right, bottom } = box.getBoundingClientRect();
    return right <= innerWidth + 1 && bottom <= innerHeight + 1;
  }

  function shrinkAll() {
    for (const { element, own } of sized) element.style.fontSize = own;
    for (const each of sized) shrink(each);
  }

  function shrink({ element, box, size, inside }) {
    for (let share = 1 - STEP; share >= LEAST_SHARE - STEP / 2 && overflows(box, size * share, inside); share -= STEP) {
      element.style.fontSize = size * share + "px";
    }
  }

  /** Letters may reach out of a low line a little. */
  function overflows(box, size, inside) {
    return box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + size / 4 || (inside && !isInside(box));
  }

  function animate() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const all = [...document.body.querySelectorAll("[data-anim]")]
      .filter(({ dataset }) => ANIMATIONS.test(nameOf(dataset)));
    for (const { style } of all) style.animation = "none";
    document.body.getBoundingClientRect();        // so that it begins anew
    for (const { style, dataset } of all) {
      style.animation = `${nameOf(dataset)} ${msOf(dataset.animDur, 1000)}ms ${msOf(dataset.animDelay, 0)}ms backwards`;
    }
  }

  function nameOf({ anim }) {
    return anim.replace(/^animate__/, "");
  }

  function msOf(text, otherwise) {
    const ms = text ? Number(text) : otherwise;
    return ms >= 0 ? Math.min(ms, MS_MAX) : otherwise;
  }

  /** What stands where, as far as blocks can say it: each element that has a text, an image or a ground of its own. */
  function measured() {
    const blocks = [], { classList } = document.documentElement;
    classList.add("still");
    for (const element of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(element), block = element.tagName === "STYLE" || hidden(style) ? null : blockOf(element, style);
      if (block) blocks.push(block);
    }
    classList.remove("still");
    return { width: innerWidth, height: innerHeight, ground: groundOf(document.body) || groundOf(document.documentElement), blocks };
  }

  function hidden({ display, visibility }) {
    return display === "none" || visibility === "hidden";
  }

  function groundOf(element) {
    const { backgroundColor } = getComputedStyle(element);
    return clear(backgroundColor) ? "" : backgroundColor;
  }

  function clear(colour) {
    return colour === "transparent" || /, 0\)$|\/ 0\)$/.test(colour);
  }

  function blockOf(element, style) {
    const isImage = element.tagName === "IMG";
    const text = isImage || INLINE.test(style.display) && !isOwn(element) ? "" : textOf(element).trim();
    const ground = clear(style.backgroundColor) ? "" : style.backgroundColor;
    const picture = style.backgroundImage === "none" ? "" : style.backgroundImage;
    const line = parseFloat(style.borderTopWidth) && style.borderTopStyle !== "none" ? style.borderTopColor : "";
    if (!isImage && !text && !ground && !picture && !line) return null;
    return { ...placeOf(element, style), text, ground, picture, line, linePx: parseFloat(style.borderTopWidth) || 0,
      image: isImage ? element.getAttribute("src") || "" : null, fit: style.objectFit, placeholder: element.dataset.placeholder || "",
      messages: element.dataset.messages || "", anim: nameOf({ anim: element.dataset.anim || "" }), ms: msOf(element.dataset.animDur, 1000),
      delay: msOf(element.dataset.animDelay, 0), size: parseFloat(style.fontSize), weight: Number(style.fontWeight) || 400,
      family: style.fontFamily, italic: style.fontStyle !== "normal", upper: style.textTransform === "uppercase",
      colour: style.color, align: style.textAlign, radius: radiusOf(element, style), z: Number(style.zIndex) || 0,
      padding: Math.min(parseFloat(style.paddingLeft) || 0, parseFloat(style.paddingTop) || 0), mixed: isMixed(element, style),
      shadow: style.textShadow !== "none" || style.boxShadow !== "none",
      leading: parseFloat(style.lineHeight) / parseFloat(style.fontSize) || 0, opacity: Number(style.opacity) };
  }

  function radiusOf({ offsetWidth, offsetHeight }, { borderTopLeftRadius: radius }) {
    return (parseFloat(radius) || 0) * (radius.endsWith("%") ? Math.min(offsetWidth, offsetHeight) / 100 : 1);
  }

  /** Whether a part of a text looks other than the rest. */
  function isMixed(element, { color, fontSize, fontWeight, fontFamily }) {
    return [...element.children].some(each => {
      const own = getComputedStyle(each);
      return INLINE.test(own.display) && each.textContent.trim()
        && (own.color !== color || own.fontSize !== fontSize || own.fontWeight !== fontWeight || own.fontFamily !== fontFamily);
    });
  }

  /** An inline element with no element around that would say its text. */
  function isOwn(element) {
    return element.parentElement === document.body;
  }

  function textOf(element) {
    if (element.dataset.messages) return element.textContent;
    const key = element.dataset.placeholder || hookOf(element);
    if (key) return "{{" + key + "}}";
    let text = "";
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) text += node.data.replace(/\s+/g, " ");
      else if (node.tagName === "BR") text += "\n";
      else if (node.nodeType === Node.ELEMENT_NODE && INLINE.test(getComputedStyle(node).display)) text += textOf(node);
    }
    return text;
  }

  /** Of what is turned: as it was before, with the angle. */
  function placeOf(element, { transform }) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const turned = /^matrix\(([^,]+), ?([^,]+)/.exec(transform);
    const rotate = turned ? Math.round(Math.atan2(Number(turned[2]), Number(turned[1])) * 180 / Math.PI) : 0;
    if (!rotate) return { x: left, y: top, w: width, h: height, rotate };
    const { offsetWidth: w, offsetHeight: h } = element;
    return { x: left + (width - w) / 2, y: top + (height - h) / 2, w, h, rotate };
  }
})();
