// The groups: filtered, searched, sorted, a page at a time; fresh without losing one's place.

import { t } from "./boot.js";
import { announce, arrange, byId, el } from "./dom.js";
import { expected, get } from "./http.js";
import { keepView, view as keptView } from "./review-kept.js";
import { fillRow, newRow } from "./review-row.js";
import { choosable, explained, intentTitle, several } from "./review-words.js";

const SEARCH_MS = 200;
const PAGE = 50;
const FILTERS = ["reason", "language", "channel", "intent"];
const FIRST = "frequency";

const list = byId("list");
const rows = new Map();
let wanted = { state: "open", sort: FIRST };
let latest = null;
let older = [];
let next = null;
let opened = null;
let asking = null;
let listeners = {};

/** Show the list; `open(id)` when a row is chosen, `over()`. The vocabulary is there already. */
export function start(given) {
  listeners = given;
  wanted = { ...wanted, ...keptView() };
  if (wanted.state !== "done") wanted.state = "open";
  list.addEventListener("click", (event) => {
    const row = event.target.closest("a.row");
    if (!row || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    given.open(row.dataset.id);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.closest("a.row")) return;
    event.preventDefault();
    move(step);
  });
  let typing;
  byId("search").value = wanted.q ?? "";
  byId("search").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => want({ q: event.target.value.trim() }), SEARCH_MS);
  });
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a.row")?.focus();
  });
  for (const intent of choosable()) {
    byId("filter-intent").append(el("option", { value: intent.name, text: intentTitle(intent.name) }));
  }
  for (const box of byId("filters").querySelectorAll("[data-filter]")) {
    if (wanted[box.dataset.filter]) box.value = wanted[box.dataset.filter];
    box.addEventListener("change", () => want({ [box.dataset.filter]: box.value }));
  }
  byId("filter-reset").addEventListener("click", () => {
    for (const name of FILTERS) byId(`filter-${name}`).value = "";
    want(Object.fromEntries(FILTERS.map((name) => [name, ""])));
    byId("filter-reason").focus();
  });
  tellFilters();
  return refresh();
}

/** Open or done ones. */
export function choose(state) {
  want({ state });
}

/** Look again; several wishes at once are one look. */
export async function refresh() {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

/** Mark the group that is open. */
export function mark(id) {
  opened = id === null ? null : String(id);
  render();
}

/** A group as the list knows it. */
export function known(id) {
  return groups().find((group) => String(group.id) === String(id)) ?? null;
}

/** The group below one, or the one above the last; null when it is alone. */
export function after(id) {
  const all = groups();
  const at = all.findIndex((group) => String(group.id) === String(id));
  return (all[at + 1] ?? all[at - 1])?.id ?? null;
}

/** Move the focus through the rows; from nowhere, to the open or the first one. */
export function move(step) {
  const all = [...list.querySelectorAll("a.row")];
  const at = all.indexOf(document.activeElement);
  const from = at >= 0 ? at : all.findIndex((row) => row.dataset.id === opened);
  const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), all.length - 1);
  all[to]?.focus();
  all[to]?.scrollIntoView({ block: "nearest" });
}

/** Give the search box the focus. */
export function find() {
  byId("search").focus();
  byId("search").select();
}

function want(change) {
  wanted = { ...wanted, ...change };
  keepView(wanted);
  tellFilters();
  older = [];
  next = null;
  list.scrollTop = 0;
  list.setAttribute("aria-busy", "true");
  refresh();
}

function tellFilters() {
  const active = FILTERS.filter((name) => wanted[name]).length;
  byId("filter-count").textContent = active || "";
  byId("filter-reset").hidden = active === 0;
  byId("sorted").textContent = t(`review.sort.${wanted.sort}`);
}

function query(more = {}) {
  const given = Object.entries({ ...wanted, limit: PAGE, ...more }).filter(([, value]) => value);
  return new URLSearchParams(Object.fromEntries(given));
}

async function ask() {
  let asked;
  do {
    asked = wanted;
    try {
      const answer = await get(`/review/groups?${query()}`);
      if (asked !== wanted) continue;
      latest = answer;
      if (older.length === 0) next = answer.next;
      tellTotals(answer);
      render();
    } catch (problem) {
      expected(problem);
      if (problem.status === 401) listeners.over();
      else if (!latest) fail(problem);
    }
  } while (asked !== wanted);
  list.setAttribute("aria-busy", "false");
}

function fail(problem) {
  const again = el("button", { type: "button", text: t("error.retry"), on: { click: refresh } });
  list.replaceChildren(el("div", { class: "empty", role: "alert" }, el("p", { text: explained(problem) }), again));
}

async function more(event) {
  event.target.disabled = true;
  const asked = wanted;
  try {
    const answer = await get(`/review/groups?${query({ after: next })}`);
    if (asked !== wanted) return;
    older.push(...answer.groups);
    next = answer.next;
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) listeners.over();
    else announce(explained(problem));
  }
  render();
}

function tellTotals({ totals, behind }) {
  for (const state of ["open", "done"]) {
    byId("views").querySelector(`[data-number=${state}]`).textContent = totals[state];
  }
  byId("behind").hidden = !behind;
  byId("behind").textContent = behind ? several("review.behind", behind) : "";
}

function groups() {
  if (!latest) return [];
  const there = new Set(latest.groups.map(({ id }) => id));
  return [...latest.groups, ...older.filter(({ id }) => !there.has(id))];
}

function render() {
  if (!latest) return;
  const all = groups();
  let place = list.querySelector("ul");
  if (!place) {
    place = el("ul", { "aria-labelledby": "list-title" });
    rows.clear();
    list.replaceChildren(place);
  }
  list.querySelectorAll(":scope > .empty, :scope > .more").forEach((node) => node.remove());
  arrange(place, rows, all.map((group) => ({ ...group, opened: String(group.id) === opened })), { key: ({ id }) => id, make: newRow, fill: fillRow });
  byId("review").toggleAttribute("data-bare", all.length === 0);
  if (all.length === 0) {
    const filtered = wanted.q || FILTERS.some((name) => wanted[name]);
    list.append(el("p", { class: "empty", text: t(filtered ? "review.empty_found" : `review.empty_${wanted.state}`) }));
  }
  if (next) list.append(el("button", { class: "more", type: "button", text: t("review.more"), on: { click: more } }));
}
