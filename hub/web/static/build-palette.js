// The kinds of block to place: pulled onto the canvas, chosen and then drawn, or by Enter into the first free cells.

import { cellAt } from "./build-drag.js";
import { cellBox } from "./build-geometry.js";
import { KINDS, labelOf } from "./build-kinds.js";
import { $, made, mark, set } from "./front-paint.js";

const BEGINS_PX = 4;
const DRAWINGS = {
  text: "M4 6V4h12v2M10 4v12M8 16h4", image: "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 5M7 7.5h.01", shape: "M3 3h9v9H3zM12 8.5a4.5 4.5 0 1 1-3.5 3.5",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2", message: "M3 4h14v9H9l-4 4v-4H3z", list: "M3 5h2M8 5h9M3 10h2M8 10h9M3 15h2M8 15h9",
  counter: "M7 3 5 17M15 3l-2 14M3 8h14M3 12h14", qr: "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2h3M12 17h2M17 16v1",
};

export function openPalette(room) {
  const palette = $("palette");
  if (!palette) return;
  for (const { kind, label } of KINDS) {
    const button = made("palette-template");
    button.dataset.kind = kind;
    set(button, "aria-pressed", "false");
    button.querySelector("path").setAttribute("d", DRAWINGS[kind]);
    button.querySelector("span").textContent = label;
    palette.append(button);
    pullable(room, button, kind);
  }
  palette.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button || button.dataset.pulled) return;
    if (event.detail === 0) room.placed(room.doc.add(button.dataset.kind));
    else arm(room, room.arming === button.dataset.kind ? "" : button.dataset.kind);
  });
}

/** The next rectangle on the canvas becomes a block of this kind; "": none does. */
export function arm(room, kind) {
  room.arming = kind;
  for (const each of document.querySelectorAll(".pick")) set(each, "aria-pressed", String(each.dataset.kind === kind));
  mark(room.stage, "ready", kind && "draw");
  room.hint(kind ? `Draw where the ${labelOf(kind).toLowerCase()} goes. Esc: not after all.` : "");
}

function pullable(room, button, kind) {
  const { doc, view, stage } = room, { span } = KINDS.find(each => each.kind === kind);
  let from = null;

  function aim(event) {
    const { left, top, right, bottom } = stage.getBoundingClientRect();
    if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) return null;
    const point = view.toCanvas(event), cell = cellAt(doc.template, span, point);
    if (!room.free && !event.altKey) return { cell };
    const { w, h } = cellBox(doc.template, cell);
    return { x: Math.round(point.x - w / 2), y: Math.round(point.y - h / 2), w, h };
  }

  button.addEventListener("pointerdown", event => {
    delete button.dataset.pulled;
    if (event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY };
    button.setPointerCapture(event.pointerId);
  });
  button.addEventListener("pointermove", event => {
    if (!from || (!button.dataset.pulled && Math.hypot(event.clientX - from.x, event.clientY - from.y) < BEGINS_PX)) return;
    button.dataset.pulled = "yes";
    const to = aim(event);
    room.show({ aim: (to && to.cell) || null, holds: [], rubber: to && !to.cell ? to : null });
  });
  button.addEventListener("pointerup", event => {
    const to = from && button.dataset.pulled ? aim(event) : null;
    from = null;
    room.show({ aim: null, holds: [], rubber: null });
    if (to) room.placed(doc.add(kind, to));
  });
  button.addEventListener("pointercancel", () => { from = null; room.show({ aim: null, holds: [], rubber: null }); });
}
