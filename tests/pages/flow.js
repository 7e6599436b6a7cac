// Races made up from a seed, quiet ones and crowds, on displays of every setting: what a screen shows that is there all
// the time, five times a second, and whether one that has just come, with another clock, shows the same.
async ({ seeds, seconds }) => {
  const core = await import("/static/display-core.js"), flow = await import("/static/display-flow.js");
  const { view } = await import("/static/display-view.js");
  const START = Date.parse("2024-05-04T08:00:00Z"), STEP = 200, HOLD = 10000, RECENT = 200;
  const RATES = [0.15, 0.6, 2, 5, 10, 40], SHAPES = Object.keys(flow.SHAPES);
  const stamp = ms => new Date(START + ms).toISOString();

  function dice(seed) {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  function makeSettings(roll) {
    const settings = { dwell: 1 + Math.floor(roll() * 10), duration: 2 + Math.floor(roll() * 15) };
    if (roll() < 0.3) settings.gap_s = Math.floor(roll() * 60);
    if (roll() < 0.3) settings.laps = "first";
    if (roll() < 0.3) settings.locations = ["Finish"];
    if (roll() < 0.2) settings.races = ["5K"];
    return settings;
  }

  /** A rate for some seconds, then another; now and then many in the same instant. */
  function makeReads(roll) {
    const reads = [];
    let now = 0, until = 0, rate = 0;
    while (now < seconds * 1000) {
      if (now >= until) {
        rate = RATES[Math.floor(roll() * RATES.length)];
        until = now + 3000 + Math.floor(roll() * 20000);
      }
      now += Math.round(-Math.log(1 - roll()) * 1000 / rate);
      const many = roll() < 0.004 ? 1 + Math.floor(roll() * 120) : 1;
      for (let each = 0; each < many; each++) {
        const offset = reads.length + 1, bib = String(roll() < 0.2 ? Math.floor(roll() * 30) : 1000 + offset);
        const marks = roll() < 0.03 ? ["late"] : roll() < 0.03 ? ["test"] : [];
        reads.push({ type: "read", offset, kind: "read", marks, location: roll() < 0.2 ? "5K" : "FINISH ", tag: "T" + bib, bib,
          time: stamp(now), received_at: stamp(now), lap: roll() < 0.1 ? 2 : 1, ms: now,
          runner: { name: "Runner " + bib, bib, race_name: roll() < 0.8 ? "5K" : "10K" } });
      }
    }
    return reads;
  }

  /** Who is to be shown, told the plain way. */
  function eligible(reads, settings) {
    const here = reads.filter(({ marks, location }) => !marks.includes("late") && (!settings.locations || location === "FINISH "));
    return here.filter((read, index) => {
      const before = settings.gap_s && here.slice(0, index).reverse().find(({ tag, location }) => tag === read.tag && location === read.location);
      return !(settings.gap_s && before && read.ms - before.ms < settings.gap_s * 1000)
        && !(settings.laps && read.lap !== 1) && !(settings.races && read.runner.race_name !== "5K");
    });
  }

  /** As the hub has it. */
  function helloOf(reads, settings, stars, now) {
    const first = Math.max(0, reads.length - RECENT), dwell = settings.dwell * 1000, card = Math.max(settings.duration * 1000, dwell);
    const far = Math.max(card, HOLD) + 2 * dwell + (settings.gap_s || 0) * 1000;
    const isStarred = ({ bib }) => stars.includes("bib:" + bib) || stars.includes("tag:t" + bib);
    const before = reads.map((read, index) => {
      const { offset, ms, tag, location, lap, marks, bib, runner } = read;
      const isCard = !marks.includes("late") && (!settings.locations || location === "FINISH ");
      const isWhole = isStarred(read) || (isCard && now - ms < card);
      if (index >= first || marks.includes("late") || (now - ms >= far && !isStarred(read))) return null;
      return isWhole ? read : [offset, START + ms, tag, location, runner.race_name, lap, marks, bib];
    }).filter(Boolean);
    return { type: "hello", epoch: 1, offset: reads.length, recovered: false, now: stamp(now), session: { id: 1, name: "S" }, starts: [],
      stars, display: { settings, control: {} }, before, recent: reads.slice(first) };
  }

  function tell(screen, message, now) {
    const local = now + screen.skew;
    screen.state = core.reduce(core.heard(screen.state, local), JSON.parse(JSON.stringify(message)), local);
  }

  function seenBy(screen, now, shape) {
    const { scene, layout, cards, band, more } = view(screen.state, now + screen.skew, shape);
    return { scene, layout, more, cards: cards.map(({ offset }) => offset), band: band ? band.offset : 0 };
  }

  function race(seed) {
    const roll = dice(seed), settings = makeSettings(roll), reads = makeReads(roll), shape = SHAPES[seed % SHAPES.length];
    const stars = roll() < 0.5 ? [] : ["bib:3", "bib:7", "tag:t9"];
    const isStarred = ({ tag }) => stars.length > 0 && ["T3", "T7", "T9"].includes(tag);
    const stayed = { state: core.initial(0), skew: 1e6 * roll() }, wrong = [], spans = new Map(), missed = [], levels = new Set();
    let told = 0, fresh = null, level = 0, upAt = -Infinity, compared = 0, changes = 0;
    tell(stayed, helloOf([], settings, stars, 0), 0);
    for (let now = 0; now < (seconds + 5) * 1000; now += STEP) {
      while (told < reads.length && reads[told].ms <= now) {
        for (const each of [stayed, fresh].filter(Boolean)) tell(each, reads[told], reads[told].ms);
        told++;
      }
      const seen = seenBy(stayed, now, shape), at = flow.LEVELS.indexOf(seen.layout);
      for (const offset of seen.cards.concat(seen.band || [])) {
        const span = spans.get(offset) || { to: -Infinity, run: 0, longest: 0 };
        span.run = span.to === now - STEP ? span.run + STEP : STEP;
        spans.set(offset, Object.assign(span, { to: now, longest: Math.max(span.longest, span.run) }));
      }
      missed.push({ now, said: parseInt(seen.more, 10) || 0, cards: seen.cards });
      if (seen.cards.length && !seen.band && !isStarred(reads[seen.cards[0] - 1])) levels.add(at);
      if (fresh) {
        compared++;
        const other = seenBy(fresh, now, shape);
        if (JSON.stringify(other) !== JSON.stringify(seen)) wrong.push({ seed, now, settings, seen, other, why: "screens differ" });
      }
      const own = core.wallOf(stayed.state, now + stayed.skew, shape).level;
      if (own !== level) changes++;
      if (own > level) upAt = now;
      if (own < level && now - upAt < HOLD) wrong.push({ seed, now, own, level, why: "a layout left too soon" });
      level = own;
      if (now % 4000 === 0) {
        fresh = { state: core.initial(0), skew: -1e6 * roll() };
        tell(fresh, helloOf(reads.slice(0, told), settings, stars, now), now);
      }
    }
    const wanted = eligible(reads, settings), unseen = new Set(), unsure = new Set(), dwell = settings.dwell * 1000;
    const stay = Math.max(settings.duration * 1000, dwell), who = ({ tag, location }) => tag + location, byRunner = new Map();
    for (const read of wanted) byRunner.set(who(read), (byRunner.get(who(read)) || []).concat(read));
    let turn = -Infinity;
    for (const read of wanted.filter(({ ms }) => ms < (seconds - 30) * 1000)) {
      const { offset, ms } = read, span = spans.get(offset);
      const again = byRunner.get(who(read)).find(other => other.offset > offset && other.ms < ms + dwell && spans.has(other.offset));
      const stood = span ? span.longest : 0;
      if (isStarred(read)) {
        turn = Math.max(ms, turn + dwell);
        if (turn + dwell < seconds * 1000 && stood < dwell - STEP) wrong.push({ seed, offset, ms, stood, dwell, why: "starred and not shown" });
      } else if (!span) (again && again.ms - ms < STEP ? unsure : unseen).add(offset);
      else if (span && stood < dwell - STEP && !again) wrong.push({ seed, offset, ms, stood, dwell, shape, why: "too short" });
    }
    const isKnown = offset => wanted.some(read => read.offset === offset);
    for (const offset of spans.keys()) if (!isKnown(offset)) wrong.push({ seed, offset, why: "not wanted" });
    for (const { now, said, cards } of missed.filter((_, at) => at % 7 === 0)) {
      const there = new Set(cards.map(offset => who(reads[offset - 1])));
      const out = wanted.filter(read => unseen.has(read.offset) && read.ms <= now && now - read.ms < stay && !there.has(who(read)));
      const number = new Set(out.map(who)).size, isWrong = said < number || said > number + unsure.size;
      if (cards.length && now < (seconds - 30) * 1000 && isWrong) wrong.push({ seed, now, said, number, why: "counted wrongly" });
    }
    return { wrong: wrong.slice(0, 2), shown: spans.size, unseen: unseen.size, compared, changes, levels: Array.from(levels) };
  }

  const races = seeds.map(race), sum = field => races.reduce((total, each) => total + each[field], 0);
  return {
    wrong: [].concat(...races.map(({ wrong }) => wrong)).slice(0, 3), shown: sum("shown"), unseen: sum("unseen"),
    compared: sum("compared"), changes: sum("changes"), levels: Array.from(new Set([].concat(...races.map(({ levels }) => levels)))).sort(),
  };
}
