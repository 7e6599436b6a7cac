// Where a reader connects, and as whom, ready to be typed into its program: of the session that somebody chooses.

import { $, say, sayOrHide } from "./front-paint.js";
import * as words from "./front-words.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { attempt, may } from "./work-here.js";
import { sure } from "./work-sure.js";

/** `of`: the session whose stream is shown; `stream`: as the hub says it. */
const held = { of: 0, stream: null };
let room = null;

export function openStream(theRoom) {
  room = theRoom;
  if (!may("operator")) return;
  $("stream-session").addEventListener("change", load);
  $("steps").addEventListener("toggle", load);
  $("stream-password-make").addEventListener("click", () => attempt(makePassword));
}

export function paintStream() {
  if (!may("operator")) return;
  const sessions = room.shown().sessions.filter(each => each.purpose !== "demo");
  $("stream").hidden = !sessions.length;
  $("stream-picker").hidden = sessions.length < 2;
  chooseFrom("stream-session", sessions.map(each => ({ id: each.id, name: words.session(each) })));
  if (sessions.length && chosen() !== held.of) load();
  const { stream } = held;
  $("stream-values").hidden = !stream;
  if (!stream) return;
  say($("stream-key"), stream.event_name);
  say($("stream-password"), stream.password || "None yet");
  $("stream-password-copy").hidden = !stream.password;
  say($("stream-password-make"), stream.password ? "Renew" : "Make a password");
  $("stream-password-box").hidden = stream.auth === "none" && !stream.password;
  const ways = { required: "This port asks for it: user is the stream key.", optional: "A reader that gives a password proves whose it is: user is the stream key." };
  sayOrHide($("stream-auth"), [ways[stream.auth] || "", stream.tls ? "This port speaks TLS." : ""].filter(Boolean).join(" "));
}

function chosen() {
  return Number($("stream-session").value) || 0;
}

async function load() {
  if (!chosen() || !$("steps").open) return;
  if (held.of !== chosen()) held.stream = null;
  held.of = chosen();
  const of = held.of;
  await attempt(async () => {
    const stream = await ask("GET", `/api/sessions/${of}/stream`);
    if (held.of === of) held.stream = stream;
  });
  room.paint();
}

async function makePassword() {
  const renew = async () => { held.stream = await ask("POST", `/api/sessions/${held.of}/password`); room.paint(); };
  if (!held.stream.password) return renew();
  sure({ title: "Renew the stream password?", yes: "Renew it", words: "Readers that came by the old one are hung up on, and are refused until they have the new one." }, renew);
}
