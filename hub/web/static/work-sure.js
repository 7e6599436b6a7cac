// Asks within the page before something is done that somebody may regret. The words name what it is and how much.

import { $ } from "./front-paint.js";
import { sentence } from "./work-form.js";

let doing = null;

/** Opens the question; does `act` when it is answered with yes, and stays open with the reason if that is refused. */
export function sure({ title, words, yes, tone = "main" }, act) {
  const dialog = $("sure");
  $("sure-title").textContent = title;
  $("sure-words").textContent = words;
  $("sure-yes").textContent = yes;
  $("sure-yes").className = tone;
  refuse("");
  doing = act;
  if (!dialog.open) dialog.showModal();
  $("sure-no").focus();
}

function refuse(words) {
  $("sure-error").textContent = words;
  $("sure-error").hidden = !words;
}

async function answer(event) {
  event.preventDefault();
  if (!doing || $("sure").dataset.busy) return;
  $("sure").dataset.busy = "yes";
  try {
    await doing();
    $("sure").close();
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    refuse(sentence(problem.message, problem.field));
  } finally {
    delete $("sure").dataset.busy;
  }
}

$("sure").querySelector("form").addEventListener("submit", answer);
$("sure-no").addEventListener("click", () => $("sure").close());
$("sure").addEventListener("close", () => { doing = null; });
