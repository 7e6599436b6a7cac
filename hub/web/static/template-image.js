// A picture in a block: what is not there yet leaves nothing on a wall, and is asked for again.

const RETRY_MS = 4000;            // doubled with every try
const RETRY_MAX_MS = 60000;

/** `hints`: what is missing is said in its place, as in the builder. */
export function drawPicture(inner, { hints }, hint) {
  const image = document.createElement("img"), note = document.createElement("span");
  image.alt = "";
  image.draggable = false;
  image.decoding = "async";
  note.className = "t-hint";
  let wanted = "", tries = 0, timer = 0;

  image.onload = () => { tries = 0; shown(true); };
  image.onerror = () => {
    shown(false);
    clearTimeout(timer);
    timer = setTimeout(again, Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** tries++));
  };

  function again() {
    if (wanted && image.isConnected) image.src = wanted;
  }

  function shown(there) {
    image.style.visibility = there ? "" : "hidden";
    note.textContent = there || !hints ? "" : hint;
  }

  inner.appendChild(image);
  inner.appendChild(note);
  shown(false);
  return {
    show(url) {
      if (url === wanted) return;
      wanted = url;
      tries = 0;
      clearTimeout(timer);
      if (url) image.src = url;
      else { image.removeAttribute("src"); shown(false); }
    },
    fit(how) { if (image.style.objectFit !== how) image.style.objectFit = how; },
  };
}
