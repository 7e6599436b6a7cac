// What an alarm sounds like: two tones, clear enough for a tent beside a generator. A browser lets a page be heard only
// after somebody has clicked on it.

const EVERY_MS = 10000;
const TONES = [[880, 0], [660, 0.28], [880, 0.56], [660, 0.84]];   // hertz, at second
const TONE_S = 0.24;
const RISE_S = 0.015;             // else it clicks
const LOUD = 0.6;

let context = null, timer = 0, played = 0;

/** Whether this page may be heard by now. */
export function isOpen() {
  return context !== null && context.state === "running";
}

/** To be called while somebody clicks. */
export async function open() {
  context = context || new AudioContext();
  if (context.state !== "running") await context.resume();
}

/** Whether it is to be heard now: at once, and again and again. */
export function ring(wanted) {
  if (!wanted || !isOpen()) { clearInterval(timer); timer = 0; return; }
  if (timer) return;
  play();
  timer = setInterval(play, EVERY_MS);
}

/** How often it was. */
export function times() {
  return played;
}

function play() {
  played++;
  for (const [hertz, at_s] of TONES) tone(hertz, context.currentTime + at_s);
}

function tone(hertz, at) {
  const source = context.createOscillator(), volume = context.createGain();
  source.type = "square";         // its overtones are heard where a sine is not
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + RISE_S);
  volume.gain.setValueAtTime(LOUD, at + TONE_S - RISE_S);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + TONE_S);
}
