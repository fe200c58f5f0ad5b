// The conversations behind a number, in a window of their own.

import { t, word } from "./boot.js";
import { byId, el } from "./dom.js";
import { expected, get, logInAddress } from "./http.js";
import { channelName, intentName, rate } from "./insights_words.js";
import { exactly, whenOf } from "./moments.js";

let asked = null;

/** Listen to the window; once a page. */
export function start() {
  byId("cases-more").addEventListener("click", more);
  byId("cases").addEventListener("click", (event) => {
    if (event.target === byId("cases")) byId("cases").close();
  });
}

/** Show the conversations of `what` (measure, name, detail, fate) with the page's filters. */
export function show(title, what, filters) {
  asked = { query: { ...filters, ...what }, after: null };
  byId("cases-title").textContent = title;
  byId("cases-list").replaceChildren();
  byId("cases").showModal();
  more();
}

async function more() {
  const mine = asked;
  const given = Object.entries({ ...mine.query, after: mine.after }).filter(([, value]) => value !== null && value !== undefined);
  byId("cases-more").hidden = true;
  note(t("insights.loading"));
  try {
    const { cases, next } = await get(`/insights/cases?${new URLSearchParams(given)}`);
    if (mine !== asked) return;
    byId("cases-list").append(...cases.map(row));
    mine.after = next;
    byId("cases-more").hidden = !next;
    note(byId("cases-list").childElementCount ? "" : t("insights.cases_empty"));
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) location.assign(logInAddress());
    else note(problem.explained);
  }
  byId("cases-list").setAttribute("aria-busy", "false");
}

function row(given) {
  const said = given.excerpt?.text ? redacted(given.excerpt) : el("p", { class: "muted", text: t(given.excerpt === null && given.message ? "insights.cases_gone" : "insights.file") });
  const facts = [channelName(given.channel), word("speaks", given.language), given.intent && `${intentName(given.intent)}, ${rate(given.confidence)}`].filter(Boolean);
  return el("li", {}, el("a", { href: `/console/insights/c/${given.conversation}#${given.message ?? ""}` },
    said, el("span", { class: "hint" }, el("time", { datetime: given.at, title: exactly(given.at), text: whenOf(given.at) }), ` · ${facts.join(" · ")}`)));
}

/** Somebody's words, what stands in for personal data marked. Offsets count code points. */
export function redacted({ text, spans }) {
  const letters = Array.from(text);
  const node = el("p", { class: "said", dir: "auto" });
  let from = 0;
  for (const { start, end, kind } of spans) {
    node.append(letters.slice(from, start).join(""), el("mark", { title: word("insights_kind", kind), text: letters.slice(start, end).join("") }));
    from = end;
  }
  node.append(letters.slice(from).join(""));
  return node;
}

function note(text) {
  byId("cases-note").textContent = text;
  byId("cases-note").hidden = !text;
}
