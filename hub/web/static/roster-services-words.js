// What is said of registration services: how it is with the one that fills a roster, and with the accounts that it is
// asked by. No DOM; of the time only what is handed in.

import { age, count, duration, listed } from "./work-words.js";

/** How it is: {tone, words}. */
export function toneOf(link) {
  if (link.job && link.job.status === "running") return { tone: "live", words: "Loading" };
  if (!link.enabled) return { tone: "", words: "Paused" };
  if (link.problem) return { tone: "warn", words: "Trouble" };
  return { tone: "live", words: "Live" };
}

export function ofWords(link, kind) {
  const races = link.races.length ? count(link.races.length, "race") + " of it" : "all its races";
  const name = kind ? kind.name : link.account.kind;
  return [name, link.account.name === name ? "" : link.account.name, races, link.results ? "with official results" : ""].filter(Boolean).join(" · ");
}

/** What to do about what is wrong. */
export function todoWords(link, now) {
  if (!link.problem) return "";
  if (!link.enabled) return "It is paused: nothing is asked until it goes on.";
  const next = Date.parse(link.next_at);
  if (Number.isNaN(next)) return "Nothing is asked again before you change what it signs in with, or choose another event. Runners that are there stay.";
  return `The hub tries again ${soon(next, now)} by itself. Runners that are there stay as they are.`;
}

function soon(at, now) {
  return at - now < 1000 ? "now" : "in " + duration(at - now);
}

/** [words, value] */
export function facts(link, now) {
  const next = Date.parse(link.next_at), period = link.period_s ? `every ${duration(link.period_s * 1000)}` : "";
  const synced = link.synced_at ? age(Date.parse(link.synced_at), now) : "not yet", full = link.full_at ? age(Date.parse(link.full_at), now) : "not yet";
  return [
    ["Last refresh", synced],
    ["Next one", !link.enabled ? "when it goes on" : Number.isNaN(next) ? "not by itself" : [soon(next, now), period].filter(Boolean).join(", ")],
    ["Loaded whole", full],
    ["Calls", link.calls ? `${link.calls.last_hour.toLocaleString("en")} of ${link.calls.limit.toLocaleString("en")} in the last hour` : "unknown"],
  ];
}

export function figures({ figures: has, results }) {
  const all = [
    { key: "participants", number: has.participants, words: has.participants === 1 ? "runner from it" : "runners from it" },
    { key: "added", number: has.added, words: "new last time" },
    { key: "changed", number: has.changed, words: "changed" },
    { key: "gone", number: has.gone, words: "gone" },
    { key: "results", number: results ? has.results || 0 : undefined, words: "results" },
  ];
  return all.filter(each => each.number !== undefined && (each.number || ["participants", "results"].includes(each.key)));
}

export function kindDetail(kind) {
  return [kind.results ? "Runners and official results" : "Runners", `at most ${count(kind.calls_per_hour, "call")} an hour`].join(" · ");
}

export function experimentalWords(kind) {
  return kind.experimental ? `Made from ${kind.name}’s public documentation, and never tried with the service itself: look at what comes before you rely on it.` : "";
}

export function accountDetail(account, kind, now) {
  const { sessions } = account;
  return [
    kind ? kind.name : account.kind, account.tested_at ? "tested " + age(Date.parse(account.tested_at), now) : "not tested yet",
    sessions.length ? "fills " + count(sessions.length, "session") : "fills no session",
  ].join(" · ");
}

export function eventDetail(event) {
  return [event.date, event.place, event.races && event.races.length ? count(event.races.length, "race") : ""].filter(Boolean).join(" · ");
}

/** What a service has said against it, with who said it. */
export function refusedWords(kind, { message, code }) {
  if (code !== "service_refused" || message.includes(kind.name)) return message;
  return `${kind.name} says: ${message}`;
}

export function deleteWords({ sessions }) {
  return (sessions.length ? `${count(sessions.length, "session is", "sessions are")} filled by it and not refreshed any more; the runners stay. ` : "No session is filled by it. ") + "What it signs in with is deleted for good.";
}

/** What a load has done. */
export function loadedWords(result) {
  const has = result || {};
  const parts = [has.added && `${has.added.toLocaleString("en")} added`, has.changed && `${has.changed.toLocaleString("en")} changed`, has.gone && `${has.gone.toLocaleString("en")} gone`, has.results && count(has.results, "result")];
  const words = listed(parts);
  return words ? `Loaded: ${words}.` : "Loaded: nothing has changed.";
}
