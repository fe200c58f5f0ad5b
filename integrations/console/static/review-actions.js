// What settles a group: accept examples, an article's question, out of scope, not useful; split it;
// take back what was just done.

import { t, word } from "./boot.js";
import { announce, byId, el } from "./dom.js";
import { expected, post } from "./http.js";
import { timeOf } from "./moments.js";
import * as group from "./review-group.js";
import { explained, intentTitle, several, vocabulary } from "./review-words.js";
import * as state from "./review-work.js";

const { work } = state;
// As the gateway takes them; nobody should teach the bot an essay.
const LONGEST = 2_000;
let last = null;
let busy = false;
let listeners = {};

/** `changed()` after the gateway knows more, `over()`, `open(id)`, `following(id)` the next group. */
export function start(given) {
  listeners = given;
  state.onChange(draw);
  byId("accept").addEventListener("click", accept);
  byId("out-of-scope").addEventListener("click", outOfScope);
  byId("not-useful").addEventListener("click", notUseful);
  byId("article").addEventListener("click", askArticle);
  byId("split").addEventListener("click", split);
  byId("whole").addEventListener("change", ({ target }) => {
    work.whole = target.checked;
    state.changed();
  });
  byId("article-cancel").addEventListener("click", () => byId("ask-article").close());
  byId("article-form").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("ask-article").close();
    settle("article_question", { article: byId("which-article").value || null });
  });
}

export const accept = () => settle("intent", { intent: work.intent });
export const outOfScope = () => settle("out_of_scope");
export const notUseful = () => settle("not_useful");

/** Which article's question it is: those in the group's language, or none yet. */
export function askArticle() {
  if (!ready() || refuse(lacking("article_question"))) return;
  const spoken = state.chosen()[0].language ?? work.group.language;
  const box = byId("which-article");
  const there = vocabulary.articles.filter(({ language }) => language === spoken);
  box.replaceChildren(box.firstElementChild, ...there.map(({ slug, title }) => el("option", { value: slug, text: title })));
  box.value = "";
  byId("ask-article").showModal();
}

/** Put the chosen messages into a group of their own. */
export async function split() {
  if (!ready(false)) return;
  const chosen = [...work.selected];
  const unseen = work.next ? 1 : 0;
  if (chosen.length === 0 || chosen.length >= work.messages.length + unseen) {
    group.notice(t("review.split.choose"), "info");
    return;
  }
  const sent = work.group;
  await doing(async () => {
    // Equal texts go along, so there may be more than were chosen.
    const answer = await post(`/review/groups/${encodeURIComponent(sent.id)}/split`, { version: sent.version, messages: chosen });
    work.selected = new Set();
    await group.load();
    const open = el("button", { type: "button", text: t("review.split.open"), on: { click: () => listeners.open(answer.new_group.id) } });
    const done = several("review.split.done", answer.new_group.size);
    group.notice(done, "info", open);
    open.focus();
    announce(done);
    listeners.changed();
  });
}

/** Take back what was accepted last. */
export async function undo() {
  if (busy) return;
  if (!last) {
    announce(t("review.did.nothing_to_undo"));
    return;
  }
  const { proposals, of, begun } = last;
  await doing(async () => {
    for (const id of proposals) await post(`/review/proposals/${encodeURIComponent(id)}/withdraw`);
    last = null;
    if (String(work.group?.id) !== String(of)) await listeners.open(of);
    else await group.load();
    state.restore(begun);
    state.changed();
    group.notice(t("review.did.undone"), "info");
    announce(t("review.did.undone"));
    byId("main").focus({ preventScroll: true });
    listeners.changed();
  });
}

async function settle(kind, more = {}) {
  if (!ready() || refuse(lacking(kind))) return;
  const sent = work.group;
  const begun = state.snapshot();
  const examples = kind === "not_useful" ? [] : state.chosen().map(state.example);
  const body = { group: sent.id, version: sent.version, kind, ...more, examples };
  if (!work.whole) body.messages = [...work.selected];
  // What came in meanwhile was seen by nobody: it stays open.
  else if (!work.next) body.messages = state.openMessages().map(({ id }) => id);
  const said = t(`review.did.${kind}`, { title: intentTitle(work.intent) });
  const following = listeners.following(sent.id);
  await doing(async () => {
    const { proposals } = await post("/review/proposals", body);
    last = { proposals, of: sent.id, begun };
    state.finish();
    await group.load({ silent: true });
    tellDone(said, following);
    listeners.changed();
  });
}

function tellDone(said, following) {
  const back = el("button", { type: "button", id: "undo", "aria-keyshortcuts": "u", text: t("review.did.undo"), on: { click: undo } });
  const on = following === null ? null : el("button", { type: "button", class: "primary", id: "next-group", text: t("review.did.next"), on: { click: () => listeners.open(following) } });
  group.notice(said, "good", back, on ?? "");
  (on ?? back).focus();
  announce(said);
}

/** Whether there is something to act upon and nothing on its way. */
function ready(deciding = true) {
  return Boolean(work.group) && !busy && !(deciding && byId("deciding").hidden);
}

/** What is missing before it can be settled like this: a text's key, "" when nothing is. */
function lacking(kind) {
  const none = work.selected.size === 0;
  if (kind === "not_useful") {
    if (none && !work.whole) return "choose_message";
  } else if (kind === "intent" && !work.intent) return "choose_intent";
  else if (none) return "choose_example";
  const texts = kind === "not_useful" ? [] : state.chosen().map((message) => state.example(message).text);
  if (texts.some((text) => !text)) return "empty";
  return texts.some((text) => [...text].length > LONGEST) ? "too_long" : "";
}

function refuse(lack) {
  if (!lack) return false;
  const text = t(`review.accept.${lack}`);
  byId("accept-hint").textContent = text;
  announce(text);
  if (lack === "choose_intent") (byId("choices").querySelector("button") ?? byId("intent")).focus();
  return true;
}

async function doing(what) {
  busy = true;
  for (const button of byId("decide").querySelectorAll(".verdict button")) button.setAttribute("aria-disabled", "true");
  try {
    await what();
  } catch (problem) {
    expected(problem);
    await failed(problem);
  } finally {
    busy = false;
    for (const button of byId("decide").querySelectorAll(".verdict button")) button.removeAttribute("aria-disabled");
  }
}

async function failed(problem) {
  if (problem.status === 401) {
    listeners.over();
    return;
  }
  if (problem.code === "stale") {
    await group.load();
    listeners.changed();
    const { by, at } = problem.told;
    group.notice(by && at ? t("review.stale.by", { by, time: timeOf(at) }) : t("review.stale.moved"), "bad");
    return;
  }
  group.notice(`${problem.code === "personal_data" ? personal(problem) : explained(problem)} ${t("review.problem.kept")}`, "bad");
}

function personal({ told }) {
  const kinds = new Set((told.where ?? []).map(({ kind }) => word("review.kinds_of_data", kind)));
  return t("review.personal", { kinds: [...kinds].join(", ") });
}

function draw() {
  if (!work.group) return;
  const chosen = work.selected.size;
  const open = state.openCount();
  byId("whole").checked = work.whole;
  byId("whole").closest("label").hidden = open < 2 || chosen >= open;
  byId("whole-text").textContent = several("review.whole", open - chosen);
  byId("accept").textContent = chosen === 0 ? t("review.accept.do") : several("review.accept.many", chosen);
  byId("accept-hint").textContent = "";
}
