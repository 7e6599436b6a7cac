// What a screen knows of itself: the word by which the hub tells it from others, which load of its page this is, and
// whether it was made dark. All of it may be refused to be kept: then it is another screen with every load.

const WORD_BYTES = 16, LOAD_BYTES = 6;
const PLACE = "screen";           // of the browser's word; a second tab of the same browser has its own, for as long as it is open
const DARK = "dark screen ";

/** A word that nobody else has made up: URL-safe, 22 characters for 16 bytes. */
export function madeUp(bytes) {
  const all = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...all)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** `query`: what the hub is asked with. */
export function makeOwn() {
  const load = madeUp(LOAD_BYTES);
  let word = kept("sessionStorage") || kept("localStorage");
  if (!word) {
    word = madeUp(WORD_BYTES);
    keep("localStorage", PLACE, word);
  }
  return {
    query: () => ({ screen: word, tab: load }),
    dark: () => read("localStorage", DARK + word) === "yes",
    /** What the hub has said of this screen. */
    told({ own, blank }) {
      if (own && own !== word) keep("sessionStorage", PLACE, word = own);
      keep("localStorage", DARK + word, blank ? "yes" : null);
    },
  };
}

function kept(where) {
  const word = read(where, PLACE);
  return word && /^[A-Za-z0-9_-]{16,64}$/.test(word) ? word : null;
}

function read(where, name) {
  try { return window[where].getItem(name); } catch { return null; }
}

function keep(where, name, value) {
  try {
    if (value === null) window[where].removeItem(name);
    else window[where].setItem(name, value);
  } catch { /* refused or full */ }
}
