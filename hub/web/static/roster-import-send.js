// Sends a file to the hub and tells how far it is, which fetch does not. Takes files that are dropped anywhere on the
// page. Knows nothing of what is in them.

import { Refused, leave } from "./work-ask.js";
import { bytes } from "./work-words.js";

/** Throws Refused: what the page itself can see. */
export function fitting(file, most) {
  if (!file.size) throw new Refused(400, { message: `“${file.name}” is empty.` });
  if (file.size > most) throw new Refused(413, { message: `“${file.name}” has ${bytes(file.size)}; at most ${bytes(most)} can be taken.` });
}

/** `tell(done, total)`: bytes. Gives {sent: a promise of what the hub answers, or of null when it was stopped; stop}. */
export function send(path, form, tell) {
  const request = new XMLHttpRequest();
  const sent = new Promise((done, failed) => {
    request.open("POST", path);
    request.responseType = "json";
    request.upload.addEventListener("progress", event => { if (event.lengthComputable) tell(event.loaded, event.total); });
    request.addEventListener("load", () => {
      const said = request.response;
      if (request.status >= 200 && request.status < 300) return done(said);
      if (request.status === 401) leave();
      failed(new Refused(request.status, (said && said.error) || {}, Number(request.getResponseHeader("Retry-After")) || 0));
    });
    for (const each of ["error", "timeout"]) request.addEventListener(each, () => failed(new Refused(0, { message: "The hub does not answer." })));
    request.addEventListener("abort", () => done(null));
    request.send(form);
  });
  return { sent, stop: () => request.abort() };
}

/** `place`: what is shown while a file is held over the page. `take(file, more)`: `more` others were dropped with it.
 * While something is asked, nothing is taken; but the browser does not leave the page for the file. */
export function takeDrops(place, take) {
  let depth = 0;
  const isFile = event => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const asks = () => document.querySelector("dialog[open]:not([data-beside=yes])") !== null;
  const over = yes => { if (!yes) depth = 0; place.hidden = !yes; };
  document.addEventListener("dragenter", event => { if (isFile(event) && !asks()) { depth++; over(true); } });
  document.addEventListener("dragleave", event => { if (isFile(event) && --depth <= 0) over(false); });
  document.addEventListener("dragover", event => {
    if (!isFile(event)) return;
    event.preventDefault();
    if (asks()) event.dataTransfer.dropEffect = "none";
  });
  document.addEventListener("keydown", event => { if (event.key === "Escape") over(false); });
  document.addEventListener("drop", event => {
    if (!isFile(event)) return;
    event.preventDefault();
    over(false);
    const { files } = event.dataTransfer;
    if (files.length && !asks()) take(files[0], files.length - 1);
  });
}
