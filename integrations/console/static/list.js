// The list: who waits, who is with whom, what was recent; live, filtered, searched.

import { agent, mine, t, word } from "./boot.js";
import { announce, arrange, byId, el, words } from "./dom.js";
import { expected, get } from "./http.js";
import { isUnread } from "./kept.js";
import { exactly, since, span, whenOf } from "./moments.js";

const AGAIN_MS = 400;
const CLOCK_MS = 20_000;
const SEARCH_MS = 150;

const list = byId("list");
const sections = new Map();
let view = "all";
let search = "";
let older = [];
let next = null;
let latest = null;
let opened = null;
let asking = null;
let askAgain = false;
let waitingBefore = null;
let listeners = { count() {} };

/** Show the list and keep it fresh; `open(id)` when a row is chosen, `count(n)` of who waits. */
export function start(given) {
  listeners = given;
  list.addEventListener("click", (event) => {
    const row = event.target.closest("a.row");
    if (!row || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    given.open(row.dataset.id);
  });
  byId("views").addEventListener("click", (event) => {
    const chosen = event.target.closest("button")?.dataset.view;
    if (chosen) choose(chosen);
  });
  let typing;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      search = event.target.value.trim();
      reset();
    }, SEARCH_MS);
  });
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a.row")?.focus();
  });
  // Waiting times grow by themselves.
  setInterval(() => document.hidden || render(true), CLOCK_MS);
  return refresh();
}

/** Look again; several wishes at once are one look. */
export async function refresh() {
  if (asking) {
    askAgain = true;
    return asking;
  }
  asking = ask().finally(() => (asking = null));
  await asking;
  if (askAgain) {
    askAgain = false;
    setTimeout(refresh, AGAIN_MS);
  }
}

/** Mark the conversation that is open. */
export function mark(id) {
  opened = id;
  render(true);
}

/** Move the focus through the rows; from nowhere, to the open or the first one. */
export function move(step) {
  const rows = [...list.querySelectorAll("a.row")];
  const at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((row) => row.dataset.id === opened);
  const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
  rows[to]?.focus();
  rows[to]?.scrollIntoView({ block: "nearest" });
}

/** Give the search box the focus. */
export function find() {
  byId("search").focus();
  byId("search").select();
}

function choose(chosen) {
  view = chosen;
  for (const button of byId("views").children) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  reset();
}

function reset() {
  older = [];
  next = null;
  list.scrollTop = 0;
  list.setAttribute("aria-busy", "true");
  refresh();
}

async function ask() {
  const asked = { view, search };
  const query = new URLSearchParams({ view, q: search });
  try {
    const answer = await get(`/conversations?${query}`);
    if (asked.view !== view || asked.search !== search) {
      askAgain = true;
      return;
    }
    latest = answer;
    if (older.length === 0) next = answer.next;
    tellWhoWaits();
    listeners.count(answer.counts.waiting);
    render();
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) listeners.over();
    else if (!latest) list.replaceChildren(el("p", { class: "empty", text: problem.explained }));
  }
  list.setAttribute("aria-busy", "false");
}

async function more() {
  try {
    const answer = await get(`/conversations?${new URLSearchParams({ view, after: next })}`);
    older.push(...answer.sections[0].conversations);
    next = answer.next;
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) listeners.over();
    else announce(problem.explained);
  }
  render();
}

/** Whoever comes to wait while the list is open is announced, once. */
function tellWhoWaits() {
  const waiting = latest.sections.find((section) => section.name === "waiting")?.conversations;
  if (!waiting) return;
  for (const item of waiting) {
    if (waitingBefore && !waitingBefore.has(item.id)) announce(t("list.new_waiting", { name: nameOf(item) }));
  }
  waitingBefore = new Set(waiting.map((item) => item.id));
}

