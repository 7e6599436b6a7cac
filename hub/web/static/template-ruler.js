// How wide a text is in a face of the hub. Knows the DOM, and keeps what it has measured until a face comes.

const MEASURED_MAX = 4000;        // texts of all faces; then it begins anew
const FAMILY = ', "Hanken Grotesk", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';

const FIGURES = Array.from("0123456789");
const EQUAL_PX = .5;              // at 100 pixels

let ruler = null, rulerFace = "", loads = 0;
const measured = new Map();
const listeners = new Set();

document.fonts.addEventListener("loadingdone", () => {
  loads++;
  measured.clear();
  for (const listener of Array.from(listeners)) listener();
});

/** How often a face has come: what was fitted before must be fitted again. */
export function fontLoads() {
  return loads;
}

/** Calls back when a face has come; gives how to stop that. */
export function whenFontsCome(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function familyOf(type) {
  return '"' + type.font + '"' + FAMILY;
}

/** Gives `measure(text)`: the width in pixels at 100 pixels. `weight`: another than the type's. */
export function measureOf(type, weight = type.weight) {
  const face = [type.font, weight, type.italic, type.spacing].join("|");
  return words => {
    const key = face + "|" + words;
    let width = measured.get(key);
    if (width === undefined) {
      if (measured.size >= MEASURED_MAX) measured.clear();
      measured.set(key, width = widthOf(words, type, weight, face));
    }
    return width;
  };
}

/** The widest figure of a face, and the width in em that each must be given; 0: they are all of one width by themselves. */
export function figureOf(type) {
  const measure = measureOf(type), widths = FIGURES.map(measure), most = Math.max(...widths);
  return { widest: FIGURES[widths.indexOf(most)], em: most - Math.min(...widths) > EQUAL_PX ? most / 100 : 0 };
}

function widthOf(words, type, weight, face) {
  if (!ruler) {
    ruler = document.createElement("span");
    ruler.className = "template-ruler";
    ruler.setAttribute("aria-hidden", "true");
  }
  if (!ruler.isConnected) document.body.appendChild(ruler);
  if (face !== rulerFace) {
    rulerFace = face;
    ruler.style.fontFamily = familyOf(type);
    ruler.style.fontWeight = weight;
    ruler.style.fontStyle = type.italic ? "italic" : "normal";
    ruler.style.letterSpacing = type.spacing + "em";
  }
  ruler.textContent = words;
  return ruler.getBoundingClientRect().width;
}

/** All faces that a template uses, and the letters of its texts; settles when they are there or will not come. */
export function loadFaces(types, letters) {
  const wanted = new Set(types.map(({ type, weight }) => (type.italic ? "italic " : "") + (weight || type.weight) + ' 20px "' + type.font + '"'));
  return Promise.all(Array.from(wanted).map(font => document.fonts.load(font, letters).catch(() => null)));
}
