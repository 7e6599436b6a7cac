// Lists that are worked with by hand: `/` goes to the filter, `j` and `k` go from row to row, Enter opens.

const TYPING = "input, select, textarea, [contenteditable]";

/** Whether all words of the filter stand in these texts. */
export function fits(filter, ...texts) {
  const whole = texts.filter(Boolean).join(" ").toLowerCase();
  return filter.toLowerCase().split(/\s+/).every(word => whole.includes(word));
}

/** `rows()`: the elements to go through, each with `tabindex` of its own or a link within. */
export function keys({ filter, rows }) {
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]:not([data-beside=yes])")) return;
    const typing = event.target.closest(TYPING);
    if (typing && event.key === "Escape" && typing === filter) leaveFilter(filter, rows);
    if (typing) { if (typing === filter && event.key === "Enter") go(rows(), 1); return; }
    if (event.key === "/" && filter && !filter.closest("[hidden]")) { event.preventDefault(); filter.focus(); filter.select(); }
    else if (event.key === "j") go(rows(), 1);
    else if (event.key === "k") go(rows(), -1);
  });
}

function leaveFilter(filter, rows) {
  filter.value = "";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  go(rows(), 1);
}

function go(rows, step) {
  if (!rows.length) return;
  const here = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[here < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, here + step))];
  (next.matches("a, [tabindex]") ? next : next.querySelector("a, [tabindex], button")).focus();
}

/** One list for each partner, named where there is more than one; `fill(list, items)` fills it. */
export function byPartner(place, items, partners, fill) {
  const many = partners.length > 1;
  const groups = many ? partners.map(partner => [partner, items.filter(each => each.partner && each.partner.id === partner.id)]).filter(([, of]) => of.length) : [[null, items]];
  const there = new Map(Array.from(place.children, child => [child.dataset.key, child]));
  groups.forEach(([partner, of], i) => {
    const key = partner ? String(partner.id) : "all", group = there.get(key) || madeGroup();
    there.delete(key);
    group.dataset.key = key;
    if (place.children[i] !== group) place.insertBefore(group, place.children[i] || null);
    const title = group.firstElementChild, words = partner ? partner.name : "";
    if (title.textContent !== words) title.textContent = words;
    title.hidden = !words;
    fill(group.lastElementChild, of);
  });
  for (const group of there.values()) group.remove();
}

function madeGroup() {
  const group = document.createElement("div"), title = document.createElement("h3"), list = document.createElement("ul");
  group.className = "group";
  title.dir = "auto";
  list.className = "plain";
  group.append(title, list);
  return group;
}