function render(again = false) {
  if (!latest) return;
  const focused = document.activeElement?.dataset?.id;
  for (const button of byId("views").querySelectorAll("[data-count]")) {
    const number = latest.counts[button.dataset.count];
    button.textContent = number > 0 ? number : "";
  }
  const current = latest.sections.map((section) => ({
    ...section,
    conversations: section.name === "recent" ? withOlder(section.conversations) : section.conversations,
  }));
  const full = current.filter((section) => section.conversations.length > 0);
  list.querySelectorAll(":scope > .empty, :scope > .more").forEach((node) => node.remove());
  arrange(list, sections, full, {
    key: (section) => section.name,
    make: newSection,
    fill(node, section) {
      node.querySelector("h2").textContent = `${t(`list.section_${section.name}`)} (${section.conversations.length}${section.name === "recent" && next ? "+" : ""})`;
    },
  });
  for (const section of full) {
    const { node } = sections.get(section.name);
    node.rows ??= new Map();
    if (again) node.rows.forEach((entry) => (entry.shown = ""));
    const items = section.conversations.map((item) => ({ ...item, unread: item.id !== opened && isUnread(item) }));
    arrange(node.querySelector("ul"), node.rows, items, { key: (item) => item.id, make: newRow, fill: fillRow });
  }
  if (full.length === 0) {
    const key = search ? "list.empty_found" : `list.empty_${view}`;
    list.append(el("p", { class: "empty", text: t(key, { search }) }));
  }
  if (next && view === "all" && !search) {
    list.append(el("button", { class: "more", type: "button", text: t("list.more"), on: { click: more } }));
  }
  if (focused && document.activeElement?.dataset?.id !== focused) {
    list.querySelector(`a.row[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

/** The newest page may have moved on since older ones were read. */
function withOlder(newest) {
  const there = new Set(latest.sections.flatMap((section) => section.conversations.map((item) => item.id)));
  return [...newest, ...older.filter((item) => !there.has(item.id))];
}

function newSection(section) {
  const id = `section-${section.name}`;
  return el("section", { "aria-labelledby": id }, el("h2", { id }), el("ul"));
}

function newRow(item) {
  return el("li", {}, el("a", { class: "row", href: `/console/c/${item.id}`, "data-id": item.id }));
}

function fillRow(node, item) {
  const row = node.firstChild;
  const handoff = item.handoff;
  const waits = item.owner === "queued" || handoff?.state === "message";
  row.className = item.unread ? "row unread" : "row";
  row.setAttribute("aria-current", String(item.id === opened));
  if (waits) row.dataset.priority = handoff?.priority ?? "normal";
  else delete row.dataset.priority;
  const at = waits && handoff ? handoff.requested_at : item.last_activity_at;
  row.replaceChildren(
    el("span", { class: "name", dir: "auto", text: nameOf(item) }),
    el("time", { class: "when", datetime: at, title: exactly(at) },
      waits ? [el("span", { class: "unseen", text: `${t("list.waits")} ` }), span(since(at))] : whenOf(at)),
    waits && handoff?.reasons.length ? el("span", { class: "about", text: handoff.reasons.map(mine).join(" · ") }) : "",
    words(item.preview?.text ?? (item.preview?.attachment ? t("list.attachment") : ""), "span", { class: "said" }),
    el("span", { class: "tags" }, ...tags(item, waits)),
  );
}

function tags(item, waits) {
  const handoff = item.handoff;
  const found = [];
  if (item.unread) found.push(el("span", { class: "unseen", text: t("list.unread") }));
  if (waits && handoff && handoff.priority !== "normal") {
    found.push(el("span", { class: handoff.priority === "urgent" ? "tag-bad" : "tag-warn", text: word("priority", handoff.priority) }));
  }
  if (handoff?.state === "message") found.push(el("span", { text: t("list.left_message") }));
  if (waits && handoff?.first_answer_due_at && !handoff.answered_at) {
    const late = since(handoff.first_answer_due_at);
    found.push(late > 0
      ? el("span", { class: "tag-bad", text: t("list.overdue", { time: span(late) }) })
      : el("span", { text: t("list.due", { time: span(late) }) }));
  }
  if (item.owner === "agent") {
    const own = handoff?.claimed_by === agent;
    found.push(el("span", { class: own ? "tag-me" : null, dir: "auto", text: own ? t("list.with_me") : t("list.with", { agent: handoff?.claimed_by ?? "?" }) }));
    if (item.preview?.unanswered) found.push(el("span", { class: "tag-warn", text: t("list.unanswered") }));
  }
  if (item.owner === "wrap_up" || item.owner === "closed") found.push(el("span", { text: t(`owner.${item.owner}`) }));
  found.push(el("span", { text: word("channel", item.channel) }));
  if (item.language) found.push(el("span", { text: word("speaks", item.language) }));
  return found;
}

// A name that a machine made, such as a web chat's, tells people apart by its beginning.
const MADE = /^[a-z]?([0-9a-f]{4})[0-9a-f]{28}$/;

/** What to call a customer: the name they gave, else their handle. */
export function nameOf(item) {
  const made = !item.name?.trim() && MADE.exec(item.handle ?? "");
  if (made) return t("conversation.visitor", { code: made[1] });
  return item.name?.trim() || item.handle || t("conversation.unnamed");
}
