// What the control room says of the hub's state, as flat texts. No DOM, and of the time only what is handed in (`now`:
// milliseconds since 1970 by the hub's clock).

const LOST_MS = 30 * 60000;       // a display whose screen went away longer ago is not expected to show

/** A number of something, in words: "1 read", "12,345 reads". */
export function count(number, one, many) {
  return number.toLocaleString("en") + " " + (number === 1 ? one : many || one + "s");
}

function bytes(number) {
  return number < 1e6 ? Math.ceil(number / 1e3) + " kB" : Math.ceil(number / 1e6) + " MB";
}

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000)), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (seconds < 60) return seconds + " s";
  if (minutes < 60) return minutes + " min";
  if (hours < 24) return hours + " h" + (minutes % 60 ? " " + (minutes % 60) + " min" : "");
  return count(Math.floor(hours / 24), "day");
}

export function age(at, now) {
  const ms = now - at;
  if (Number.isNaN(ms)) return "";
  return ms < 1000 ? "just now" : duration(ms) + " ago";
}

// ---- the three answers: {tone, words, detail} ---------------------------------------------------------------

export function kept({ health }) {
  const waiting = health.pending ? ` ${bytes(health.pending)} wait for it in the journal.` : "";
  if (health.journal) {
    return { tone: "bad", words: "Reads are not being kept", detail: "Journal: " + sentence(health.journal) + " Readers keep theirs, and send them again." };
  }
  if (health.database) {
    return { tone: "warn", words: "Every read is kept, on disk only", detail: "Database: " + sentence(health.database) + waiting };
  }
  const low = (health.disks || []).find(each => each.low);
  if (low) return { tone: "bad", words: "The disk is nearly full", detail: `${bytes(low.free)} are free for ${low.of}` };
  if (health.warning) return { tone: "warn", words: "Reads are kept; look into this", detail: sentence(health.warning) };
  const odd = health.rejected ? "; " + count(health.rejected, "line") + " not understood" : "";
  const reads = health.reads ? count(health.reads, "read") + " held" : "On disk first, then in the database";
  return { tone: "good", words: "Every read is kept", detail: reads + odd };
}

export function readers(state, now) {
  const expected = state.sources.filter(source => !isDemo(state, source) && (source.online || !source.inbox));
  const online = expected.filter(source => source.online);
  if (!expected.length) {
    const demo = state.sources.some(source => source.online);
    return { tone: "", words: "No reader yet", detail: demo ? "The demo is running" : "Point SimpleClient at this hub" };
  }
  const last = lastRead(expected);
  const detail = last ? `Last read ${age(last.at, now)}${last.location ? " at " + last.location : ""}` : "No read yet";
  if (!online.length) return { tone: "warn", words: "No reader is connected", detail };
  const astray = online.filter(source => source.inbox);
  if (astray.length) return { tone: "warn", words: `${count(astray.length, "reader")} ${astray.length === 1 ? "leads" : "lead"} nowhere`, detail: "Assign it to a session" };
  if (online.length < expected.length) {
    return { tone: "warn", words: `${online.length} of ${expected.length} readers connected`, detail };
  }
  return { tone: "good", words: count(online.length, "reader") + " connected", detail };
}

/** `lost`: when the last screen of a display went away, by code. */
export function screens(state, lost, now) {
  const showing = state.displays.filter(display => display.screens);
  const total = showing.reduce((sum, display) => sum + display.screens, 0);
  const gone = state.displays.filter(display => now - lost[display.code] < LOST_MS);
  const detail = state.displays.length > 1
    ? `${showing.length} of ${state.displays.length} displays are shown` : "Showing " + nameOf(showing[0] || gone[0]);
  if (gone.length) {
    const words = total ? `${nameOf(gone[0])} has no screen` : "No screen is open";
    return { tone: "warn", words, detail: `The last one of ${nameOf(gone[0])} closed ${age(lost[gone[0].code], now)}` };
  }
  if (!total) {
    const next = state.displays.length ? "Open a display on the screen at the finish" : "There is no display yet";
    return { tone: "", words: "No screen yet", detail: next };
  }
  return { tone: "good", words: count(total, "screen") + " open", detail };
}

