// The crew's tags of a partner: kept, and shown nowhere. An admin chooses whose they are.

import { $ } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { chooseFrom } from "./work-choose.js";
import { handle } from "./work-form.js";
import { attempt, me, notice } from "./work-here.js";

const path = () => `/api/partners/${me.partner ? me.partner.id : $("crew-partner").value}/crew-tags`;

export async function openCrew() {
  handle($("crew"), save);
  if (!me.partner) {
    const { partners } = await ask("GET", "/api/partners");
    chooseFrom("crew-partner", partners);
    $("crew-whose").hidden = partners.length < 2;
    $("crew-partner").addEventListener("change", () => attempt(load));
  }
  await load();
}

async function load() {
  show((await ask("GET", path())).tags);
}

function show(tags) {
  $("crew-tags").value = tags.join(" ");
}

async function save(values) {
  const tags = (values.tags || "").split(/[\s,;]+/).filter(Boolean);
  show((await ask("PUT", path(), { tags })).tags);
  notice("Saved. Screens show it so now.");
}
