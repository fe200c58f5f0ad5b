// What was proposed: by whom, when, how far it got; what no published model knows can be withdrawn.

import { t, word } from "./boot.js";
import { announce, arrange, byId, el } from "./dom.js";
import { expected, get, post } from "./http.js";
import { exactly, whenOf } from "./moments.js";
import { pieces, toUnits } from "./review-spans.js";
import { entityTitle, explained, intentTitle, vocabulary } from "./review-words.js";

const list = byId("queue");
const rows = new Map();
let wanted = "queued";
let latest = [];
let next = null;
let listeners = {};

/** `open(id)` a group, `changed()` after one was withdrawn, `over()`. */
export function start(given) {
  listeners = given;
  byId("queue-choice").addEventListener("change", ({ target }) => {
    wanted = target.value;
    refresh();
  });
}

/** Look again. */
export async function refresh() {
  const asked = wanted;
  try {
    const answer = await get(`/review/proposals?${new URLSearchParams({ state: asked })}`);
    if (asked !== wanted) return;
    latest = answer.proposals;
    next = answer.next;
    byId("views").querySelector("[data-number=queue]").textContent = answer.counts.queued ?? 0;
    for (const option of byId("queue-choice").options) option.textContent = `${t(`review.queue.${option.value}`)} (${answer.counts[option.value] ?? 0})`;
    render();
  } catch (problem) {
    refused(problem);
  }
}

async function more() {
  try {
    const answer = await get(`/review/proposals?${new URLSearchParams({ state: wanted, after: next })}`);
    latest.push(...answer.proposals);
    next = answer.next;
    render();
  } catch (problem) {
    refused(problem);
  }
}

function refused(problem) {
  expected(problem);
  if (problem.status === 401) listeners.over();
  else if (!byId("queue").hidden) {
    list.querySelectorAll(":scope > .alert").forEach((node) => node.remove());
    list.prepend(el("div", { class: "alert bad", role: "alert" }, el("p", { text: explained(problem) })));
  }
}

function render() {
  let place = list.querySelector("ul");
  if (!place) {
    place = el("ul");
    rows.clear();
  }
  list.replaceChildren(place);
  arrange(place, rows, latest, { key: ({ id }) => id, make: () => el("li", { class: "proposal" }), fill });
  if (latest.length === 0) list.append(el("p", { class: "empty", text: t("review.queue.empty") }));
  if (next) list.append(el("button", { class: "more", type: "button", text: t("review.queue.more"), on: { click: more } }));
}

function fill(node, proposal) {
  const text = proposal.text ?? "";
  const said = el("p", { class: "text", dir: "auto" });
  for (const { text: part, span } of pieces(text, toUnits(text, proposal.entities ?? []))) {
    said.append(span ? el("mark", { class: "entity", title: entityTitle(span.entity), text: part }) : part);
  }
  const at = { queued: proposal.created_at, pulled: proposal.pulled_at, published: proposal.published_at }[proposal.state] ?? proposal.created_at;
  node.replaceChildren(
    el("p", { class: "becomes" }, el("b", { text: becomes(proposal) }), proposal.language ? el("span", { text: word("speaks", proposal.language) }) : ""),
    text ? said : "",
    el("p", { class: "queue-acts" },
      el("time", { datetime: at, title: exactly(at), text: t("review.queue.by", { author: proposal.author, time: whenOf(at) }) }),
      proposal.group ? el("button", { type: "button", class: "plain", text: t("review.queue.open_group"), on: { click: () => listeners.open(proposal.group) } }) : "",
      ["queued", "pulled"].includes(proposal.state) ? el("button", { type: "button", text: t("review.queue.withdraw"), "aria-label": t("review.queue.withdraw_this", { text: text.slice(0, 60) }), on: { click: (event) => withdraw(proposal, event.target) } }) : ""),
  );
}

function becomes({ kind, intent, article }) {
  if (kind === "intent") return intentTitle(intent);
  if (kind !== "article_question") return t(`review.kind.${kind}`);
  const title = vocabulary.articles.find(({ slug }) => slug === article)?.title ?? article;
  return `${t("review.kind.article_question")}: ${title ?? t("review.queue.none_yet")}`;
}

async function withdraw(proposal, button) {
  button.disabled = true;
  try {
    await post(`/review/proposals/${encodeURIComponent(proposal.id)}/withdraw`);
    announce(t(proposal.state === "pulled" ? "review.queue.withdrawn_pulled" : "review.queue.withdrawn_now"));
    await refresh();
    byId("queue-choice").focus();
    listeners.changed();
  } catch (problem) {
    button.disabled = false;
    await refresh();
    refused(problem);
  }
}
