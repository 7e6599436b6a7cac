// What the elements of all blocks have in common. Knows the DOM alone.

import { SOFT_HYPHEN } from "./display-fit.js";
import { familyOf } from "./template-ruler.js";

export function made(name, className) {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

/** Sets what is another; an element's style is read by name, not by text. */
export function dress(element, style) {
  for (const name of Object.keys(style)) if (element.style[name] !== style[name]) element.style[name] = style[name];
}

export function faceOf(type, { weight = type.weight, colour = type.colour } = {}) {
  return {
    fontFamily: familyOf(type), fontWeight: String(weight), fontStyle: type.italic ? "italic" : "normal",
    letterSpacing: type.spacing + "em", lineHeight: String(type.leading), color: colour || "transparent",
  };
}

export function fillOf({ fill, fill_to, angle }) {
  return fill && fill_to ? "linear-gradient(" + angle + "deg, " + fill + ", " + fill_to + ")" : fill || "none";
}

/** `em`: the width that each figure is given; 0: its own. */
export function layLines(element, lines, size, em = 0) {
  while (element.children.length > lines.length) element.lastChild.remove();
  lines.forEach((line, at) => {
    const span = element.children[at] || element.appendChild(made("span", "t-line"));
    say(span, line.replace(SOFT_HYPHEN, "-").trim(), em);
  });
  element.style.fontSize = size + "px";
}

export function upper(type, { words, short }) {
  return type.upper ? { words: words.toUpperCase(), short: short.toUpperCase() } : { words, short };
}

export function say(element, words, em = 0) {
  if (element.textContent === words) return;
  element.textContent = em ? "" : words;
  if (em) for (const letter of words) element.appendChild(/\d/.test(letter) ? figure(letter, em) : document.createTextNode(letter));
}

function figure(letter, em) {
  const span = made("span", "t-figure");
  span.textContent = letter;
  span.style.width = em + "em";
  return span;
}
