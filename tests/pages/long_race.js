// A race of ten hours in as many seconds: a page's time, its timers and its socket are a loop's, and what the hub says is
// made up from a seed. The page is as it is served, and paints as it does on a wall.
({ template, hours, scale }) => {
  const START = Date.parse("2024-05-04T05:00:00Z"), RECENT = 200, CARD_MS = 8000, HOUR_MS = 3600000;
  const later = window.setTimeout.bind(window), RealDate = Date;
  const timers = new Map(), recent = [];
  let now = 1000, ids = 0, frames = [], socket = null, greeted = null, sent = 0, offset = 0, steps = 0, seed = 7, epoch = 1, reconnects = -1, peak = 0;

  performance.now = () => now;
  window.Date = class extends RealDate {
    constructor(...words) { super(...(words.length ? words : [START + now])); }
    static now() { return START + now; }
  };
  const timer = again => (act, ms = 0, ...given) => { timers.set(++ids, { at: now + ms, ms, act, given, again }); return ids; };
  window.setTimeout = timer(false);
  window.setInterval = timer(true);
  window.clearTimeout = window.clearInterval = id => timers.delete(id);
  window.requestAnimationFrame = act => frames.push(act);
  window.WebSocket = class {
    static get OPEN() { return 1; }
    constructor() { this.readyState = 1; socket = this; reconnects++; }
    send() { sent++; }
    close() { this.readyState = 3; }
  };

  function roll() {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  const stamp = ms => new RealDate(START + ms).toISOString().replace("Z", "+00:00");
  const hill = (at, height, width) => height * Math.exp(-((((now / HOUR_MS) * 10 / hours - at) / width) ** 2));
  const perSecond = () => scale * (0.5 + hill(2, 10, 0.4) + hill(4.5, 4, 1) + hill(7, 40, 0.02));

  function runner(number) {
    const name = number % 50 ? `Runner ${number} of the long race` : `\u05e8\u05e5 ${number}`;
    return { name, first_name: "Runner", last_name: String(number), bib: String(number), race_name: number % 3 ? "10K" : "Half", city: "Porto" };
  }

  function read(at) {
    const number = Math.floor(roll() * 12000), known = roll() < 0.97, marks = roll() < 0.03 ? ["late"] : [];
    return { type: "read", offset: ++offset, kind: roll() < 0.001 ? "gun" : "read", marks, location: roll() < 0.8 ? "Finish" : "Half way",
      tag: String(50000 + number), bib: known ? String(number) : null, time: stamp(at), lap: 1, received_at: stamp(at), ...(known ? { runner: runner(number) } : {}) };
  }

  function wishes() {
    const control = [{}, { hold: START + now }, {}, { pin: { offset: Math.max(1, offset - 3) } }, {}, { skip: offset }, { blank: true }, {}][steps / 150 % 8];
    return { type: "settings", display: { settings: { duration: 8, dwell: 3 }, control, pinned: control.pin ? recent.find(each => each.offset === control.pin.offset) || null : null } };
  }

  function hello() {
    return { type: "hello", epoch, offset, recovered: false, now: stamp(now), emergency: "", starts: [], stars: [], template, counts: null,
      messages: [], session: { id: 7, name: "Sunday", event: "Ten Hours", timezone: "Europe/Oslo", test: false, races: [] },
      display: { code: "ABCDEFGH", name: "Finish", settings: { duration: 8 }, control: {}, pinned: null }, recent };
  }

  function seldom() {
    const said = [{ type: "tick", now: stamp(now), offset }], any = Math.max(1, offset - Math.floor(roll() * RECENT));
    if (steps % 40 === 0) said.push({ type: "correction", offset: any, runner: runner(any) });
    if (steps % 60 === 0) said.push({ type: "retract", offset: any });
    if (steps % 97 === 0) said.push({ type: "starts", starts: [{ location: "Start", race: "R" + steps, guns: [stamp(now - 60000)] }] });
    if (steps % 111 === 0) said.push({ type: "stars", who: ["bib:" + Math.floor(roll() * 12000)] });
    if (steps % 130 === 0) said.push({ type: "messages", every_s: 10, messages: [{ id: steps, kind: "rotating", text: "Soup at the tent " + steps, begins_at: null, ends_at: null }] });
    if (steps % 150 === 0) said.push(wishes());
    if (steps % 500 < 2) said.push({ type: "message", audience: "public", kind: "emergency", text: steps % 500 ? "" : "Storm" });
    return said;
  }

  function step(stepMs) {
    steps++;
    now += stepMs;
    if (socket !== greeted) {
      greeted = socket;
      socket.onmessage({ data: JSON.stringify(hello()) });
    }
    const count = Math.floor(perSecond() * stepMs / 1000 + roll()), span = Math.min(stepMs, CARD_MS);
    const reads = Array.from({ length: count }, (_, at) => read(now - span + span * (at + 1) / count));
    recent.push(...reads);
    recent.splice(0, Math.max(0, recent.length - RECENT));
    socket.onmessage({ data: reads.concat(seldom()).map(each => JSON.stringify(each)).join("\n") });
    if (steps % 400 === 0) socket.onclose({ code: 1006 });
    for (const [id, each] of Array.from(timers)) {
      if (each.at > now || !timers.has(id)) continue;
      if (each.again) each.at = now + each.ms;
      else timers.delete(id);
      each.act(...each.given);
    }
    const due = frames;
    frames = [];
    for (const act of due) act(now);
    peak = Math.max(peak, document.querySelectorAll("main .name, main .cell, #template .t-line").length);
  }

  /** So many steps; the browser paints for itself now and then. */
  window.race = async (count, stepMs) => {
    for (let at = 0; at < count; at++) {
      step(stepMs);
      if (at % 20 === 0) await new Promise(done => later(done));
    }
    return { reads: offset, hours: now / HOUR_MS, sent, reconnects, timers: timers.size, peak, state: document.body.dataset.state };
  };
}
