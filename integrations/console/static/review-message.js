// One message of a group: its words with the stand-ins marked, how the bot read it, what came next.

import { t, word } from "./boot.js";
import { el } from "./dom.js";
import { expected, get } from "./http.js";
import { exactly, share, whenOf } from "./moments.js";
import { onOneLine, pieces, toUnits } from "./review-spans.js";
import { explained, intentTitle } from "./review-words.js";

const RANKED = 3;
const PREVIEW = 60;

export function newMessage() {
  return el("li", { class: "case" });
}

/** `message.chosen`: it is an example; `mixed`: the group has several languages; `pick(id, on)` when somebody changes that. */
export function fill(node, message, { pick }) {
  const open = message.state === "open";
  const unfolded = node.querySelector(".around");
  node.dataset.state = message.state;
  node.classList.toggle("chosen", message.chosen);
  const id = `pick-${message.id}`;
  const kept = node.querySelector("input");
  const box = kept ?? el("input", { type: "checkbox", id, on: { change: ({ target }) => pick(message.id, target.checked) } });
  box.checked = message.chosen;
  box.hidden = !open;
  const toggle = node.querySelector(".unfold") ?? unfoldButton(node, message);
  const parts = [
    said(message, open ? id : null),
    el("div", { class: "facts" },
      open ? "" : el("span", { class: "settled", text: t(`review.message.${message.state}`) }),
      el("time", { datetime: message.at, title: exactly(message.at), text: whenOf(message.at) }),
      el("span", { text: word("channel", message.channel) }),
      message.mixed ? el("span", { text: word("speaks", message.language) }) : "",
      ...message.reasons.map((reason) => el("span", { class: "chip", text: word("review.reason", reason) }))),
    reading(message),
    el("div", { class: "facts story" },
      message.label ? el("span", { class: "labelled", text: `${t("review.message.said")}: ${intentTitle(message.label)}` }) : "",
      message.next ? el("span", { text: `${t("review.message.next")} ${word("review.next", message.next)}` }) : "",
      toggle),
  ];
  const body = node.querySelector(".case-body") ?? el("div", { class: "case-body" });
  const active = document.activeElement;
  body.replaceChildren(...parts, ...(unfolded ? [unfolded] : []));
  if (!body.isConnected) node.append(box, body);
  if (active && active !== document.activeElement && node.contains(active)) active.focus({ preventScroll: true });
}

/** A customer's words; each stand-in is marked and says what it stands for. */
export function shown(text, spans, tag = "p", given = {}) {
  const node = el(tag, { dir: "auto", class: "text", ...given });
  for (const { text: part, span } of pieces(text, toUnits(text, spans))) {
    if (!span) {
      node.append(part);
      continue;
    }
    const kind = word("review.kinds_of_data", span.kind);
    node.append(el("mark", { class: "stand-in", "data-kind": kind, title: t("review.stands_for", { kind }), text: part }));
  }
  return node;
}

function said(message, forBox) {
  const node = shown(message.text, message.spans, forBox ? "label" : "p", { for: forBox });
  if (message.text.length > 600) node.classList.add("long");
  return node;
}

function reading({ reading: read, model }) {
  if (!read) return "";
  const ranking = (read.ranking?.length ? read.ranking : [read]).slice(0, RANKED);
  const refused = read.intent?.startsWith("nlu_") ? intentTitle(read.intent) : "";
  return el("div", { class: "reading", title: model ? t("review.message.model", { model }) : null },
    el("span", { class: "read", text: refused ? `${t("review.message.ranking")}: ${refused}` : t("review.message.ranking") }),
    el("ol", {}, ranking.filter(({ intent }) => !intent.startsWith("nlu_")).map(bar)));
}

function bar({ intent, confidence }) {
  const filled = el("span", { class: "filled" });
  filled.style.width = `${Math.round(Math.min(1, Math.max(0, confidence)) * 100)}%`;
  return el("li", {},
    el("span", { class: "what", title: intent, text: intentTitle(intent) }),
    el("span", { class: "bar-of", "aria-hidden": "true" }, filled),
    el("span", { class: "percent", text: share(confidence) }));
}

function unfoldButton(node, message) {
  const id = `around-${message.id}`;
  const about = el("span", { class: "unseen", text: `: ${onOneLine(message.text).slice(0, PREVIEW)}` });
  const name = el("span", { text: t("review.message.dialogue") });
  const button = el("button", { class: "plain unfold", type: "button", "aria-expanded": "false", "aria-controls": id }, name, about);
  button.addEventListener("click", async () => {
    const there = node.querySelector(".around");
    if (there) {
      there.remove();
      button.setAttribute("aria-expanded", "false");
      name.textContent = t("review.message.dialogue");
      return;
    }
    const place = el("div", { class: "around", id, role: "region", "aria-label": t("review.message.dialogue_of") }, el("p", { class: "muted", text: t("list.loading") }));
    node.querySelector(".case-body").append(place);
    button.setAttribute("aria-expanded", "true");
    name.textContent = t("review.message.hide_dialogue");
    await unfold(place, message);
  });
  return button;
}

async function unfold(place, message) {
  try {
    const { before, after } = await get(`/review/messages/${encodeURIComponent(message.id)}/dialogue`);
    const entries = [...before.map(entry), entry({ role: "customer", text: message.text, spans: message.spans, at: message.at, here: true }), ...after.map(entry)];
    place.replaceChildren(el("ol", {}, entries));
    if (entries.length === 1) place.append(el("p", { class: "muted", text: t("review.message.dialogue_empty") }));
  } catch (problem) {
    expected(problem);
    const again = el("button", { type: "button", text: t("error.retry"), on: { click: () => unfold(place, message) } });
    place.replaceChildren(el("p", { role: "alert", text: explained(problem) }), again);
  }
}

function entry({ role, text, spans = [], at, here = false }) {
  return el("li", { class: `entry ${role}`, "aria-current": here ? "true" : null },
    el("p", { class: "by" }, el("b", { text: word("role", role) }), at ? el("time", { datetime: at, title: exactly(at), text: ` ${whenOf(at)}` }) : "",
      here ? el("span", { text: ` · ${t("review.message.this")}` }) : ""),
    shown(text ?? "", spans));
}
