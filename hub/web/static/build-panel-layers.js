// The blocks of the state that is shown, the topmost first: chosen, named, put into another order, locked and hidden here,
// with the mouse or with keys.

import { button, el, icon } from "./build-panel-dom.js";
import { labelOf } from "./build-kinds.js";
import { set } from "./front-paint.js";

const SIGNS = {
  locked: { true: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3", false: "M5 9h10v8H5zM7 9V5a3 3 0 0 1 5.5-1.6" },
  hidden: { true: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5M3 3l14 14", false: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5M12.5 10a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0" },
};

/** What people would call it: its name, else what it says. */
export function nameOf(block) {
  const says = block.text || (block.texts && block.texts[0]) || (block.kind === "clock" ? { day: "Time of day", race: "Race clock", countdown: "Countdown" }[block.mode] : "");
  return block.name || String(says || "").replace(/\s+/g, " ").slice(0, 60) || labelOf(block.kind);
}

export function openLayers(host, { doc, reads }) {
  const list = el("ul", { class: "plain layers", role: "listbox", "aria-multiselectable": "true", "aria-label": "Layers, the topmost first" });
  const none = el("p", { class: "quiet" }, "No block yet.");
  let moving = "", at = "";
  host.replaceChildren(el("h2", {}, "Layers"), list, none);

  const upDown = () => [...doc.blocks()].reverse();

  function paint() {
    const blocks = upDown(), there = new Map([...list.children].map(each => [each.dataset.id, each]));
    none.hidden = blocks.length > 0;
    if (!blocks.some(each => each.id === at)) at = blocks.length ? blocks[0].id : "";
    blocks.forEach((block, i) => {
      const row = there.get(block.id) || make(block.id);
      there.delete(block.id);
      if (list.children[i] !== row) {
        const held = row.contains(document.activeElement) ? document.activeElement : null;
        list.insertBefore(row, list.children[i] || null);
        if (held) held.focus();
      }
      fill(row, block);
    });
    for (const row of there.values()) row.remove();
  }

  function make(id) {
    const row = el("li", { class: "layer", role: "option", data: { id }, draggable: reads ? false : "true" }, el("span", { class: "kind", "aria-hidden": "true" }), el("span", { class: "called", dir: "auto" }),
      button("", event => { event.stopPropagation(); doc.lock([id]); }, { class: "mark", tabindex: "-1", data: { mark: "locked" } }),
      button("", event => { event.stopPropagation(); doc.hide([id]); }, { class: "mark", tabindex: "-1", data: { mark: "hidden" } }));
    return row;
  }

  function fill(row, block) {
    const name = nameOf(block), chosen = doc.selection.includes(block.id);
    set(row, "aria-selected", String(chosen));
    set(row, "tabindex", block.id === at ? "0" : "-1");
    set(row, "aria-label", [name, labelOf(block.kind), block.locked && "locked", block.hidden && "hidden"].filter(Boolean).join(", "));
    row.dataset.hidden = String(block.hidden);
    if (block.group) row.dataset.group = block.group; else delete row.dataset.group;
    row.querySelector(".kind").textContent = labelOf(block.kind);
    const called = row.querySelector(".called");
    if (!called.querySelector("input") && called.textContent !== name) called.textContent = name;
    const [lock, hide] = row.querySelectorAll(".mark");
    for (const [each, on, off, yes] of [[lock, "Unlock", "Lock", block.locked], [hide, "Show", "Hide", block.hidden]]) {
      set(each, "aria-label", `${yes ? on : off} ${name}`);
      set(each, "title", yes ? on : off);
      set(each, "aria-pressed", String(yes));
      if (each.dataset.drawn !== String(yes)) each.replaceChildren(icon(SIGNS[each.dataset.mark][yes]));
      each.dataset.drawn = String(yes);
      each.disabled = reads;
    }
  }

  function rename(row) {
    const block = doc.block(row.dataset.id), called = row.querySelector(".called");
    if (!block || reads) return;
    const input = el("input", { type: "text", maxlength: 100, "aria-label": "Name", dir: "auto" });
    input.value = block.name || nameOf(block);
    let over = false;             // a field that is taken away loses the focus, and says so
    const done = keep => {
      if (over) return;
      over = true;
      const name = input.value.trim();
      called.replaceChildren(nameOf(block));
      if (keep && name !== nameOf(block)) doc.set([block.id], { name }, "Name");
      row.focus();
    };
    input.addEventListener("keydown", event => { event.stopPropagation(); if (event.key === "Enter") done(true); if (event.key === "Escape") done(false); });
    input.addEventListener("blur", () => done(true));
    input.addEventListener("click", event => event.stopPropagation());
    called.replaceChildren(input);
    input.focus();
    input.select();
  }

  function choose(row, event) {
    const { id } = row.dataset, order = upDown().map(each => each.id);
    if (event.shiftKey && at) {
      const [from, to] = [order.indexOf(at), order.indexOf(id)].sort((a, b) => a - b);
      doc.select(order.slice(from, to + 1));
    } else doc.select([id], { toggle: event.ctrlKey || event.metaKey, alone: event.altKey });
    at = id;
    paint();
    row.focus();
  }

  /** Up the list is up the stack. */
  function shift(id, by) { doc.order(by < 0 ? "raise" : "lower", [id]); }

  list.addEventListener("click", event => { const row = event.target.closest(".layer"); if (row) choose(row, event); });
  list.addEventListener("dblclick", event => { const row = event.target.closest(".called") && event.target.closest(".layer"); if (row) rename(row); });
  list.addEventListener("keydown", event => {
    const row = event.target.closest(".layer"), rows = [...list.children], here = rows.indexOf(row);
    if (!row || event.target !== row) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const keys = {
      F2: () => rename(row), Enter: () => rename(row), " ": () => choose(row, event), l: () => doc.lock([row.dataset.id]), h: () => doc.hide([row.dataset.id]),
      Home: () => go(rows[0]), End: () => go(rows[rows.length - 1]),
    };
    if (event.ctrlKey || event.metaKey) return;
    const act = step ? () => (event.altKey ? !reads && shift(row.dataset.id, step) : go(rows[here + step], event.shiftKey)) : event.altKey ? null : keys[event.key];
    if (!act || (reads && ["l", "h"].includes(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });

  function go(row, extend = false) {
    if (!row) return;
    at = row.dataset.id;
    if (extend) doc.select([...new Set([...doc.selection, at])]); else doc.select([at]);
    paint();
    row.focus();
  }

  // ---- dragged -----------------------------------------------------------------------------------------------------

  function clear() { for (const each of list.children) delete each.dataset.drop; }

  list.addEventListener("dragstart", event => {
    const row = event.target.closest && event.target.closest(".layer");
    if (!row) return;
    moving = row.dataset.id;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", moving);
  });
  list.addEventListener("dragover", event => {
    const row = event.target.closest(".layer");
    if (!moving || !row) return;
    event.preventDefault();
    const box = row.getBoundingClientRect();
    clear();
    row.dataset.drop = event.clientY < box.top + box.height / 2 ? "over" : "under";
  });
  list.addEventListener("drop", event => {
    const row = event.target.closest(".layer");
    if (!moving || !row) return;
    event.preventDefault();
    const index = doc.blocks().findIndex(each => each.id === row.dataset.id);
    doc.moveTo(doc.selection.includes(moving) ? doc.selection : [moving], row.dataset.drop === "over" ? index + 1 : index);
    clear();
  });
  list.addEventListener("dragend", () => { moving = ""; clear(); });
  doc.subscribe(paint);
  paint();
}
