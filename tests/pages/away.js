// Races made up from a seed, a hub as small as can be, and two screens: one that stays and one that comes and goes.
// Gives how often their pictures were compared, and those that differed.
async ({ seeds, steps }) => {
  const RECENT = 200;
  const START = Date.parse("2024-05-04T08:00:00Z");

  function dice(seed) {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  const core = await import("/static/display-core.js");
  const { cardTexts, view } = await import("/static/display-view.js");
  const { listOf } = await import("/static/template-words.js");
  const stamp = ms => new Date(START + ms).toISOString().replace("Z", "+00:00");

  /** Some tags come again, some at another location, which one in two of the displays does not show. */
  function makeRead(offset, now, roll) {
    const marks = roll() < 0.15 ? ["late"] : roll() < 0.1 ? ["repeat"] : roll() < 0.1 ? ["test"] : [];
    const kind = roll() < 0.1 ? "gun" : "read";
    const location = roll() < 0.3 ? "Half way" : "Finish";
    const tag = String(1000 + (roll() < 0.3 ? Math.floor(roll() * 5) : offset));
    return { type: "read", offset, kind, marks, location, tag, bib: null, time: stamp(now), lap: 1,
      received_at: stamp(now) };
  }

  function makeStarts(now, roll) {
    const guns = () => Array.from({ length: 1 + Math.floor(roll() * 3) }, () => stamp(now - Math.floor(roll() * 9e6)));
    return ["Start", "START HM", "Half way"].filter(() => roll() < 0.6)
      .map(location => ({ location, race: roll() < 0.5 ? null : "5K", guns: guns().sort() }));
  }

  function makeScreen() {
    return { state: core.initial(0), on: false, cursor: 0 };
  }

  function tell(screen, message, now) {
    screen.state = core.reduce(core.heard(screen.state, now), JSON.parse(JSON.stringify(message)), now);
  }

  function hello(screen, { feed, starts, settings }, now, reach) {
    const { state } = screen;
    const recovered = state.offset !== null && feed.length - state.offset <= reach;
    screen.cursor = recovered ? state.offset : feed.length;
    tell(screen, { type: "hello", epoch: 1, offset: feed.length, recovered, now: stamp(now), session: { id: 1, name: "S" },
      starts, display: { settings }, recent: feed.slice(-RECENT), before: feed.slice(0, -RECENT).filter(each => each.type === "read").slice(-RECENT) }, now);
    screen.on = true;
  }

  /** Reads come in their order and as they are known by now; what has no place in it comes at once. */
  function pull(screen, feed, count, now) {
    for (; screen.on && count > 0 && screen.cursor < feed.length; count--) tell(screen, feed[screen.cursor++], now);
  }

  function picture(screen, now) {
    const seen = view(screen.state, now);
    const cards = seen.cards.map(card => cardTexts(card, screen.state, now));
    const list = listOf(screen.state).slice(0, 80).map(({ offset, location, bib, runner }) => [offset, location, bib, runner && runner.name].join());
    listed += list.length;
    return JSON.stringify([seen.scene, seen.layout, seen.more, seen.offset, seen.clock, seen.clocks, seen.test, cards, list]);
  }

  let listed = 0;

  function race(seed) {
    const roll = dice(seed), feed = [], stayed = makeScreen(), went = makeScreen();
    const hub = { feed, starts: [], settings: seed % 2 ? {} : { locations: ["FINISH"] } };
    let now = 0, compared = 0, several = 0;
    const all = message => { for (const each of [stayed, went]) if (each.on) tell(each, message, now); };
    hello(stayed, hub, now, RECENT);
    for (let step = 0; step < steps; step++) {
      now += Math.floor(roll() * (seed % 3 ? 1500 : 40));
      for (const each of [stayed, went]) each.state = core.advance(each.state, now);
      const what = roll(), held = feed[feed.length - 1 - Math.floor(roll() * Math.min(feed.length, 6))];
      if (what < 0.5 || !held) {
        feed.push(makeRead(feed.length + 1, now, roll));
      } else if (what < 0.6) {
        feed[held.offset - 1] = { type: "retract", offset: held.offset };
        all(feed[held.offset - 1]);
      } else if (what < 0.75 && held.type === "read") {
        const bib = roll() < 0.5 ? null : String(Math.floor(roll() * 900));
        const runner = bib && { name: "Runner " + bib, first_name: "Runner", last_name: bib, bib };
        feed[held.offset - 1] = { ...held, bib, ...{ runner } };
        all({ type: "correction", offset: held.offset, runner });
      } else if (what < 0.85 && went.on) {
        went.on = false;
      } else if (!went.on) {
        hello(went, hub, now, Math.floor(roll() * 12));
      } else if (roll() < 0.3) {
        hub.starts = makeStarts(now, roll);
        all({ type: "starts", starts: hub.starts });
      }
      pull(stayed, feed, 1, now);
      pull(went, feed, Math.floor(roll() * 4), now);
      if (!went.on || went.cursor < feed.length) continue;
      compared += 1;
      several += view(stayed.state, now).scene === "several";
      const [one, other] = [stayed, went].map(each => picture(each, now));
      if (one !== other) return { compared, several, differs: { seed, step, stayed: one, went: other } };
    }
    return { compared, several, differs: null };
  }

  const races = Array.from({ length: seeds }, (_, seed) => race(seed + 1));
  return {
    listed, compared: races.reduce((sum, each) => sum + each.compared, 0),
    several: races.reduce((sum, each) => sum + each.several, 0),
    differs: races.map(each => each.differs).filter(Boolean).slice(0, 3),
  };
}
