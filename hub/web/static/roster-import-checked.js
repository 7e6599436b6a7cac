// What an import would change, before it does: how many, who, what cannot be taken and why, and what becomes of those
// who are not in the file. Knows the job's result; asks the hub nothing.

import { $, field, keep, mark, say } from "./front-paint.js";
import { fits } from "./work-list.js";
import { ambiguousWords, applyWords, changeWords, changes, checkedWords, fieldWords, figures, goneWords, keptWords, named, problemsWords, whoWords } from "./roster-import-words.js";
import { saysIn } from "./roster-import-columns.js";
import { count } from "./work-words.js";

const CELLS_CHARS = 300;

/** `chose(gone)`: "keep" or "remove". */
export function makeChecked(chose) {
  let result = null, file = null;
  $("import-problems-filter").addEventListener("input", paintProblems);
  $("import-gone").addEventListener("change", () => { paintButton(); chose(gone()); });

  function gone() {
    const chosen = $("import-gone").querySelector("input:checked");
    return chosen && result.diff.gone ? chosen.value : "keep";
  }

  function show(givenFile, given, chosenGone = "keep") {
    file = givenFile;
    result = given;
    const { diff } = result;
    say($("import-checked-words"), checkedWords(result));
    keep($("import-figures"), figures(result), each => each.key, "import-figure-template", (element, each) => {
      say(field(element, "number"), each.number.toLocaleString("en"));
      say(field(element, "words"), each.words);
      mark(element, "tone", each.tone);
    });
    saysIn($("import-says"), [{ tone: "", words: keptWords(diff) }, { tone: "warn", words: ambiguousWords(result.ambiguous) }]);
    $("import-problems").hidden = !result.left_out;
    $("import-problems").open = false;
    $("import-problems-filter").value = "";
    say($("import-problems").querySelector("summary"), `${count(result.left_out, "row")} left out`);
    $("import-problems-csv").href = `/api/rosters/files/${file.id}/problems.csv`;
    paintProblems();
    samples("changed", diff.changed, diff.samples.changed);
    samples("added", diff.added, diff.samples.added);
    paintGone(chosenGone);
    paintButton();
  }

  function paintProblems() {
    const wanted = $("import-problems-filter").value;
    const all = result.problems.map((each, i) => ({ ...each, i, text: each.cells.join(" | ").slice(0, CELLS_CHARS) }));
    const shown = wanted ? all.filter(each => fits(wanted, String(each.line), each.reason, each.text)) : all;
    say($("import-problems-words"), wanted ? `${shown.length.toLocaleString("en")} of ${count(all.length, "row")} ${shown.length === 1 ? "fits" : "fit"}.` : problemsWords(result));
    keep($("import-problem-rows"), shown, each => each.i, "import-problem-template", (row, each) => {
      say(field(row, "line"), each.line ? each.line.toLocaleString("en") : "");
      say(field(row, "reason"), each.reason);
      say(field(row, "cells"), each.text);
    });
  }

  function samples(name, total, people) {
    const place = $("import-" + name);
    place.hidden = !total;
    place.open = name === "changed" && total > 0;
    const words = name === "changed" ? count(total, "runner") + " changed" : count(total, "new runner");
    say(place.querySelector("summary"), people.length < total ? `${words}: the first ${people.length}` : words);
    keep($(`import-${name}-list`), people.map((each, i) => ({ ...each, i })), each => each.i, "import-sample-template", paintSample);
  }

  function paintSample(element, each) {
    say(field(element, "who"), whoWords(each));
    element.querySelector("dl").replaceChildren(...Object.entries(each.fields || {}).filter(([, values]) => Array.isArray(values) && values.length === 2).map(changeOf));
  }

  function paintGone(chosen) {
    const { diff } = result, place = $("import-gone");
    place.hidden = !diff.gone;
    say(place.querySelector("legend"), goneWords(diff, file.kind) + ":");
    say($("import-gone-who"), named(diff.samples.gone, diff.gone));
    say($("import-gone-remove"), "Take " + (diff.gone === 1 ? "this one" : "these " + diff.gone.toLocaleString("en")) + " off the roster; they can be brought back");
    for (const each of place.querySelectorAll("input")) each.checked = each.value === (diff.gone ? chosen : "keep");
  }

  function paintButton() {
    const button = $("import-apply").querySelector("[type=submit]"), any = changes(result, gone());
    say(button, applyWords(result, gone()));
    button.hidden = !any;
  }

  return {
    show,
    get gone() { return gone(); },
    stale(yes) { $("import-stale").hidden = !yes; },
  };
}

/** "City: Oslo → Bergen". */
function changeOf([name, values]) {
  const { before, after } = changeWords(values), line = document.createElement("div");
  const part = (tag, text) => Object.assign(document.createElement(tag), { textContent: text, dir: "auto" });
  const is = document.createElement("dd");
  is.append(part("del", before), Object.assign(document.createElement("span"), { textContent: " → " }), part("ins", after));
  line.append(part("dt", fieldWords(name)), is);
  return line;
}

