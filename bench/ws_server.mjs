// The same broadcast by `ws` on Node: `node ws_server.mjs FILE` prints a ready line and takes the commands of
// bench/fanout_process.py. FILE: a JSON list of messages; a turn's are joined once, for all screens, as the hub does.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const { WebSocketServer } = createRequire(new URL("./node/", import.meta.url))("ws");
const messages = JSON.parse(readFileSync(process.argv[2], "utf8"));
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });

server.on("connection", (screen) => screen.send('{"type":"hello"}'));
server.on("listening", () => {
  const port = server.address().port;
  console.log(`racehub ready web=http://127.0.0.1:${port} chronotrack=127.0.0.1:${port}`);
});

async function spend(count, turns, pause) {
  const frame = Buffer.from(messages.slice(0, count).join("\n"));
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) {
    if (count) for (const screen of server.clients) screen.send(frame, { binary: false });
    await sleep(pause);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [, count, turns, pause] = line.split(" ").map(Number);
  console.log(JSON.stringify(await spend(count, turns, 1000 * pause)));
}
process.exit();
