// Which part of the canvas is seen, and how large. Scales the paper; what lies above it follows by `onChange`.

import { boundsOf, clamp, fitView, toCanvas, zoomed } from "./build-geometry.js";

const STEP = 1.25;
const WHEEL = .0035;
const REVEAL_PX = 24;

/** `canvas()`: its sides as they are now. */
export function makeView({ stage, paper, canvas, onChange }) {
  let view = { scale: 1, x: 0, y: 0 }, fitted = true;

  const area = () => ({ w: stage.clientWidth, h: stage.clientHeight });

  function show(next, fits = false) {
    fitted = fits;
    view = next;
    paper.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    onChange();
  }

  const fit = () => show(fitView(canvas(), area()), true);
  const middle = () => ({ x: area().w / 2, y: area().h / 2 });
  const zoomBy = (factor, point = middle()) => show(zoomed(view, point, factor));

  /** Keeps some of the canvas within reach. */
  function pan(x, y) {
    const { width, height } = canvas(), { w, h } = area();
    const within = (at, size, whole) => clamp(at, Math.min(0, whole - size) - whole / 2, Math.max(0, whole - size) + whole / 2);
    show({ scale: view.scale, x: within(view.x + x, width * view.scale, w), y: within(view.y + y, height * view.scale, h) });
  }

  /** Moves as little as needed for a block to be seen. */
  function reveal(block) {
    const { x, y, w, h } = onStage(boundsOf(block)), { w: wide, h: high } = area();
    const by = (at, size, whole) => (at + size < REVEAL_PX ? REVEAL_PX - at : at > whole - REVEAL_PX ? whole - REVEAL_PX - at - Math.min(size, whole / 2) : 0);
    if (by(x, w, wide) || by(y, h, high)) pan(by(x, w, wide), by(y, h, high));
  }

  /** A box of the canvas in pixels of the stage. */
  function onStage({ x, y, w, h }) {
    return { x: view.x + x * view.scale, y: view.y + y * view.scale, w: w * view.scale, h: h * view.scale };
  }

  function pointOnStage(event) {
    const { left, top } = stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  // a touchpad's pinch comes as a wheel with Ctrl
  stage.addEventListener("wheel", event => {
    if (event.target.closest("textarea")) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) zoomBy(Math.exp(-clamp(event.deltaY * unit, -200, 200) * WHEEL), pointOnStage(event));
    else if (event.shiftKey && !event.deltaX) pan(-event.deltaY * unit, 0);
    else pan(-event.deltaX * unit, -event.deltaY * unit);
  }, { passive: false });
  stage.addEventListener("scroll", () => { stage.scrollLeft = 0; stage.scrollTop = 0; });
  new ResizeObserver(() => { if (fitted) fit(); else onChange(); }).observe(stage);

  return {
    fit, pan, reveal, onStage, pointOnStage, zoomBy,
    get scale() { return view.scale; },
    get x() { return view.x; },
    get y() { return view.y; },
    isFitted: () => fitted,
    closer: () => zoomBy(STEP), farther: () => zoomBy(1 / STEP), zoomTo: scale => zoomBy(scale / view.scale),
    toCanvas: event => toCanvas(view, pointOnStage(event)),
  };
}
