// What a file was read as, and what each of its columns becomes: shown for somebody to correct. Knows the forms; what
// comes of a correction, its caller knows.

import { $, field, keep, say, set } from "./front-paint.js";
import { chooseFrom } from "./work-choose.js";
import { choices, delimiterWords, encodingWords, fieldsOf, fileFacts, headerWords, missing } from "./roster-import-words.js";

/** `reread(changes)`: read it anew, by these. `chose(chosen)`: what the columns become, by number. */
export function makeColumns({ reread, chose }) {
  const reading = $("import-reading"), columns = $("import-columns");
  let file = null, chosen = {};

  reading.addEventListener("submit", event => event.preventDefault());
  reading.addEventListener("change", event => {
    const { name, value } = event.target;
    if (name === "header_line") {
      if (/^\d{1,4}$/.test(value.trim())) reread({ header_line: Number(value) });
      else event.target.value = file.header_line;
    } else reread({ [name]: value });
  });
  columns.addEventListener("change", event => {
    const row = event.target.closest("tr[data-key]");
    if (!row) return;
    chosen = { ...chosen, [row.dataset.key]: event.target.value };
    paintColumns();
    chose(chosen);
  });

  function show(given, before) {
    file = given;
    chosen = choices(file, before);
    paintReading();
    paintColumns();
  }

  function paintReading() {
    for (const each of document.querySelectorAll("#import .file-name")) say(each, file.name);
    for (const each of document.querySelectorAll("#import .file-facts")) say(each, fileFacts(file));
    const text = file.format === "csv";
    $("import-reading-kind").value = file.kind;
    offer("sheet", file.sheets.length > 1 ? file.sheets : [], file.sheet);
    offer("encoding", text ? file.encodings : [], file.encoding, encodingWords);
    offer("delimiter", text ? file.delimiters : [], file.delimiter, delimiterWords);
    $("import-reading-header_line").value = file.header_line;
    $("import-reading-header_line").closest(".field").hidden = file.header_line === undefined;
  }

  /** Nothing is asked where there is nothing to choose. */
  function offer(name, options, value, words = each => each) {
    const id = "import-reading-" + name;
    const all = !options.length || options.includes(value) ? options : [value, ...options];
    chooseFrom(id, all.map(each => ({ id: each, name: words(each) })));
    $(id).value = value;
    $(id).closest(".field").hidden = all.length < 1;
  }

  function paintColumns() {
    keep($("import-map"), file.columns, each => each.index, "import-column-template", paintColumn);
    saysIn($("import-missing"), missing(file.kind, file.columns, chosen));
  }

  function paintColumn(row, column) {
    const header = headerWords(column), select = row.querySelector("select"), value = chosen[String(column.index)];
    say(field(row, "header"), header);
    const samples = field(row, "samples"), words = JSON.stringify(column.samples);
    if (samples.dataset.of !== words) {
      samples.dataset.of = words;
      const texts = column.samples.filter(Boolean);
      samples.replaceChildren(...(texts.length ? texts.map(valueOf) : [Object.assign(document.createElement("span"), { className: "none", textContent: "empty" })]));
    }
    set(select, "aria-label", `What “${header}” becomes`);
    if (select.dataset.kind !== file.kind) {
      select.dataset.kind = file.kind;
      select.replaceChildren(...fieldsOf(file).map(([id, label]) => new Option(label, id)));
    }
    if (select.value !== value) select.value = value;
    row.toggleAttribute("data-out", !value);
  }

  return {
    show,
    get chosen() { return chosen; },
    /** Whether they can be taken; else the first that cannot gets the focus. What is wrong is said below them. */
    areRight() {
      const wrong = missing(file.kind, file.columns, chosen).find(each => each.tone === "bad");
      if (!wrong) return true;
      const row = wrong.column === undefined ? null : $("import-map").querySelector(`[data-key="${wrong.column}"]`);
      (row || $("import-map")).querySelector("select").focus();
      return false;
    },
    /** By header, for a file that comes later. */
    byHeader() { return Object.fromEntries(file.columns.filter(each => each.header).map(each => [each.header, chosen[String(each.index)]])); },
  };
}

function valueOf(text) {
  const element = Object.assign(document.createElement("bdi"), { textContent: text });
  if (text.length > 30) element.title = text;
  return element;
}

/** Lines that say something, each with its tone. */
export function saysIn(list, says) {
  list.replaceChildren(...says.filter(each => each.words).map(({ tone, words }) => {
    const line = Object.assign(document.createElement("li"), { textContent: words, dir: "auto" });
    if (tone) line.dataset.tone = tone;
    return line;
  }));
  list.hidden = !list.children.length;
}

