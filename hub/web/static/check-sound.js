// Short tones for those who look at a tag and not at the page: right, odd, wrong. A switch turns them off for this
// device. A browser lets a page be heard only after somebody has pressed something.

const KEPT = "check-sound";
const RISE_S = 0.008;             // else it clicks
const TONES = {                   // [hertz, at second, for seconds, shape]
  ok: [[1318, 0, 0.09, "sine"]],
  ask: [[880, 0, 0.09, "sine"]],
  warn: [[659, 0, 0.11, "triangle"], [659, 0.17, 0.11, "triangle"]],
  bad: [[233, 0, 0.16, "sawtooth"], [175, 0.18, 0.3, "sawtooth"]],
};
const LOUD = { sine: 0.5, triangle: 0.55, sawtooth: 0.3 };

let context = null;
const played = [];

export function isOn() {
  try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; }
}

export function turn(on) {
  try { localStorage.setItem(KEPT, on ? "on" : "off"); } catch { /* it holds until the page is left */ }
}

/** To be called while somebody presses something. */
export function wake() {
  if (!isOn()) return;
  context = context || new AudioContext();
  if (context.state !== "running") context.resume().catch(() => {});
}

export function play(tone) {
  if (!isOn() || !TONES[tone]) return;
  wake();
  played.push(tone);
  if (played.length > 100) played.shift();
  for (const [hertz, at, for_s, shape] of TONES[tone]) sound(hertz, context.currentTime + at, for_s, shape);
}

/** The last ones, by name. */
export function heard() {
  return played.slice();
}

function sound(hertz, at, for_s, shape) {
  const source = context.createOscillator(), volume = context.createGain();
  source.type = shape;
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD[shape], at + RISE_S);
  volume.gain.setValueAtTime(LOUD[shape], at + for_s - RISE_S * 2);
  volume.gain.linearRampToValueAtTime(0, at + for_s);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + for_s);
}