export function unknown(reason) {
  return { tone: "bad", words: "Not known", detail: reason };
}

// ---- lists -------------------------------------------------------------------------------------------------

/** A reader, in one sentence and its details. */
export function source(each, state, now) {
  const who = [each.program, each.version].filter(Boolean).join(" ") || "A reader";
  const last = each.locations[0];
  const at = arrived(each);
  const where = last ? last.name + ", " : "";
  const heard = Number.isNaN(at) ? (last ? last.name : "no read yet") : where + (where ? "" : "last line ") + age(at, now);
  const demo = isDemo(state, each) ? "demo" : "";
  const odd = each.rejected || each.locations.some(place => place.gap);
  return {
    tone: (each.online && !odd && !each.clock && !each.inbox) || demo ? "" : "warn",
    words: `${who} from ${each.remote} ${each.online ? "is connected" : "is away"}: ${heard}`,
    detail: [
      each.clock && `its clock is ${each.clock}`,
      ...inOrder(each.locations).filter(place => place.gap).map(gapWords),
      each.rejected ? count(each.rejected, "line") + " not understood" : "",
      ...(each.locations.length > 1 ? inOrder(each.locations).map(place => placeWords(place, now)) : []),
      each.accepted ? count(each.accepted, "read") : "", each.event_name && "event " + each.event_name, demo,
    ].filter(Boolean).join(" · "),
  };
}

/** A reader that could not prove who it is. */
export function refused({ address, user, reason, count: times, at }, now) {
  const as = user ? ` as ${user}` : "";
  return `A reader at ${address} was refused${as}: ${reason}, ${times === 1 ? "once" : count(times, "time")}, ${age(Date.parse(at), now)}`;
}

/** Always in the same order: what is read does not move. */
function inOrder(locations) {
  return locations.slice().sort((a, b) => (a.name < b.name ? -1 : 1));
}

function placeWords({ name, count: lines, arrived_at }, now) {
  return [name, lines ? lines.toLocaleString("en") + "," : "", arrived_at ? age(Date.parse(arrived_at), now) : ""].filter(Boolean).join(" ").replace(/,$/, "");
}

/** Numbers of its own that never came, though they were asked for. */
function gapWords({ name, gap: [from, to] }) {
  return from === to ? `${name}: line ${from} is missing` : `${name}: lines ${from} to ${to} are missing`;
}

export function session(each) {
  const kind = { demo: "Demo", rehearsal: "Rehearsal" }[each.purpose];
  const name = [each.name, each.event].filter((part, i, all) => part && all.indexOf(part) === i).join(", ");
  return (kind && !name.toLowerCase().startsWith(kind.toLowerCase()) ? kind + ": " : "") + (name || "Session " + each.id);
}

/** The session to look at until somebody chooses: the first with reads. They come in order, real ones before a demo. */
export function preferred(sessions) {
  return sessions.find(each => each.offset) || sessions[0] || null;
}

export function isDemo(state, source) {
  return state.sessions.some(each => each.id === source.session && each.purpose === "demo");
}

function lastRead(sources) {
  const all = sources.filter(each => each.arrived_at).map(each => ({ at: arrived(each), location: each.locations.length ? each.locations[0].name : "" }));
  return all.reduce((last, each) => (last && last.at >= each.at ? last : each), null);
}

/** Its last read by the session's own memory, which knows where; else its last line. */
function arrived(source) {
  return Date.parse((source.locations.length && source.locations[0].arrived_at) || source.arrived_at);
}

function nameOf(display) {
  return display ? display.name || display.code : "";
}

function sentence(words) {
  return /[.!?]$/.test(words) ? words : words + ".";
}
