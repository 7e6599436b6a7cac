// The event of a session: its name, date, time zone and races; made here, or changed for all sessions that have it.

import { $, made, say } from "./front-paint.js";
import { Refused, ask } from "./work-ask.js";
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
    need(values, { name: "Give the event a name.", date: "Say on which day it is.", timezone: "Say in which time zone, for instance Europe/Oslo." });
    const wanted = { name: values.name, date: values.date, timezone: values.timezone, races: racesOf() };
    const partner = session().partner ? { partner: session().partner.slug } : {};
    const { event } = current ? await ask("PATCH", "/api/events/" + current.id, wanted) : await ask("POST", "/api/events", { ...wanted, ...partner });
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
  row.querySelector("[name=race_name]").value = race.name || "";
  row.querySelector("[name=distance_m]").value = race.distance_m || "";
  row.querySelector("[name=start_location]").value = race.start_location || "START";
  row.querySelector("[name=finish_location]").value = race.finish_location || "FINISH";
  $("races").append(row);
  return row;
}

const ASKED = { race_name: "a name", distance_m: "a distance", start_location: "where it starts", finish_location: "where it ends" };

/** Throws Refused for the first field that is left empty, which gets the focus. */
function racesOf() {
  return [...$("races").children].map(row => {
    const of = name => {
      const input = row.querySelector(`[name=${name}]`), text = input.value.trim();
      if (text && (name !== "distance_m" || metres(text))) return text;
      input.focus();
      throw new Refused(400, { message: text ? "Give the distance in metres, as a whole number." : `Each race needs ${ASKED[name]}.`, field: "races" });
    };
    return { name: of("race_name"), distance_m: metres(of("distance_m")), start_location: of("start_location"), finish_location: of("finish_location") };
  });
}

/** 0: it is none. "21 097" and "21,097" are as good as 21097. */
function metres(text) {
  const bare = text.replace(/[\s,.]/g, "");
  return /^\d{1,8}$/.test(bare) ? Number(bare) : 0;
}
