// Files that go into a session: what a controller has kept.

import { $ } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { handle, need } from "./work-form.js";
import { count, listed } from "./work-words.js";

const WAIT_MS = 300000;
const PROBLEMS_SHOWN = 20;

/** `session()`: as it is now. `refresh()`: its figures have changed. */
export function openFiles(session, refresh) {
  handle($("import-form"), async values => {
    need(values, { file: "Choose the controller’s .csv." });
    const form = new FormData();
    for (const name of ["file", "markers", "location"]) if (values[name]) form.append(name, values[name]);
    result("import-result", "Importing.", []);
    const done = await sent(`/api/sessions/${session().id}/import`, form, "import-result");
    $("import-form").reset();
    result("import-result", importWords(done), done.problems.map(each => `${each.file}, line ${each.line}: ${each.reason}`));
    await refresh();
  });
}

async function sent(path, form, place) {
  try {
    return await ask("POST", path, form, { waitMs: WAIT_MS });
  } catch (problem) {
    result(place, "", []);
    throw problem;
  }
}

function importWords({ location, reads, held, rejected, new: fresh }) {
  const parts = [count(fresh, "read") + " new", held && `${held.toLocaleString("en")} there already`, rejected && count(rejected, "line") + " not understood"];
  return `${count(reads, "read")} at ${location}: ${listed(parts)}.`;
}

function result(id, words, lines) {
  const nodes = words ? [Object.assign(document.createElement("p"), { textContent: words })] : [];
  if (lines.length) {
    const list = document.createElement("ul");
    list.className = "plain quiet";
    const shown = lines.length > PROBLEMS_SHOWN ? [...lines.slice(0, PROBLEMS_SHOWN), `and ${lines.length - PROBLEMS_SHOWN} more`] : lines;
    list.append(...shown.map(line => Object.assign(document.createElement("li"), { textContent: line })));
    nodes.push(list);
  }
  $(id).replaceChildren(...nodes);
}
