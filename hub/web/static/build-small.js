// A template as a small picture that is alive: drawn at canvas size and scaled into a box. Knows both formats; refuses to
// know pages and lists. What is out of sight is not drawn.

import { MADE_UP, dataFor } from "./build-samples.js";
import { makeTemplatePainter } from "./template-paint.js";

export const urls = {
  qrUrl: (text, dark, light) => "/api/qr.svg?" + new URLSearchParams({ text, dark, light }),
  imageUrl: name => "/images/" + encodeURIComponent(name),
};

/** `box`: an element with a `.glass` in it. Gives `show(template, which)`; `enter()`, as if somebody had just come; `scale()`
 * and `destroy()`. */
export function makeSmall(box) {
  const glass = box.querySelector(".glass");
  let painter = null, frame = null, canvas = null, again = () => {};

  function scale() {
    if (!canvas) return;
    const by = Math.min(box.clientWidth / canvas.width, box.clientHeight / canvas.height);
    const left = (box.clientWidth - canvas.width * by) / 2, top = (box.clientHeight - canvas.height * by) / 2;
    Object.assign(glass.style, { width: canvas.width + "px", height: canvas.height + "px", transform: `translate(${left}px, ${top}px) scale(${by})` });
  }

  async function show(template, which = "active", person = MADE_UP.runners[0], extremes = MADE_UP) {
    const old = template.format === "html-2";
    canvas = old ? template[which] || template.active : template.canvas;
    scale();
    const data = () => dataFor(which === "active" ? person : undefined, extremes, Date.now());
    if (!old) {
      painter = painter || makeTemplatePainter(glass, { ...urls, onFonts: () => again(false) });
      again = enter => { if (painter) painter.paint(template, which, data(), { enter }); };
      again(false);
      return;
    }
    const { makeOldFrame } = await import("./old-frame.js");
    frame = frame || makeOldFrame(glass);
    frame.show(template, which, data().fields);
  }

  function destroy() {
    for (const each of [painter, frame]) if (each) each.destroy();
    painter = frame = null;
  }
  return { show, scale, destroy, enter: () => again(true) };
}
