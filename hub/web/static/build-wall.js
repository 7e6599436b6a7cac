// The wall that somebody has spoken of last in this browser: the next template is often for the same one.

const KEY = "racehub.template.wall";
const MOST = { distance_m: 500, pitch_mm: 100 };

/** {distance_m, pitch_mm}; null: there is none. */
export function lastWall() {
  try {
    const { distance_m, pitch_mm } = JSON.parse(localStorage.getItem(KEY)), wall = { distance_m, pitch_mm };
    return Object.keys(MOST).every(name => wall[name] > 0 && wall[name] <= MOST[name]) ? wall : null;
  } catch {
    return null;
  }
}

export function keepWall(wall) {
  try { localStorage.setItem(KEY, JSON.stringify(wall)); } catch { /* a browser without room for it: asked again the next time */ }
}
