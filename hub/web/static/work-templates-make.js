// Makes a template: empty or from a design, of a size; or out of a file. Knows the dialogs for that; the hub names and
// keeps it.

import { $, field, keep, say } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
import { makeDoc } from "./build-doc.js";
import { newTemplate } from "./build-kinds.js";
import { makeSmall } from "./build-small.js";
import { choosePartner } from "./work-choose.js";
import { handle, need } from "./work-form.js";
import { STARTS } from "./template-starts.js";
import { keepNew } from "./work-templates-new.js";
import { freeName, importedWords, pageOf } from "./work-templates-words.js";
import { bytes } from "./work-words.js";

const EMPTY = { id: "empty", name: "Empty", words: "Nothing but a ground." };
const DESIGNS = [...STARTS, EMPTY];
const OWN_SIZE = "";
const SIDE_PX = [16, 8192];
const WAIT_MS = 120000;

const smalls = new Map();
let room = null;

export function openMake(theRoom) {
  room = theRoom;
  handle($("make-form"), make);
  handle($("import-form"), values => { need(values, { file: "Choose a file." }); return bring(values.file, values.name, values.partner); });
  $("make-form-size").addEventListener("change", sized);
  for (const side of ["width", "height"]) $("make-form-" + side).addEventListener("change", drawStarts);
  $("starts").addEventListener("change", takeSize);
  for (const id of ["new", "first"]) $(id).addEventListener("click", ask4new);
  $("bring").addEventListener("click", () => { $("import-form").reset(); $("import").showModal(); });
  takeDrops();
}

/** Whose it is to be: known as soon as the hub has answered, which may be after a dialog was opened. */
export function paintMake() {
  for (const id of ["make-form-partner", "import-form-partner"]) choosePartner(id, room.partners);
}

// ---- a new one ---------------------------------------------------------------------------------------------------

function ask4new() {
  $("make-form").reset();
  $("make-form-name").value = freeName("Template", room.templates.map(each => each.name)).replace(/^Template$/, "");
  keep($("starts"), DESIGNS, each => each.id, "start-template", (element, each) => {
    say(field(element, "name"), each.name);
    say(field(element, "detail"), each.words);
    element.querySelector("input").value = each.id;
    element.querySelector("input").checked = each === DESIGNS[0];
  });
  $("make").showModal();
  takeSize();
  $("make-form-name").focus();
}

function chosen() {
  const input = $("starts").querySelector("input:checked");
  return DESIGNS.find(each => input && each.id === input.value) || EMPTY;
}

/** The one that the design was drawn for. */
function takeSize() {
  const { template } = chosen(), { width, height } = template ? template.canvas : { width: 1920, height: 1080 };
  const size = `${width}x${height}`, known = [...$("make-form-size").options].some(each => each.value === size);
  $("make-form-size").value = known ? size : OWN_SIZE;
  $("make-form-width").value = width;
  $("make-form-height").value = height;
  sized();
}

function sized() {
  const { value } = $("make-form-size"), [width, height] = value.split("x");
  if (value) { $("make-form-width").value = width; $("make-form-height").value = height; }
  for (const side of ["width", "height"]) $("make-form-" + side).readOnly = Boolean(value);
  drawStarts();
}

function sizeOf() {
  const [width, height] = ["width", "height"].map(side => Number($("make-form-" + side).value));
  return { width, height };
}

function isSize(side) {
  return Number.isInteger(side) && side >= SIDE_PX[0] && side <= SIDE_PX[1];
}

/** A design, drawn to this size, and for a wall of which the builder is to ask: it is not the one that it was drawn for. */
function templateOf({ template }, { width, height }) {
  if (!template) return newTemplate(width, height);
  const doc = makeDoc(template);
  doc.setWall(null);
  doc.setCanvas(width, height, { scale: true });
  return doc.template;
}

/** The chosen one as large as it will be, the others as they were drawn. */
function drawStarts() {
  const size = sizeOf(), fits = isSize(size.width) && isSize(size.height), own = chosen();
  for (const element of $("starts").children) {
    const design = DESIGNS.find(each => each.id === element.dataset.key), box = element.querySelector(".small");
    if (!smalls.has(box)) smalls.set(box, makeSmall(box));
    smalls.get(box).show(fits && (design === own || !design.template) ? templateOf(design, size) : design.template || newTemplate());
  }
}

async function make(values) {
  need(values, { name: "Give it a name." });
  const size = sizeOf();
  for (const side of ["width", "height"]) {
    if (!isSize(size[side])) throw new Refused(400, { message: `Expected ${SIDE_PX[0]} to ${SIDE_PX[1]} pixels.`, field: side });
  }
  const made = await keepNew(values.name, templateOf(chosen(), size), values.partner);
  location.assign(pageOf(made.name, values.partner || ""));
}

// ---- out of a file -----------------------------------------------------------------------------------------------

/** Throws Refused. */
async function bring(file, name, partner) {
  const most = Number($("import").dataset.uploadMib) * 1024 * 1024;
  if (file.size > most) throw new Refused(413, { message: `Expected at most ${bytes(most)}, it has ${bytes(file.size)}.`, field: "file" });
  const form = new FormData();
  if (name) form.append("name", name);
  if (partner) form.append("partner", partner);
  form.append("file", file);
  const made = await ask("POST", "/api/templates/import", form, { waitMs: WAIT_MS });
  $("import").close();
  say($("imported-title"), `Imported “${made.name}”`);
  say($("imported-words"), importedWords(made));
  $("imported-removed").replaceChildren(...(made.removed || []).map(words => Object.assign(document.createElement("li"), { textContent: words })));
  $("imported-open").href = pageOf(made.name, partner || "");
  $("imported").showModal();
  await room.refresh();
}

/** A file that is dropped anywhere on the page. */
function takeDrops() {
  let depth = 0;
  const hasFile = event => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const over = yes => { $("drop").hidden = !yes; };
  document.addEventListener("dragenter", event => { if (hasFile(event)) { depth++; over(true); } });
  document.addEventListener("dragleave", event => { if (hasFile(event) && --depth <= 0) { depth = 0; over(false); } });
  document.addEventListener("dragover", event => { if (hasFile(event)) event.preventDefault(); });
  document.addEventListener("drop", event => {
    if (!hasFile(event)) return;
    event.preventDefault();
    depth = 0;
    over(false);
    const [file] = event.dataTransfer.files;
    if (!file) return;
    if (room.partners.length > 1) {
      $("import-form").reset();
      const held = new DataTransfer();
      held.items.add(file);
      $("import-form-file").files = held.files;
      $("import").showModal();
    } else room.attempt(() => bring(file));
  });
}
