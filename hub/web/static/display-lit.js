// Keeps the machine from turning its screen off while a wall is on it. Browsers allow it on secure pages only (https,
// localhost), and take it back whenever nobody sees the page: then it is asked for again. Where they do not allow it the
// machine's own setting has to do, and there is nothing to be done here. Knows no hub.

const AGAIN_MS = 60000;           // a machine that refuses, on a low battery for example, may think better of it

/** From now on, for as long as the page is there. */
export function keepLit() {
  if (!navigator.wakeLock) return;
  let lock = null, isAsking = false, timer = 0;

  async function hold() {
    clearTimeout(timer);
    if (isAsking || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    isAsking = true;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", hold);
    } catch {
      timer = setTimeout(hold, AGAIN_MS);
    }
    isAsking = false;
  }

  document.addEventListener("visibilitychange", hold);
  hold();
}
