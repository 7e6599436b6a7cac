// Keeps what is there as the next version. Where somebody else has kept another one meanwhile, nothing is lost: theirs can
// be looked at, and one's own be kept after it.

import { button, el, makeDialog } from "./build-panel-dom.js";
import { makeSmall } from "./build-small.js";
import { ask } from "./work-ask.js";
import { attempt, notice } from "./work-here.js";
import { pathOf } from "./work-templates-words.js";
import { when } from "./work-words.js";

const CONFLICT = 409;

/** `room`: {doc, name, partner}. Gives `save()`, which says whether it is kept. */
export function openSave(room) {
  const { doc, name, partner } = room;
  const dialog = makeDialog("conflict", "Somebody else has saved meanwhile", { wide: true });
  let small = null, saving = false;

  async function send(base) {
    const template = doc.template;
    const { version } = await ask("POST", "/api/templates", { name, template, ...(base ? { base } : {}), ...(partner ? { partner } : {}) });
    doc.markSaved(version, template);
    return version;
  }

  async function save() {
    if (saving || room.reads) return false;
    saving = true;
    try {
      return await attempt(async () => {
        try {
          notice(`Saved as version ${await send(doc.version)}.`);
        } catch (problem) {
          if (problem.status !== CONFLICT) throw problem;
          await conflict(problem);
        }
      }) && !doc.dirty;
    } finally {
      saving = false;
    }
  }

  async function conflict(problem) {
    const { versions } = await ask("GET", pathOf(name, "/versions", partner));
    const theirs = versions[0];
    if (!theirs || theirs.version === doc.version) throw problem;
    const { template } = await ask("GET", pathOf(name, `/versions/${theirs.version}`, partner));
    const picture = el("div", { class: "small" }, el("div", { class: "glass" }));
    dialog.body.replaceChildren(
      el("p", {}, `${theirs.made_by || "Somebody"} saved version ${theirs.version} (${when(theirs.made_at)}). Yours was made from version ${doc.version}. Nothing is lost: every version is kept.`),
      picture,
      el("p", { class: "actions" }, button("Go on editing", dialog.close), button("Take theirs instead", () => takeTheirs(template, theirs.version)), button("Save mine as a new version", () => attempt(() => saveMine(theirs.version)), { class: "main" })));
    dialog.open();
    if (small) small.destroy();
    small = makeSmall(picture);
    await small.show(template);
  }

  /** A step of the way back: one's own is still there. */
  function takeTheirs(template, version) {
    if (template.format !== "racehub-3") { location.reload(); return; }
    doc.replace("Take their version", template);
    doc.markSaved(version);
    dialog.close();
    notice(`This is version ${version}. Undo brings yours back.`);
  }

  async function saveMine(base) {
    const version = await send(base);
    dialog.close();
    notice(`Saved as version ${version}.`);
  }

  dialog.element.addEventListener("close", () => { if (small) small.destroy(); small = null; });
  return save;
}
