// The open group: its head, its messages, which of them are chosen, how it ended.

import { t, word } from "./boot.js";
import { announce, arrange, byId, el } from "./dom.js";
import { expected, get } from "./http.js";
import * as message from "./review-message.js";
import { languagesOf, most, sizeOf, trend } from "./review-row.js";
import { varied } from "./review-varied.js";
import { explained } from "./review-words.js";
import * as state from "./review-work.js";

const { work } = state;
const VARIED = 5;
const rows = new Map();
let wanted = null;
let pages = 1;
let over = () => {};

export function start(given) {
  over = given.over;
  state.onChange(draw);
  byId("pick-varied").addEventListener("click", pickVaried);
  byId("pick-all").addEventListener("click", () => state.choose(state.openMessages().map(({ id }) => id)));
  byId("pick-none").addEventListener("click", () => state.choose([]));
  byId("more-messages").addEventListener("click", async () => {
    pages += 1;
    byId("more-messages").disabled = true;
    await load();
    byId("more-messages").disabled = false;
  });
  byId("nothing-retry").addEventListener("click", () => load());
}

/** Show a group, or none. */
export async function open(id) {
  wanted = id;
  pages = 1;
  rows.clear();
  byId("messages").replaceChildren();
  byId("notices").replaceChildren();
  byId("group").hidden = true;
  byId("nothing").hidden = Boolean(id);
  byId("nothing").classList.toggle("choose", !id);
  say(t("review.none_title"), t("review.none"));
  state.leave();
  if (id) await load();
}

/** Look again at the group that is open; what was chosen stays. True when it could be seen. */
export async function load({ silent = false } = {}) {
  const asked = wanted;
  if (!asked) return false;
  try {
    const seen = await read(asked);
    if (asked !== wanted) return false;
    state.take(seen);
    state.changed();
    byId("nothing").hidden = true;
    byId("group").hidden = false;
    return true;
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) over();
    else if (asked === wanted && !silent) fail(problem);
    return false;
  }
}

/** Choose five that differ. */
export function pickVaried() {
  if (!work.group) return;
  const found = varied(state.openMessages(), VARIED);
  state.choose(found.map(({ id }) => id));
  announce(t("review.pick.count", { count: found.length, total: state.openMessages().length }));
}

/** Something to be read above the messages, with what to do about it. */
export function notice(text, kind, ...acts) {
  const close = el("button", { class: "plain", type: "button", text: t("app.close") });
  const box = el("div", { class: `alert ${kind}`, role: kind === "bad" ? "alert" : "status" }, el("p", { class: "said-to", text }), ...acts, close);
  close.addEventListener("click", () => {
    box.remove();
    byId("main").focus({ preventScroll: true });
  });
  byId("notices").replaceChildren(box);
  return box;
}

async function read(id) {
  const address = `/review/groups/${encodeURIComponent(id)}`;
  let answer = await get(address);
  const { group } = answer;
  const messages = [...answer.messages];
  for (let page = 1; page < pages && answer.next; page += 1) {
    answer = await get(`${address}?after=${encodeURIComponent(answer.next)}`);
    messages.push(...answer.messages);
  }
  return { group, messages, next: answer.next };
}

function fail(problem) {
  const missing = problem.status === 404 || problem.status === 422;
  if (work.group && !missing) {
    notice(explained(problem), "bad", el("button", { type: "button", text: t("error.retry"), on: { click: () => load() } }));
    return;
  }
  byId("group").hidden = true;
  byId("nothing").hidden = false;
  say(t("error.title"), missing ? t("review.missing") : explained(problem), !missing);
}

function say(title, text, again = false) {
  byId("nothing-title").textContent = title;
  byId("nothing-text").textContent = text;
  byId("nothing-act").hidden = !again;
}

function draw() {
  const { group } = work;
  if (!group) return;
  byId("group-title").textContent = group.title;
  byId("group-marks").replaceChildren(
    el("span", { class: "owner", text: sizeOf(group) }),
    trend(group.trend),
    ...languagesOf(group).map((language) => el("span", { text: word("speaks", language) })),
    el("span", { class: "channels", text: counts("channel", group.channels) }),
    el("span", { text: counts("review.next", group.next) }),
  );
  const mixed = languagesOf(group).length > 1;
  const items = work.messages.map((each) => ({ ...each, mixed, chosen: work.selected.has(each.id) }));
  arrange(byId("messages"), rows, items, { key: ({ id }) => id, make: message.newMessage, fill: (node, item) => message.fill(node, item, { pick: state.toggle }) });
  byId("more-messages").hidden = !work.next;
  const open = state.openMessages().length;
  const chosen = work.selected.size;
  byId("picking").hidden = open === 0;
  byId("picked").textContent = t("review.pick.count", { count: chosen, total: open });
  byId("pick-varied").hidden = open <= VARIED;
  byId("pick-all").hidden = open < 2 || chosen === open;
  byId("pick-none").hidden = chosen === 0;
  byId("split").hidden = work.messages.length < 2;
  byId("split").textContent = chosen ? t("review.split.count", { count: chosen }) : t("review.split.do");
  byId("deciding").hidden = open === 0;
  byId("to-decide").hidden = open === 0;
  byId("closed").hidden = open > 0;
  byId("closed").textContent = t(group.state === "done" ? "review.closed.done" : "review.closed.all_settled");
}

/** "Telegram 5, WhatsApp 2". */
function counts(names, given) {
  return most(given).map(([name, count]) => `${word(names, name)} ${count}`).join(", ");
}
