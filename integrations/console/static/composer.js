// Writing: to the customer, or to the team. Two boxes with a button each; neither can send the
// other's words. What is written stays until it was sent.

import * as attach from "./attach.js";
import { agent, maxText, t } from "./boot.js";
import { byId, el } from "./dom.js";
import { expected, logInAddress, newKey, post } from "./http.js";
import { draft, dropDraft, keepDraft } from "./kept.js";
import { nameOf } from "./list.js";

const MODES = ["reply", "note"];
const LEFT_FROM = 500;
const TYPING_EVERY_MS = 4_000;
const PATHS = { reply: "reply", note: "note" };

const busy = new Set();
let conversation = null;
let mayReply = false;
let typedAt = 0;
let listeners = {};

/** `sent()` after something was sent; `over()` when the session has ended. */
export function start(given) {
  listeners = given;
  attach.start((problem) => explain("reply", problem));
  for (const mode of MODES) {
    byId(`${mode}-tab`).addEventListener("click", () => choose(mode));
    byId(`${mode}-form`).addEventListener("submit", (event) => {
      event.preventDefault();
      send(mode);
    });
    const box = byId(`${mode}-text`);
    box.addEventListener("input", () => {
      if (conversation) keepDraft(conversation.id, mode, box.value);
      if (mode === "reply" && mayReply && box.value) types();
      fit(mode);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        send(mode);
      } else if (event.key === "Escape") box.blur();
    });
  }
  byId("composer").querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = mode() === "reply" ? "note" : "reply";
    choose(other);
    byId(`${other}-tab`).focus();
  });
}

// The customer may see that an answer is being written. That it isn't shown harms nobody.
function types() {
  const now = Date.now();
  if (now - typedAt < TYPING_EVERY_MS) return;
  typedAt = now;
  post(`/conversations/${conversation.id}/typing`, {}).catch(() => {});
}

/** Show the boxes of a conversation as it stands now (null: of none). */
export function show(given) {
  const another = given?.id !== conversation?.id;
  conversation = given;
  if (!given) return;
  const name = nameOf(given);
  byId("reply-audience").textContent = t("composer.to_customer", { name });
  byId("reply-text").placeholder = t("composer.reply_placeholder", { name });
  const own = given.owner === "agent" && given.handoff?.claimed_by === agent;
  const held = given.owner === "agent" && !own;
  mayReply = own;
  byId("reply-blocked").hidden = own;
  byId("reply-blocked-text").textContent = held
    ? t("composer.held_by", { agent: given.handoff?.claimed_by ?? "?" })
    : t(given.owner === "queued" ? "composer.queued_first" : "composer.claim_first");
  byId("claim-here").textContent = t(held ? "actions.take_over" : "actions.claim");
  if (another) {
    attach.show(given.id);
    choose("reply");
    for (const each of MODES) {
      byId(`${each}-text`).value = draft(given.id, each).text;
      byId(`${each}-error`).hidden = true;
      fit(each);
    }
  }
  for (const each of MODES) lock(each, busy.has(`${given.id} ${each}`));
  // Words that can't be sent any more stay in sight, to be copied or noted.
  byId("reply-form").hidden = !own && !byId("reply-text").value;
}

/** Whether this agent may write to the customer now. */
export function open() {
  return mayReply;
}

/** Go to the box of a mode. */
export function write(chosen) {
  choose(chosen);
  const box = byId(`${chosen}-text`);
  if (chosen === "reply" && !mayReply) byId("claim-here").focus();
  else box.focus();
}

/** Put a text into the reply, after what is there. */
export function use(text) {
  const box = byId("reply-text");
  const value = [box.value.trimEnd(), text].filter(Boolean).join("\n\n").slice(0, maxText);
  box.value = value;
  keepDraft(conversation.id, "reply", value);
  fit("reply");
  write("reply");
}

function mode() {
  return byId("composer").dataset.mode;
}

function choose(chosen) {
  byId("composer").dataset.mode = chosen;
  for (const each of MODES) {
    const selected = each === chosen;
    byId(`${each}-tab`).setAttribute("aria-selected", String(selected));
    byId(`${each}-tab`).tabIndex = selected ? 0 : -1;
    byId(`${each}-panel`).hidden = !selected;
  }
}

async function send(chosen) {
  const box = byId(`${chosen}-text`);
  const { id } = conversation;
  const slot = `${id} ${chosen}`;
  const files = chosen === "reply" ? attach.of(id) : { ids: [], key: null };
  if (busy.has(slot) || (!box.value.trim() && files.ids.length === 0) || (chosen === "reply" && (!mayReply || attach.waiting()))) return;
  const text = box.value;
  // A draft that the browser couldn't keep still gets a key, for this one try.
  const kept = draft(id, chosen);
  const key = files.key ?? (kept.text === text ? kept.key : newKey());
  busy.add(slot);
  lock(chosen, true);
  byId(`${chosen}-error`).hidden = true;
  try {
    await post(`/conversations/${id}/${PATHS[chosen]}`, { text, key, ...(files.ids.length > 0 ? { attachments: files.ids } : {}) });
    if (kept.text === text) dropDraft(id, chosen, kept.key);
    attach.drop(id, files.ids);
    if (conversation?.id === id) {
      box.value = "";
      fit(chosen);
    }
    listeners.sent();
  } catch (problem) {
    expected(problem);
    if (conversation?.id === id) explain(chosen, problem);
    if (problem.status === 409) listeners.sent();
  } finally {
    busy.delete(slot);
    if (conversation?.id === id) lock(chosen, false);
  }
  if (conversation?.id === id && mode() === chosen) box.focus();
}

function explain(chosen, problem) {
  const place = byId(`${chosen}-error`);
  const acts = [];
  if (problem.status === 401) acts.push(el("button", { type: "button", text: t("error.log_in"), on: { click: () => location.assign(logInAddress()) } }));
  else if (problem.code === "csrf") acts.push(el("button", { type: "button", text: t("error.reload"), on: { click: () => location.reload() } }));
  else if (problem.status === 0 || problem.status >= 500 || problem.status === 429) {
    acts.push(el("button", { type: "button", text: t("error.retry"), on: { click: () => send(chosen) } }));
  }
  place.replaceChildren(el("p", {}, el("b", { text: `${t("error.title")}. ` }), problem.explained, " ", t("error.kept")), ...acts);
  place.hidden = false;
}

function lock(chosen, locked) {
  byId(`${chosen}-text`).readOnly = locked;
  const button = byId(`${chosen}-form`).querySelector("button");
  button.setAttribute("aria-disabled", String(locked || (chosen === "reply" && !mayReply)));
  button.textContent = t(locked ? "composer.sending" : `composer.send_${chosen}`);
}

/** The box grows with its text; near its limit it says how much is left. */
function fit(chosen) {
  const box = byId(`${chosen}-text`);
  const lines = Math.min(12, Math.max(3, box.value.split("\n").length));
  box.rows = lines;
  const left = maxText - box.value.length;
  byId(`${chosen}-left`).textContent = left < LEFT_FROM ? t("composer.left", { count: left }) : "";
}
