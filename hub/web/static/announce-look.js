// How one tablet is held and looked at: dark or light, the thumb's side, which location, and whether the screen stays
// awake. Kept in the browser: another tablet has its own.

const NAMES = { look: ["auto", "dark", "light"], hand: ["right", "left"], mode: ["auto", "calm", "flood"] };

export function makeLook(place) {
  const held = { look: read("announcer look"), hand: read("announcer hand"), mode: read("announcer mode"), place: read(place) };
  for (const [name, values] of Object.entries(NAMES)) if (!values.includes(held[name])) held[name] = values[0];

  function set(name, value) {
    held[name] = value;
    write(name === "place" ? place : "announcer " + name, value);
    paint();
  }

  function paint() {
    const { look, hand } = held;
    if (look === "auto") delete document.documentElement.dataset.look; else document.documentElement.dataset.look = look;
    document.body.dataset.hand = hand;
  }

  /** The next of its values: what a button with one word does. */
  function turn(name) {
    set(name, NAMES[name][(NAMES[name].indexOf(held[name]) + 1) % NAMES[name].length]);
  }

  paint();
  return { held, set, turn };
}

/** Keeps the screen awake while the page is seen. A browser has this over https, or on the hub's own machine: elsewhere
 * the tablet's settings have to. `said(words)`: what to tell whoever asks. */
export function stayAwake(said) {
  const lock = navigator.wakeLock;
  if (!lock) {
    said("This browser cannot keep the screen awake over plain http: set the tablet’s screen to stay on.");
    return;
  }
  const take = async () => {
    if (document.hidden) return;
    try {
      const held = await lock.request("screen");
      said("The screen stays awake while this page is open.");
      held.addEventListener("release", () => said("The screen may go to sleep now."));
    } catch {
      said("The screen may go to sleep: the browser has refused to keep it awake. Is the battery low?");
    }
  };
  document.addEventListener("visibilitychange", take);
  take();
}

function read(name) {
  try { return localStorage.getItem(name) || ""; } catch { return ""; }
}

function write(name, value) {
  try { localStorage.setItem(name, value); } catch { /* refused or full: until the page is left */ }
}
