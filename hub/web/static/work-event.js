// The event of a session: its name, date, time zone and races; made here, or changed for all sessions that have it.

import { $, made, say } from "./front-paint.js";
import { ask } from "./work-ask.js";
import { handle, need } from "./work-form.js";
import { notice } from "./work-here.js";

let current = null;

/** `saved(event)`: one has been made or changed. */
export function openEvent(session, saved) {
  $("add-race").addEventListener("click", () => { const row = addRace({}); row.querySelector("input").focus(); });
  $("races").addEventListener("click", event => {
    if (!event.target.closest("[data-act=remove]")) return;
    event.target.closest("li").remove();
    $("add-race").focus();
  });
  handle($("event"), async values => {
    need(values, { name: "Give the event a name." });
    const wanted = {
      name: values.name, ...(values.date ? { date: values.date } : {}), ...(values.timezone ? { timezone: values.timezone } : {}),
      races: racesOf(),
    };
    const partner = !current && session().partner ? { partner: session().partner.slug } : {};
    const answer = current ? await ask("PATCH", "/api/events/" + current.id, wanted) : await ask("POST", "/api/events", { ...wanted, ...partner });
    const event = answer.event || answer;
    if (!current) await ask("PATCH", "/api/sessions/" + session().id, { event_id: event.id });
    notice(current ? "The event is saved." : `The event “${event.name}” is made.`);
    $("event-more").open = false;
    await saved(event);
    fillEvent(event);
  });
  if (Intl.supportedValuesOf) {
    $("zones").append(...Intl.supportedValuesOf("timeZone").map(zone => Object.assign(document.createElement("option"), { value: zone })));
  }
}

/** What the form is about: this event, or a new one. */
export function fillEvent(event) {
  current = event;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  say($("event-summary"), event ? `Change “${event.name}”` : "New event");
  $("event-name").value = event ? event.name : "";
  $("event-date").value = event ? event.date || "" : "";
  $("event-timezone").value = event ? event.timezone || "" : own;
  $("races").replaceChildren();
  for (const race of event ? event.races : []) addRace(race);
}

function addRace(race) {
  const row = made("race-template");
  if (race.id) row.dataset.id = race.id;
  row.querySelector("[name=race_name]").value = race.name || "";
  row.querySelector("[name=distance_m]").value = race.distance_m || "";
  row.querySelector("[name=start_location]").value = race.start_location || "";
  row.querySelector("[name=finish_location]").value = race.finish_location || "";
  $("races").append(row);
  return row;
}

function racesOf() {
  return [...$("races").children].map(row => {
    const of = name => row.querySelector(`[name=${name}]`).value.trim();
    return {
      ...(row.dataset.id ? { id: Number(row.dataset.id) } : {}), name: of("race_name"),
      distance_m: of("distance_m") ? Number(of("distance_m").replace(",", ".")) : null,
      start_location: of("start_location") || null, finish_location: of("finish_location") || null,
    };
  });
}
