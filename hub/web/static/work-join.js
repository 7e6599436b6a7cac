// The page behind a link: somebody joins, the first admin is made, or a password is chosen anew. The link's secret comes
// in the fragment, which no server and no log sees; it leaves the address at once.

import { ask } from "./work-ask.js";
import { handle, need, showOnClick } from "./work-form.js";

const $ = id => document.getElementById(id);
const token = location.hash.slice(1);
let kind = "";

const TITLES = {
  first: ({ server }) => [`Welcome to ${server}`, "You are its first admin: you make partners, and invite their owners."],
  join: ({ server, partner, email }) => [`Join ${partner || server}`, `You sign in as ${email}.`],
  reset: ({ email }) => ["Choose a new password", `For ${email}. All that is signed in with the old one is signed out.`],
};

async function look() {
  $("again").hidden = true;
  if (!token) return say("No link", "Open the whole link that you were given. If you have used it already, sign in.", true);
  try {
    show(await ask("POST", "/api/auth/link", { token }, { stay: true }));
  } catch (problem) {
    if (problem.status === 404) return say("This link does not work any more", "It has been used, it is too old, or another one has been made since. Ask an owner or an admin for a new one.", true);
    say("Your link", problem.message);
    $("again").hidden = false;
  }
}

function say(title, words, instead = false) {
  $("title").textContent = title;
  $("lead").textContent = words;
  $("instead").hidden = !instead;
}

function show(link) {
  kind = link.kind;
  say(...TITLES[kind](link));
  for (const each of document.querySelectorAll("[data-only]")) each.hidden = !each.dataset.only.split(" ").includes(kind);
  if (link.email) { $("join-known").value = link.email; $("join-known").hidden = false; }
  $("join").hidden = false;
  const first = [...$("join").elements].find(each => each.name && !each.closest("[hidden]"));
  first.focus();
}

const ASKED = { email: "Enter your e-mail.", name: "Enter your name.", password: "Choose a password." };
const FIELDS = { first: ["email", "name", "password"], join: ["name", "password"], reset: ["password"] };

async function join(values) {
  const wanted = FIELDS[kind];
  need(values, Object.fromEntries(wanted.map(name => [name, ASKED[name]])));
  const given = Object.fromEntries(wanted.map(name => [name, values[name]]));
  try {
    await ask("POST", "/api/auth/join", { token, ...given }, { stay: true });
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    $("join").hidden = true;
    return look();
  }
  location.replace("/");
}

history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload());
$("again").addEventListener("click", look);
$("join").dataset.stays = "yes";
handle($("join"), join);
showOnClick(document);
look();
