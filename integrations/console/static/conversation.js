// One conversation: its head, its messages, its card; live.

import { agent, t, word } from "./boot.js";
import * as card from "./card.js";
import { announce, arrange, byId, el } from "./dom.js";
import { expected, get, post } from "./http.js";
import { markRead } from "./kept.js";
import { nameOf } from "./list.js";
import * as message from "./message.js";
import { dayOf } from "./moments.js";

const AGAIN_MS = 150;
const NEAR_PX = 80;
const NOTICE_MS = 8_000;

const log = byId("log");
const shown = new Map();
let id = null;
let state = null;
let earlier = [];
let before = null;
let asking = false;
let askAgain = false;
let following = true;
let height = 0;
let listeners = {};

/** Call `changed(conversation | null)` when what is shown changes, `use(text)`, `over()`. */
export function start(given) {
  listeners = given;
  byId("earlier").addEventListener("click", loadEarlier);
  byId("below").addEventListener("click", toBottom);
  log.addEventListener("scroll", () => {
    // Scrolled by a change of size: not the reader's wish, and put right below.
    if (log.clientHeight !== height) return;
    following = atBottom();
    if (following) byId("below").hidden = true;
  }, { passive: true });
  // A box that grows or a window that shrinks doesn't hide what was just being read.
  new ResizeObserver(() => {
    height = log.clientHeight;
    if (following) toBottom();
  }).observe(log);
  byId("show-card").addEventListener("click", () => {
    const open = byId("conversation").classList.toggle("with-card");
    byId("show-card").setAttribute("aria-expanded", String(open));
    if (open) byId("card").focus();
  });
  byId("conversation").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !byId("card").contains(event.target)) return;
    if (byId("conversation").classList.contains("with-card")) {
      byId("show-card").click();
      byId("show-card").focus();
    }
  });
}

/** The conversation on the page: `{id, ...}` as the list has it, or null. */
export function current() {
  return state?.conversation ?? null;
}

/** Show another conversation, or none. */
export async function open(chosen) {
  id = chosen;
  state = null;
  earlier = [];
  before = null;
  shown.clear();
  byId("messages").replaceChildren();
  byId("notices").replaceChildren();
  byId("card").replaceChildren();
  byId("below").hidden = true;
  byId("conversation").hidden = true;
  byId("conversation").classList.remove("with-card");
  byId("show-card").setAttribute("aria-expanded", "false");
  byId("nothing").hidden = Boolean(chosen);
  say("conversation.none_title", "conversation.none");
  listeners.changed(null);
  if (chosen) await refresh();
}

/** Look again; several wishes at once are one look. */
export async function refresh() {
  if (!id) return;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  const asked = id;
  try {
    const answer = await get(`/conversations/${asked}`);
    if (asked === id) show(answer);
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) listeners.over();
    else if (asked === id && !state) fail(problem);
  } finally {
    asking = false;
  }
  if (askAgain || asked !== id) {
    askAgain = false;
    if (asked === id) setTimeout(refresh, AGAIN_MS);
    else await refresh();
  }
}

/** Something the agent should read now, above the messages; what is only good news goes again. */
export function notice(text, kind = "info", { passing = false } = {}) {
  const close = el("button", { class: "plain", type: "button", text: t("app.close") });
  const box = el("div", { class: `alert ${kind}`, role: kind === "bad" ? "alert" : "status" }, el("p", { class: "said-to", text }), close);
  close.addEventListener("click", () => box.remove());
  byId("notices").replaceChildren(box);
  if (passing) setTimeout(() => box.remove(), NOTICE_MS);
}

function fail(problem) {
  byId("nothing").hidden = false;
  const missing = problem.status === 404 || problem.status === 422;
  byId("nothing-title").textContent = t("error.title");
  byId("nothing-text").textContent = missing ? t("conversation.missing") : problem.explained;
}

function say(title, text) {
  byId("nothing-title").textContent = t(title);
  byId("nothing-text").textContent = t(text);
}

function show(answer) {
  const first = state === null;
  const mineNow = state !== null && answer.messages.at(-1)?.author === agent && answer.messages.at(-1)?.id !== state.messages.at(-1)?.id;
  const stay = first || following || mineNow;
  const known = new Set(state?.messages.map((entry) => entry.id));
  state = answer;
  if (earlier.length === 0) before = answer.before;
  byId("nothing").hidden = true;
  byId("conversation").hidden = false;
  showHead(answer.conversation);
  card.show(byId("card"), answer.card, answer.conversation, { refresh: lookUp, relabel: listeners.relabel });
  showMessages();
  const fresh = first ? [] : answer.messages.filter((entry) => !known.has(entry.id));
  if (first || (stay && fresh.length > 0)) toBottom();
  if (fresh.length > 0 && !stay) byId("below").hidden = false;
  const name = nameOf(answer.conversation);
  for (const entry of fresh) if (entry.author !== agent) announce(message.spoken(entry, name));
  if (!document.hidden) markRead(answer.conversation);
  listeners.changed(answer.conversation);
}

function showHead(conversation) {
  byId("conversation-title").textContent = nameOf(conversation);
  const by = conversation.handoff?.claimed_by;
  const owner = conversation.owner === "agent" && by === agent ? t("owner.me") : t(`owner.${conversation.owner}`, { agent: by ?? "?" });
  byId("marks").replaceChildren(
    el("span", { class: "owner", dir: "auto", text: owner }),
    el("span", { text: word("channel", conversation.channel) }),
    conversation.language ? el("span", { text: word("speaks", conversation.language) }) : "",
    el("span", { dir: "auto", text: conversation.address === nameOf(conversation) ? "" : conversation.address }),
  );
}

function showMessages() {
  const there = new Set(state.messages.map((entry) => entry.id));
  const all = [...earlier.filter((entry) => !there.has(entry.id)), ...state.messages];
  const name = nameOf(state.conversation);
  const rows = [];
  let day = "";
  for (const entry of all) {
    const its = dayOf(entry.at);
    if (its !== day) rows.push({ id: `day ${its}`, day: its });
    day = its;
    rows.push({ ...entry, name });
  }
  arrange(byId("messages"), shown, rows, {
    key: (row) => row.id,
    make: () => el("li"),
    fill(node, row) {
      if (row.day) {
        node.className = "day";
        node.textContent = row.day;
      } else message.fill(node, row, { name, conversation: id, use: listeners.use });
    },
  });
  byId("earlier").hidden = before === null;
  byId("beginning").hidden = before !== null;
}

async function loadEarlier() {
  const asked = id;
  byId("earlier").disabled = true;
  try {
    const answer = await get(`/conversations/${asked}?before=${before}`);
    if (asked !== id) return;
    const below = log.scrollHeight - log.scrollTop;
    earlier = [...answer.messages, ...earlier];
    before = answer.before;
    showMessages();
    // What was being read stays where it was.
    log.scrollTop = log.scrollHeight - below;
  } catch (problem) {
    expected(problem);
    notice(problem.explained, "bad");
  } finally {
    byId("earlier").disabled = false;
  }
}

async function lookUp() {
  try {
    await post(`/conversations/${id}/brief`);
    await refresh();
  } catch (problem) {
    expected(problem);
    const away = problem.status === 502 || problem.status === 503;
    notice(away ? t("error.bridge_away") : problem.explained, "bad");
  }
}

function atBottom() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
}

function toBottom() {
  following = true;
  log.scrollTop = log.scrollHeight;
  // On a low page the messages scroll with the page.
  if (log.scrollHeight <= log.clientHeight + 1) byId("messages").lastElementChild?.scrollIntoView({ block: "nearest" });
  byId("below").hidden = true;
}
