// The library of images: chosen for a block or a ground, sent by button, by drop or by paste, cropped to what they are for,
// called otherwise, deleted when nobody needs them. The hub reads and keeps them.

import { button, el, icon, makeDialog } from "./build-panel-dom.js";
import { makeCrop } from "./build-panel-crop.js";
import { Refused, ask } from "./work-ask.js";
import { sentence } from "./work-form.js";
import { notice } from "./work-here.js";
import { sure } from "./work-sure.js";
import { bytes, count, listed } from "./work-words.js";

const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const TITLE_CHARS_MAX = 200;
const PENCIL = "m4 16 1-4 8-8 3 3-8 8zM11 6l3 3";

/** `room`: {partner, fileBytesMax}. Gives `choose({ratio, of, done(name)})`. */
export function openImages(room) {
  const dialog = makeDialog("images", "Images", { wide: true });
  const file = el("input", { type: "file", accept: KINDS.join(), multiple: true, id: "image-file", on: { change: () => { sendAll([...file.files]); file.value = ""; } } });
  const progress = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "Upload" }), wrong = el("p", { class: "error form-error", role: "alert", hidden: true });
  const grid = el("ul", { class: "plain pictures" }), none = el("p", { class: "quiet" }), library = el("div", { class: "library" },
    el("div", { class: "acts" }, el("label", { for: "image-file", class: "button main" }, "Upload"), file, el("span", { class: "quiet" }, "or drop or paste images here: PNG, JPEG, WebP or GIF"), progress), wrong, none, grid);
  const cropping = el("div", { hidden: true });
  let images = [], asked = null;
  dialog.body.append(library, cropping);

  async function choose(given) {
    asked = given;
    back();
    say("");
    dialog.open();
    await attempt(load);
  }

  async function attempt(act) {
    say("");
    try { await act(); } catch (problem) {
      if (problem.status === undefined) throw problem;
      say(sentence(problem.message, problem.field));
    }
  }

  function say(words) {
    wrong.textContent = words;
    wrong.hidden = !words;
  }

  async function load() {
    images = (await ask("GET", "/api/images")).images.filter(each => !room.partner || !each.partner || each.partner.slug === room.partner);
    none.textContent = images.length ? "" : "No image yet: a logo, a sponsor, a photograph of the course.";
    none.hidden = images.length > 0;
    grid.replaceChildren(...images.map(item));
  }

  function item(image) {
    const name = image.title || "Image", size = `${image.width} × ${image.height}, ${bytes(image.bytes)}`, used = image.used_by.length ? `used by ${listed(image.used_by)}` : "not used", there = !image.missing;
    return el("li", { class: "picture", data: { name: image.name } },
      button(el("img", { src: image.thumbnail, alt: "", loading: "lazy" }), () => use(image.name), { class: "thumb", "aria-label": `Use ${name}, ${size}`, disabled: !there }),
      el("div", { class: "title" }, el("p", { class: "called", dir: "auto" }, name), button(icon(PENCIL), event => rename(event.currentTarget, image), { class: "low pencil", title: "Rename", "aria-label": `Rename ${name}` })), el("p", { class: "detail" }, there ? size : "Its file is gone."), el("p", { class: "detail", dir: "auto" }, used),
      el("span", { class: "acts" }, button("Crop", () => crop(image), { class: "low", "aria-label": `Crop ${name}`, disabled: !there }),
        image.used_by.length ? null : button("Delete", () => remove(image), { class: "low danger", "aria-label": `Delete ${name}` })));
  }

  function use(name) {
    dialog.close();
    asked.done(name);
  }

  /** Where its title stands, by Enter or by leaving the field; Escape leaves it as it was. */
  function rename(pencil, image) {
    const input = el("input", { type: "text", maxlength: TITLE_CHARS_MAX, "aria-label": "Title", dir: "auto" }), place = pencil.parentElement;
    let over = false;             // a field that is taken away loses the focus, and says so
    const done = async keep => {
      if (over) return;
      over = true;
      const title = input.value.trim(), path = "/api/images/" + encodeURIComponent(image.name);
      if (keep && title && title !== image.title) await attempt(async () => { image.title = (await ask("PATCH", path, { title })).image.title; });
      const fresh = item(image), old = place.closest(".picture"), had = old.contains(document.activeElement) || document.activeElement === document.body;
      old.replaceWith(fresh);
      if (had) fresh.querySelector(".pencil").focus();
    };
    input.value = image.title;
    input.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      done(event.key === "Enter");
    });
    input.addEventListener("blur", () => done(true));
    place.replaceChildren(input);
    input.focus();
    input.select();
  }

  function remove(image) {
    sure({ title: `Delete “${image.title || "the image"}”?`, words: "No template uses it. It cannot be had back.", yes: "Delete the image", tone: "danger" }, async () => {
      await ask("DELETE", "/api/images/" + encodeURIComponent(image.name));
      await load();
    });
  }

  // ---- sent --------------------------------------------------------------------------------------------------------

  async function sendAll(files) {
    const failed = [];
    let last = null;
    say("");
    for (const each of files) {
      try { last = await send(each, (files.indexOf(each)), files.length); } catch (problem) {
        if (problem.status === undefined) throw problem;
        failed.push(`${each.name || "The image"}: ${sentence(problem.message, problem.field)}`);
      }
    }
    progress.hidden = true;
    await attempt(load);
    if (failed.length) say(failed.join(" "));
    const made = last && grid.querySelector(`[data-name="${last.name}"] .thumb`);
    if (made) made.focus();
    if (last) notice(`${count(files.length - failed.length, "image")} uploaded.`);
  }

  async function send(blob, at, of) {
    if (blob.type && !KINDS.includes(blob.type)) throw new Refused(400, { message: "expected a PNG, JPEG, WebP or GIF image" });
    if (blob.size > room.fileBytesMax) throw new Refused(413, { message: `expected at most ${bytes(room.fileBytesMax)}, it has ${bytes(blob.size)}` });
    const form = new FormData();
    if (blob.name) form.append("title", blob.name.replace(/\.[^.]+$/, "").slice(0, 100));
    if (room.partner) form.append("partner", room.partner);
    form.append("file", blob, blob.name || "pasted.png");
    progress.hidden = false;
    return (await sent("/api/images", form, share => { progress.value = (at + share) / of; })).image;
  }

  dialog.body.addEventListener("dragover", event => { event.preventDefault(); library.dataset.over = "yes"; });
  dialog.body.addEventListener("dragleave", event => { if (!library.contains(event.relatedTarget)) delete library.dataset.over; });
  dialog.body.addEventListener("drop", event => { event.preventDefault(); delete library.dataset.over; sendAll([...event.dataTransfer.files]); });
  document.addEventListener("paste", event => {
    const files = dialog.element.open && event.clipboardData ? [...event.clipboardData.files] : [];
    if (files.length) { event.preventDefault(); sendAll(files); }
  });

  // ---- cropped ---------------------------------------------------------------------------------------------------------

  function crop(image) {
    const tool = makeCrop(image, asked);
    const cut = button("Crop and use", () => attempt(async () => {
      if (tool.isWhole()) { use(image.name); return; }
      const made = await ask("POST", `/api/images/${encodeURIComponent(image.name)}/crop`, tool.part());
      use(made.image.name);
    }), { class: "main" });
    cropping.replaceChildren(tool.element, el("p", { class: "actions" }, button("Back", back), cut));
    cropping.prepend(wrong);
    library.hidden = true;
    cropping.hidden = false;
    tool.start();
  }

  function back() {
    library.insertBefore(wrong, none);
    library.hidden = false;
    cropping.hidden = true;
    cropping.replaceChildren();
  }

  return choose;
}

/** What `ask` does, and tells how far it is: fetch does not. */
function sent(path, form, tell) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.upload.addEventListener("progress", event => { if (event.lengthComputable) tell(event.loaded / event.total); });
    request.addEventListener("load", () => {
      const said = request.response;
      if (request.status >= 200 && request.status < 300) done(said);
      else failed(new Refused(request.status, said && said.error));
    });
    for (const each of ["error", "timeout", "abort"]) request.addEventListener(each, () => failed(new Refused(0, { message: "The hub does not answer." })));
    request.send(form);
  });
}
