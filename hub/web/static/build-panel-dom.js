// What panels are made of: elements with names, and controls that show one value, or that several differ. Knows the DOM;
// refuses to know templates and the hub.

let made = 0;

/** `props`: `on` listeners by event, `data` marks, `class`; the rest are attributes, true alone or left out when false. */
export function el(name, props = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "class") element.className = value;
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(each => each !== null && each !== undefined && each !== ""));
  return element;
}

export function button(words, act, props = {}) {
  return el("button", { type: "button", on: { click: act }, ...props }, words);
}

/** A drawing of 20 by 20, in the colour of the text. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg", drawing = document.createElementNS(space, "svg"), line = document.createElementNS(space, "path");
  for (const [name, value] of [["class", "icon"], ["viewBox", "0 0 20 20"], ["width", "16"], ["height", "16"], ["aria-hidden", "true"]]) drawing.setAttribute(name, value);
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

export function freshId(stem) {
  return `${stem}-${++made}`;
}

/** The one value that all have; undefined: they differ, or there is none. */
export function common(values) {
  const first = JSON.stringify(values[0]);
  return values.length && values.every(each => JSON.stringify(each) === first) ? values[0] : undefined;
}

/** A control with its label. Gives {element, input}. */
function labelled(label, input, { unit = "", hint = "", wide = false } = {}) {
  const id = input.id || (input.id = freshId("p"));
  const said = hint ? el("p", { class: "hint", id: id + "-hint" }, hint) : null;
  if (said) input.setAttribute("aria-describedby", said.id);
  return el("div", { class: "prop" + (wide ? " wide" : "") }, el("label", { for: id }, label), el("span", { class: "with-unit" }, input, unit ? el("span", { class: "unit", "aria-hidden": "true" }, unit) : null), said);
}

/**
 * Each gives {element, update(values)}. `changed(value, settled)`: somebody says so; settled: with this it is done. A
 * value null: there is none.
 */
