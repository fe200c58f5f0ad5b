// Claim, give back, resolve. Whatever may surprise a colleague or a customer is asked first.

import { agent, t } from "./boot.js";
import { byId } from "./dom.js";
import { expected, logInAddress, post } from "./http.js";
import { draft, dropDraft, keepDraft } from "./kept.js";
import * as wanted from "./wanted.js";

const ask = byId("ask");
const ACTIONS = {
  return: { path: "return", done: "actions.returned" },
  resolve: { path: "resolve", done: "actions.resolved" },
};

let conversation = null;
let asked = null;
let working = false;
let listeners = {};

/** `done()` after something changed; `notice(text, kind, how)` to say how it went. */
export function start(given) {
  listeners = given;
  byId("claim").addEventListener("click", claim);
  byId("claim-here").addEventListener("click", claim);
  byId("return").addEventListener("click", () => close("return"));
  byId("resolve").addEventListener("click", () => close("resolve"));
  byId("ask-cancel").addEventListener("click", () => ask.close());
  byId("ask-form").addEventListener("submit", (event) => {
    event.preventDefault();
    asked?.();
  });
  wanted.start();
  ask.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      asked?.();
    }
  });
}

/** Offer what is possible with a conversation as it stands now. */
export function show(given) {
  if (given?.id !== conversation?.id && ask.open) ask.close();
  conversation = given;
  if (!given) return;
  byId("claim").hidden = mine();
  byId("claim").textContent = held() ? t("actions.take_over_from", { agent: given.handoff?.claimed_by ?? "?" }) : t("actions.claim");
  for (const name of Object.keys(ACTIONS)) byId(name).hidden = !closable();
}

/** Take the conversation; from a colleague only after a second thought. */
export function claim() {
  if (!conversation || mine() || working) return;
  if (!held()) {
    take();
    return;
  }
  const by = conversation.handoff?.claimed_by ?? "?";
  question({ title: t("actions.take_over_title", { agent: by }), text: t("actions.take_over_text", { agent: by }), act: t("actions.take_over") });
  asked = () => {
    ask.close();
    take();
  };
}

/** Ask for a word and give the conversation back, or resolve it. */
export function close(name) {
  if (!closable() || working) return;
  const { id } = conversation;
  question({
    title: t(`actions.${name}_title`),
    text: t(`actions.${name}_text`),
    act: t(`actions.${name}`),
    label: t(`actions.${name}_word`),
    example: t(`actions.${name}_example`),
    words: draft(id, name).text,
    wish: true,
  });
  wanted.show(id);
  byId("word").oninput = () => keepDraft(id, name, byId("word").value);
  asked = () => finish(name, id);
}

/** Say what the customer of a closed case wanted, or correct it. */
export function relabel(handoff) {
  if (!conversation || working) return;
  const { id } = conversation;
  question({ title: t("wanted.title"), text: t("wanted.text"), act: t("wanted.save"), wish: true });
  wanted.show(id, handoff);
  asked = () => correct(id, handoff);
}

async function correct(id, handoff) {
  await work(async () => {
    await post(`/conversations/${id}/handoffs/${handoff.id}/wanted`, wanted.answer());
    ask.close();
    listeners.notice(t("wanted.saved"), "info", { passing: true });
  }, refused);
}

function refused(text) {
  byId("ask-error").textContent = text;
  byId("ask-error").hidden = false;
}

async function take() {
  const { id, version } = conversation;
  await work(async () => {
    const { notices } = await post(`/conversations/${id}/claim`, { version });
    listeners.claimed();
    listeners.notice([t("actions.claimed"), ...notices].join("\n"), "info", { passing: notices.length === 0 });
  }, (text) => listeners.notice(text, "bad"));
}

async function finish(name, id) {
  const word = byId("word").value;
  const { path, done } = ACTIONS[name];
  await work(async () => {
    await post(`/conversations/${id}/${path}`, { word, ...wanted.answer() });
    dropDraft(id, name, draft(id, name).key);
    ask.close();
    listeners.notice(t(done), "info", { passing: true });
  }, refused);
}

async function work(doing, failed) {
  if (working) return;
  working = true;
  for (const button of [byId("claim"), byId("claim-here"), byId("ask-do")]) button.setAttribute("aria-disabled", "true");
  try {
    await doing();
  } catch (problem) {
    if (problem.status === 401) {
      location.assign(logInAddress());
      return;
    }
    expected(problem);
    failed(problem.explained);
  } finally {
    working = false;
    for (const button of [byId("claim"), byId("claim-here"), byId("ask-do")]) button.removeAttribute("aria-disabled");
  }
  listeners.done();
}

function question({ title, text, act, label = "", example = "", words = "", wish = false }) {
  byId("ask-title").textContent = title;
  byId("ask-text").textContent = text;
  byId("ask-do").textContent = act;
  byId("ask-error").hidden = true;
  byId("ask-word").hidden = !label;
  byId("ask-wanted").hidden = !wish;
  byId("word-label").textContent = label;
  byId("word").placeholder = example;
  byId("word").value = words;
  byId("word").oninput = null;
  ask.showModal();
  if (label) byId("word").focus();
  else if (wish) byId("wanted").focus();
  else byId("ask-do").focus();
}

function mine() {
  return conversation?.owner === "agent" && conversation.handoff?.claimed_by === agent;
}

function held() {
  return conversation?.owner === "agent" && !mine();
}

function closable() {
  return Boolean(conversation) && (mine() || conversation.owner === "queued");
}
