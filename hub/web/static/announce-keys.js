// An announcer's keys, and taps. Space and Enter say whoever is chosen; on any other button they are that button's.

import { $ } from "./front-paint.js";

const TYPING = "input, select, textarea";

/** `acts`: by name: down, up, say, unsay, star, note, newest, find, flood, help, show(which). */
export function openKeys(acts) {
  const keys = {
    j: acts.down, ArrowDown: acts.down, k: acts.up, ArrowUp: acts.up, " ": acts.say, Enter: acts.say, u: acts.unsay, s: acts.star, n: acts.note,
    g: acts.newest, Escape: acts.newest, "/": acts.find, f: acts.flood, "?": acts.help,
    1: () => acts.show("all"), 2: () => acts.show("unsaid"), 3: () => acts.show("starred"), 4: () => acts.show("unshown"),
  };
  document.addEventListener("keydown", event => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || target.closest(TYPING)) return;
    if ((key === " " || key === "Enter") && target.closest("button, a") && !target.closest(".open, #newest")) return;
    if (event.repeat && key !== "j" && key !== "k" && !key.startsWith("Arrow")) return event.preventDefault();
    if (!Object.prototype.hasOwnProperty.call(keys, key)) return;
    event.preventDefault();
    keys[key]();
  });
  // what a key has done is not done once more by the button that has the focus
  document.addEventListener("keyup", event => { if (event.key === " " && event.target.closest(".open") && !document.querySelector("dialog[open]")) event.preventDefault(); });
}

/** A list that somebody touches, or has scrolled, stands still: a tick meets whom it was meant for. `hold()`, `go()`. */
export function openHolding(list, { hold, go, holdMs }) {
  let timer = 0, over = false;
  const later = () => { clearTimeout(timer); timer = setTimeout(() => { if (!over && list.scrollTop < 8) go(); }, holdMs); };
  list.addEventListener("pointerdown", () => { hold(); later(); });
  list.addEventListener("pointermove", event => { if (event.pointerType === "mouse") { over = true; hold(); } });
  list.addEventListener("pointerleave", () => { over = false; later(); });
  list.addEventListener("scroll", () => { if (list.scrollTop >= 8) hold(); later(); }, { passive: true });
}

export function openMenu(look, painted) {
  const menu = $("menu");
  const paint = () => {
    for (const name of ["look", "hand"]) {
      for (const button of $(name).children) button.setAttribute("aria-pressed", String(button.dataset[name] === look.held[name]));
    }
    painted();
  };
  menu.addEventListener("click", event => {
    const button = event.target.closest(".pair button");
    if (!button) return;
    const name = button.parentElement.id;
    look.set(name, button.dataset[name]);
    paint();
  });
  $("menu-close").addEventListener("click", () => menu.close());
  const show = () => { paint(); menu.showModal(); $("menu-close").focus(); };
  $("menu-open").addEventListener("click", show);
  return show;
}
