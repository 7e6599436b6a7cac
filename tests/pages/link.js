// A link with sockets that the test closes, a clock that it sets, timers that only say for how long they are, and
// chance as it comes (null) or as it is given. Gives how long the link stayed away each time; -1: it does not come back.
async ({ steps, chance, links }) => {
  const { makeLink } = await import("/static/display-link.js");
  const kept = { WebSocket: window.WebSocket, setTimeout: window.setTimeout, random: Math.random };
  const pauses = [];
  let now = 0;

  function made() {
    let socket = null, due = null, pause = -1;
    const link = makeLink({ address: () => "ws://hub", onFrame() {}, onLost() {}, clock: () => now });
    function watched(act) {
      window.WebSocket = function () { socket = this; this.close = () => {}; };
      window.setTimeout = (call, ms) => { due = call; pause = ms; return 1; };
      pause = -1;
      act();
      return pause;
    }
    watched(link.open);
    return ([name, value]) => {
      const act = {
        falls: () => socket.onclose({ code: value }),
        comes: () => due(),
        greeted: link.greeted, check: link.check, wakes: link.wake, stops: link.stop,
      }[name];
      const told = watched(act);
      if (["falls", "wakes", "check"].includes(name)) pauses.push(told);
    };
  }

  try {
    if (chance !== null) Math.random = () => chance;
    const all = Array.from({ length: links }, made);
    for (const step of steps) {
      if (step[0] === "later") now += step[1];
      else all.forEach(each => each(step));
    }
  } finally {
    Object.assign(window, { WebSocket: kept.WebSocket, setTimeout: kept.setTimeout });
    Math.random = kept.random;
  }
  return pauses;
}
