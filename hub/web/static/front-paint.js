// Puts texts into the page, and touches only what differs: nothing moves, no choice of text is lost, and a button keeps
// its focus. Names come from outside: they are set as text, never as markup.

export const $ = id => document.getElementById(id);

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** Text that is not there without words. */
export function sayOrHide(element, words) {
  say(element, words);
  if (element.hidden !== !words) element.hidden = !words;
}

export function mark(element, name, value) {
  if (value) { if (element.dataset[name] !== value) element.dataset[name] = value; }
  else if (name in element.dataset) delete element.dataset[name];
}

export function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What a template calls `data-f="name"`. */
export function field(element, name) {
  return element.querySelector(`[data-f="${name}"]`);
}

export function made(template) {
  return $(template).content.firstElementChild.cloneNode(true);
}

/** One child of `list` for each item, in their order; a child stays the same as long as its item's key does. */
export function keep(list, items, keyOf, template, fill) {
  const there = new Map(Array.from(list.children, child => [child.dataset.key, child]));
  let next = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item)), child = there.get(key) || made(template);
    there.delete(key);
    child.dataset.key = key;
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
    fill(child, item);
  }
  for (const child of there.values()) child.remove();
}

export function answer(id, { tone, words, detail }) {
  const element = $(id);
  mark(element, "tone", tone);
  say(element.querySelector(".words"), words);
  say(element.querySelector(".detail"), detail);
}
