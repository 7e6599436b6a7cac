// The panels beside the canvas, and the dialogs over it. Puts them together; what each does is in its own file.

import { $ } from "./front-paint.js";
import { openCanvas } from "./build-panel-canvas.js";
import { openConflict } from "./build-panel-conflict.js";
import { button, el } from "./build-panel-dom.js";
import { openImages } from "./build-panel-images.js";
import { openLayers } from "./build-panel-layers.js";
import { moreButtons } from "./build-panel-more.js";
import { openPreview } from "./build-panel-preview.js";
import { openProperties } from "./build-panel-props.js";
import { openSaveAs } from "./build-panel-save-as.js";
import { openSession } from "./build-panel-session.js";
import { openWarnings } from "./build-panel-warnings.js";
import { dataFor } from "./build-samples.js";
import { attempt, may } from "./work-here.js";

/** `room`: what the parts of the builder share; see build.js. */
export function openPanels(room) {
  const { doc } = room, session = openSession(room), reads = !may("operator");
  const shared = { ...session, doc, reads, name: room.name, partner: room.partner, fileBytesMax: Number($("builder").dataset.uploadMib) * 1024 * 1024, focusBlock: id => room.focusBlock(id), play: () => room.repaint({ enter: true }), chooseSession: id => attempt(() => session.chooseSession(id)) };
  shared.chooseImage = openImages(shared);
  openBeside(room, shared);
  openLayers($("layers"), shared);
  room.onConflict = openConflict({ ...shared, save: room.save });
  openMore(room, shared);
  room.data = nowMs => dataFor(doc.which === "active" ? session.extremes().runners[0] : undefined, session.extremes(), nowMs);
  session.whenKnown(() => room.repaint());
  attempt(session.load);
}

/** With something chosen its properties, else the canvas's. */
function openBeside({ doc }, shared) {
  const chosen = el("div"), canvas = el("div");
  $("properties").replaceChildren(chosen, canvas);
  const { askWall } = openCanvas(canvas, shared);
  openProperties(chosen, shared);
  openWarnings($("warnings"), { ...shared, askWall: () => { doc.select([]); askWall(); } });
  const paint = () => { chosen.hidden = !doc.selection.length; canvas.hidden = !chosen.hidden; };
  doc.subscribe(paint);
  paint();
}

function openMore(room, shared) {
  const preview = button("Preview", openPreview(shared), { id: "open-preview" }), more = moreButtons({ ...shared, version: () => room.doc.version });
  if (!shared.reads) {
    room.onGone = openSaveAs(shared);
    more.push(button("Save as", () => room.onGone(), { id: "open-save-as" }));
  }
  $("bar-more").replaceChildren(preview, ...more);
}