export function numberField(label, { least, most, step = 1, unit, hint, none = "", changed }) {
  const input = el("input", { type: "number", inputmode: "decimal", min: least, max: most, step, autocomplete: "off" });
  const say = settled => {
    const value = Number(input.value);
    const fits = input.value !== "" && Number.isFinite(value) && value >= least && value <= most;
    const wrong = !fits && (input.value !== "" || input.validity.badInput);
    if (wrong) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    input.title = wrong ? `Expected ${least} to ${most}` : "";
    if (fits) changed(step === 1 ? Math.round(value) : value, settled);
  };
  input.addEventListener("input", () => say(false));
  input.addEventListener("change", () => say(true));
  input.addEventListener("keydown", event => {
    if (!event.shiftKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const by = (event.key === "ArrowUp" ? 10 : -10) * step, value = Math.min(most, Math.max(least, (Number(input.value) || 0) + by));
    input.value = String(Math.round(value * 1000) / 1000);
    say(false);
  });
  return { element: labelled(label, input, { unit, hint }), input, update: values => {
    const value = common(values);
    if (document.activeElement === input && Number(input.value) === value) return;
    show(input, value === undefined || value === null ? "" : String(Math.round(value * 1000) / 1000), value === undefined);
    if (value === null) input.placeholder = none;
    input.removeAttribute("aria-invalid");
  } };
}

function show(input, value, mixed) {
  if (input.value !== value) input.value = value;
  input.placeholder = mixed ? "mixed" : "";
}

export function textField(label, { rows = 0, most = 500, hint, changed, placeholder = "" }) {
  const input = rows ? el("textarea", { rows, maxlength: most, dir: "auto" }) : el("input", { type: "text", maxlength: most, autocomplete: "off", dir: "auto" });
  input.addEventListener("input", () => changed(input.value, false));
  input.addEventListener("change", () => changed(input.value, true));
  return { element: labelled(label, input, { hint, wide: true }), input, update: values => {
    const value = common(values);
    show(input, value === undefined ? "" : value, value === undefined);
    if (value !== undefined) input.placeholder = placeholder;
  } };
}

/** `options`: [[value, words]]. */
export function chooseField(label, { options, changed, hint, wide = false }) {
  const input = el("select", {}, options.map(([value, words]) => el("option", { value: String(value) }, words)));
  const mixed = el("option", { value: "mixed", hidden: true }, "mixed");
  input.append(mixed);
  input.addEventListener("change", () => { const found = options.find(([value]) => String(value) === input.value); if (found) changed(found[0], true); });
  return { element: labelled(label, input, { hint, wide }), input, update: values => {
    const value = common(values), known = value !== undefined && options.some(([each]) => each === value);
    mixed.textContent = value === undefined ? "mixed" : String(value);
    input.value = known ? String(value) : "mixed";
  } };
}

export function checkField(label, { changed, hint }) {
  const input = el("input", { type: "checkbox" });
  input.addEventListener("change", () => changed(input.checked, true));
  return { element: el("div", { class: "prop check" }, el("label", {}, input, " " + label), hint ? el("p", { class: "hint" }, hint) : null), input, update: values => {
    const value = common(values);
    input.indeterminate = value === undefined;
    input.checked = Boolean(value);
  } };
}

/** A row of buttons of which one is pressed. `options`: [[value, words, path of its drawing]]. */
export function buttonsField(label, { options, changed }) {
  const buttons = options.map(([value, words, sign]) => button(icon(sign), () => changed(value, true), { "aria-label": words, title: words, "aria-pressed": "false", data: { value: String(value) } }));
  const element = el("div", { class: "prop buttons", role: "group", "aria-label": label }, el("span", { class: "caption", "aria-hidden": "true" }, label), el("span", { class: "joined" }, buttons));
  return { element, update: values => {
    const value = common(values);
    for (const each of buttons) each.setAttribute("aria-pressed", String(value !== undefined && each.dataset.value === String(value)));
  } };
}

/** `used()`: colours to offer; `none`: words for no colour; `alpha`: it may let through what is behind. */
export function colourField(label, { changed, used = () => [], none = "", alpha = true, note = null }) {
  const text = el("input", { type: "text", spellcheck: "false", autocomplete: "off", maxlength: 9, placeholder: none });
  const well = el("input", { type: "color", "aria-label": label + ", to choose", tabindex: 0 });
  const said = note ? el("p", { class: "ratio" }) : null;
  const swatches = el("div", { class: "swatches", role: "group", "aria-label": `Colours for ${label}` });
  const pattern = alpha ? /^#[0-9a-f]{6}([0-9a-f]{2})?$/i : /^#[0-9a-f]{6}$/i;
  const say = settled => {
    const value = text.value.trim().replace(/^(?=[0-9a-f])/i, "#"), fits = pattern.test(value) || (none && value === "");
    if (fits) text.removeAttribute("aria-invalid"); else if (settled) text.setAttribute("aria-invalid", "true");
    text.title = fits ? "" : "Expected # and six digits from 0 to f, or eight with how solid it is";
    if (fits) changed(value.toLowerCase(), settled);
  };
  text.addEventListener("input", () => say(false));
  text.addEventListener("change", () => say(true));
  const offer = () => {
    const colours = used();
    if (colours.join() === swatches.dataset.of) return;
    swatches.dataset.of = colours.join();
    swatches.replaceChildren(...colours.map(value => {
      const swatch = button("", () => { text.value = value; say(true); }, { "aria-label": value, title: value });
      swatch.style.background = value;
      return swatch;
    }));
  };
  well.addEventListener("input", () => { text.value = well.value + (alpha && text.value.length === 9 ? text.value.slice(7) : ""); say(false); });
  well.addEventListener("change", () => say(true));
  const element = labelled(label, text);
  element.classList.add("colour");
  element.querySelector(".with-unit").prepend(well);
  element.append(...(said ? [said] : []), swatches);
  element.addEventListener("focusin", offer);
  return { element, input: text, update: values => {
    const value = common(values);
    if (document.activeElement !== text || (value !== undefined && value !== text.value)) show(text, value === undefined ? "" : value, value === undefined);
    if (value !== undefined && !value) text.placeholder = none;
    well.value = value ? value.slice(0, 7) : "#000000";
    element.dataset.none = String(!value);
    if (said) said.textContent = note();
  } };
}

export function section(title, children, { open = true, key = title } = {}) {
  return el("details", { class: "section", open, data: { section: key } }, el("summary", {}, title), el("div", { class: "props" }, children));
}

/** A dialog of the page's own kind, made when it is needed. Gives {element, body, open(), close()}. */
export function makeDialog(id, title, { wide = false } = {}) {
  const body = el("div", { class: "dialog-body" }), heading = el("h2", { id: id + "-title" }, title);
  const shut = button("Close", () => element.close(), { class: "shut" });
  const element = el("dialog", { id, "aria-labelledby": id + "-title", class: wide ? "wide" : "" }, el("div", { class: "dialog-head" }, heading, shut), body);
  document.body.append(element);
  return { element, body, heading, open: () => { if (!element.open) element.showModal(); }, close: () => element.close() };
}
