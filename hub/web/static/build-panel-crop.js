// Crops an image: a rectangle over it, with handles for the mouse and keys for who has none.

import { button, checkField, el } from "./build-panel-dom.js";
import { keyed, largest, moved, sized } from "./build-crop.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** `image`: {url, width, height}. `ratio`: of what it is for, or null; `of`: what that is, in words. Gives {element, part(),
 * start()}. */
export function makeCrop(image, { ratio, of }) {
  let held = Boolean(ratio), part = largest(image, ratio);
  const shade = el("div", { class: "crop-part", tabindex: "0", role: "group", "aria-describedby": "crop-keys" }, HANDLES.map(handle => el("i", { data: { handle } })));
  const picture = el("img", { src: image.url, alt: "", draggable: "false" }), dim = el("div"), stage = el("div", { class: "crop-stage" }, picture, el("div", { class: "crop-dim", "aria-hidden": "true" }, dim), shade), said = el("output", { class: "quiet" });
  const hold = checkField(`In the ratio of ${of}`, { changed: yes => { held = yes; if (yes) part = largest(image, ratio); paint(); } });
  hold.update([held]);
  hold.element.hidden = !ratio;
  const element = el("div", { class: "crop" }, stage, el("div", { class: "acts" }, hold.element, button("All of it", () => { part = largest(image, held ? ratio : null); paint(); }, { class: "low" }), said),
    el("p", { class: "hint", id: "crop-keys" }, "Arrows move it, Alt and arrows size it, Shift goes farther."));

  picture.style.aspectRatio = `${image.width} / ${image.height}`;
  stage.style.width = `min(100%, calc((100vh - 22rem) * ${image.width / image.height}))`;

  const scale = () => picture.clientWidth / image.width || 1;

  function paint() {
    const by = 100 / image.width, down = 100 / image.height;
    for (const each of [shade, dim]) Object.assign(each.style, { left: part.x * by + "%", top: part.y * down + "%", width: part.width * by + "%", height: part.height * down + "%" });
    shade.dataset.held = String(held);
    const words = `${part.width} × ${part.height} of ${image.width} × ${image.height}`;
    said.textContent = words;
    shade.setAttribute("aria-label", `The part: ${words}, ${part.x} from the left, ${part.y} from the top`);
  }

  shade.addEventListener("pointerdown", event => {
    const { handle } = event.target.dataset, from = { x: event.clientX, y: event.clientY }, before = part;
    event.preventDefault();
    shade.focus();
    shade.setPointerCapture(event.pointerId);
    const go = at => {
      const by = { x: (at.clientX - from.x) / scale(), y: (at.clientY - from.y) / scale() };
      part = handle ? sized(before, handle, by, image, held ? ratio : null) : moved(before, by, image);
      paint();
    };
    const end = () => { shade.removeEventListener("pointermove", go); shade.removeEventListener("pointerup", end); shade.removeEventListener("pointercancel", end); };
    shade.addEventListener("pointermove", go);
    shade.addEventListener("pointerup", end);
    shade.addEventListener("pointercancel", end);
  });
  shade.addEventListener("keydown", event => {
    const next = keyed(part, event.key, { sizes: event.altKey, far: event.shiftKey }, image, held ? ratio : null);
    if (!next) return;
    event.preventDefault();
    part = next;
    paint();
  });
  paint();
  return { element, part: () => part, isWhole: () => part.width === image.width && part.height === image.height, start: () => shade.focus() };
}
