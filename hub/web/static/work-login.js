// The page where somebody signs in. Whether it was the e-mail or the password that is wrong, nobody is told.

import { ask, ownPath } from "./work-ask.js";
import { handle, need, showOnClick } from "./work-form.js";

const form = document.getElementById("login");
let counting = 0;

async function signIn(values) {
  need(values, { email: "Enter your e-mail.", password: "Enter your password." });
  try {
    await ask("POST", "/api/auth/login", { email: values.email, password: values.password }, { stay: true });
  } catch (problem) {
    if (problem.status === 429 && problem.retryS) return waitFor(problem);
    throw problem;
  }
  location.replace(ownPath(new URLSearchParams(location.search).get("to")));
}

/** Counts down to when another try makes sense; what was typed stays. */
function waitFor({ retryS }) {
  const place = form.querySelector(".form-error"), button = form.querySelector("[type=submit]");
  const until = Date.now() + retryS * 1000;
  clearInterval(counting);
  const count = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    place.hidden = left <= 0;
    place.textContent = `Too many tries. Try again in ${clock(left)}.`;
    if (left <= 0) { clearInterval(counting); button.focus(); }
  };
  counting = setInterval(count, 250);
  count();
}

function clock(seconds) {
  const two = number => String(number).padStart(2, "0");
  return two(Math.floor(seconds / 60)) + ":" + two(seconds % 60);
}

form.dataset.stays = "yes";
handle(form, signIn);
showOnClick(document);
