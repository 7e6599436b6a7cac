// Somebody else has saved a version meanwhile. Nothing is lost: theirs can be looked at and taken, and one's own be saved
// after it.

import { button, el, makeDialog } from "./build-panel-dom.js";
import { makeSmall } from "./build-small.js";
import { ask } from "./work-ask.js";
import { attempt, notice } from "./work-here.js";
import { pathOf } from "./work-templates-words.js";
import { when } from "./work-words.js";

/** Gives what is to be told of a save that was refused for that. */
export function openConflict(room) {
  const { doc, name, partner } = room, dialog = makeDialog("conflict", "Somebody else has saved meanwhile", { wide: true });
  let small = null;

  async function tell(problem) {
    const { versions } = await ask("GET", pathOf(name, "/versions", partner)), [theirs] = versions;
    if (!theirs || theirs.version === doc.version) { notice(problem.message); return; }
    const { template } = await ask("GET", pathOf(name, `/versions/${theirs.version}`, partner));
    const picture = el("div", { class: "small" }, el("div", { class: "glass" }));
    const from = doc.version ? `Yours was made from version ${doc.version}.` : "There was none of this name when you began.";
    dialog.body.replaceChildren(
      el("p", {}, `${theirs.made_by || "Somebody"} saved version ${theirs.version} (${when(theirs.made_at)}). ${from} Nothing is lost: every version is kept.`),
      picture,
      el("p", { class: "actions" }, button("Go on editing", dialog.close), button("Take theirs instead", () => take(template, theirs.version)), button("Save mine as a new version", () => saveMine(template, theirs.version), { class: "main" })));
    dialog.open();
    small = makeSmall(picture);
    await small.show(template);
  }

  /** A step of the way back: one's own is still there. */
  function take(template, version) {
    if (template.format !== "racehub-3") { location.reload(); return; }
    doc.replace("Take their version", template);
    doc.markSaved(version);
    dialog.close();
    notice(`This is version ${version}. Undo brings yours back.`);
  }

  async function saveMine(template, version) {
    doc.markSaved(version, template.format === "racehub-3" ? template : null);
    dialog.close();
    await room.save();
  }

  dialog.element.addEventListener("close", () => { if (small) small.destroy(); small = null; });
  return problem => attempt(() => tell(problem));
}
