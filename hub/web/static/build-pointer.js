// The pointer on the canvas: chooses, moves, sizes, turns, draws, and pushes the view. What a pull makes of the blocks
// is build-drag.js.

import { caught, drawing, moving, sizing, turning } from "./build-drag.js";
import { around, isOn } from "./build-geometry.js";
import { spanOf } from "./build-kinds.js";
import { paintNear } from "./build-over.js";
import { mark } from "./front-paint.js";

const BEGINS_PX = 3;              // less than this is a click
const SLACK_PX = 3;

/** Gives `cancel()`, which gives up what is being pulled and says whether there was anything. */
export function openPointer(room) {
  const { doc, view, stage } = room;
  let pull = null, from = null, begun = false, spaced = false;

  /** The uppermost block there; what is locked or hidden is not caught. */
  function hit(point) {
    const slack = SLACK_PX / view.scale;
    return [...doc.blocks()].reverse().find(each => !each.locked && !each.hidden && isOn(each, point, slack)) || null;
  }

  function begin(event) {
    const point = view.toCanvas(event), handle = event.target.dataset.handle, { x, y } = view.pointOnStage(event);
    from = { x, y, id: event.pointerId };
    begun = false;
    if (event.button === 1 || spaced) return pushing(event);
    if (handle) return handle === "turn" ? turning(room, point) : sizing(room, handle, point);
    if (room.arming) return drawing(room, room.arming, spanOf(room.arming), point);
    const block = hit(point);
    return block ? choosing(block, point, event) : catching(point, event);
  }

  function pushing(event) {
    let last = { x: event.clientX, y: event.clientY };
    begun = true;
    mark(stage, "doing", "pan");
    return {
      moveBy(next) { view.pan(next.clientX - last.x, next.clientY - last.y); last = { x: next.clientX, y: next.clientY }; },
      end() { mark(stage, "doing", ""); },
      cancel() { mark(stage, "doing", ""); },
    };
  }

  function choosing(block, point, event) {
    const before = doc.selection.includes(block.id);
    if (event.shiftKey) doc.select([block.id], { toggle: true });
    else if (!before) doc.select([block.id]);
    room.focusBlock(block.id, { quietly: true });
    if (!room.mayEdit || (event.shiftKey && before)) return null;
    const move = moving(room, block, point);
    return { ...move, click() { if (before && !event.shiftKey) doc.select([block.id]); } };
  }

  function catching(point, event) {
    const kept = event.shiftKey ? doc.selection : [];
    if (!event.shiftKey) doc.select([]);
    return {
      move(to) { doc.select([...kept, ...caught(doc, point, to)]); room.show({ rubber: around([point, to]) }); },
      end() { room.show({ rubber: null }); },
      cancel() { doc.select(kept); room.show({ rubber: null }); },
    };
  }

  function moved(event) {
    if (!pull || event.pointerId !== from.id) return;
    const { x, y } = view.pointOnStage(event);
    if (!begun && Math.hypot(x - from.x, y - from.y) < BEGINS_PX) return;
    begun = true;
    if (pull.moveBy) pull.moveBy(event);
    else pull.move(view.toCanvas(event), event);
  }

  function ended(event) {
    if (!pull || event.pointerId !== from.id) return;
    const last = pull;
    pull = null;
    if (!begun && last.click) return last.click();
    const made = last.end();
    if (typeof made === "string") room.placed(made);
  }

  function cancel() {
    if (!pull) return false;
    const last = pull;
    pull = null;
    last.cancel();
    return true;
  }

  stage.addEventListener("pointerdown", event => {
    if (event.target.closest("form") || event.button > 1 || pull) return;
    room.leaveText();
    if (event.button === 1) event.preventDefault();
    if (!stage.contains(document.activeElement)) stage.focus({ preventScroll: true });
    pull = begin(event);
    if (pull) stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("mousedown", event => { if (!event.target.closest("form")) event.preventDefault(); });
  stage.addEventListener("pointermove", event => {
    if (pull) return moved(event);
    const near = room.arming || spaced || event.target.closest("form") || event.target.dataset.handle ? null : hit(view.toCanvas(event));
    paintNear(near ? near.id : "");
    mark(stage, "over", near && room.mayEdit && "block");
  });
  stage.addEventListener("pointerup", ended);
  stage.addEventListener("pointercancel", () => cancel());
  stage.addEventListener("pointerleave", () => { if (!pull) paintNear(""); });
  stage.addEventListener("dblclick", event => {
    const block = event.target.closest("form") ? null : hit(view.toCanvas(event));
    if (!block || !room.mayEdit) return;
    doc.select([block.id], { alone: true });
    room.editText(block.id);
  });

  return {
    cancel,
    /** While the space bar is held, a pull pushes the view. */
    space(held) { spaced = held; mark(stage, "ready", held ? "pan" : room.arming ? "draw" : ""); },
  };
}
