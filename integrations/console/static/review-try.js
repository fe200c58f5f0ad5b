// Would this change anything? Which phrases an example fixes and which it breaks, by name.

import { language as own, t } from "./boot.js";
import { announce, byId, el } from "./dom.js";
import { expected, post } from "./http.js";
import { explained, intentTitle } from "./review-words.js";
import * as state from "./review-work.js";

const { work } = state;
const SHOWN = 12;
const numbers = new Intl.NumberFormat(own);
// The first trial after an edit loads what it stands on; the gateway waits 60 s for it.
const TIMEOUT_MS = 65_000;
let tried = null;
let running = 0;
let over = () => {};

export function start(given) {
  over = given.over;
  byId("try").addEventListener("click", run);
  state.onChange(() => {
    if (!work.group || tried?.group !== work.group.id) forget();
    else if (tried.what !== asked()?.what) outdated();
  });
}

/** Ask, with the example that is being written and the intent that is chosen. */
export async function run() {
  if (!work.group || byId("deciding").hidden) return;
  const question = asked();
  byId("try").closest("section").scrollIntoView({ block: "start" });
  if (!question) {
    show(el("p", { class: "hint", text: t("review.try.choose_first") }));
    return;
  }
  const mine = (running += 1);
  tried = question;
  byId("try").setAttribute("aria-disabled", "true");
  show(el("p", { class: "hint running", text: t("review.try.running") }));
  try {
    const { what: _, ...body } = question;
    const answer = await post("/review/try", body, TIMEOUT_MS);
    if (mine === running) tell(question, answer);
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) over();
    if (mine === running) refuse(problem);
  } finally {
    if (mine === running) byId("try").removeAttribute("aria-disabled");
  }
}

function asked() {
  const message = state.active();
  if (!message || !work.intent) return null;
  const { text } = state.example(message);
  if (!text) return null;
  const question = { text, language: message.language ?? work.group.language, intent: work.intent, group: work.group.id };
  return { ...question, what: JSON.stringify(question) };
}

function forget() {
  running += 1;
  tried = null;
  byId("try").removeAttribute("aria-disabled");
  byId("outcome").replaceChildren();
}

function outdated() {
  const place = byId("outcome");
  if (place.querySelector(".outdated") || place.querySelector(".running")) return;
  place.prepend(el("p", { class: "outdated", text: t("review.try.outdated") }));
}

function refuse(problem) {
  const away = problem.code === "workbench_away";
  const lacks = ["workbench_not_ready", "not_usable"].includes(problem.code);
  const said = away ? t("review.try.away") : lacks ? t("review.try.lacks", { why: problem.told.message }) : explained(problem);
  const again = el("button", { type: "button", text: t("error.retry"), on: { click: run } });
  show(el("div", { class: `alert ${away ? "info" : "bad"}` }, el("p", { text: said }), again));
}

function tell(question, { seconds, model, readings = [], fixes = [], breaks = [], compared = 0 }) {
  const reading = readings[0];
  // What becomes of the message itself is said first, once.
  const others = (all) => all.filter(({ text, source }) => source !== "review" || text !== question.text);
  const [better, worse] = [others(fixes), others(breaks)];
  const took = t("review.try.took", { seconds: numbers.format(Math.round(seconds * 10) / 10), count: numbers.format(compared), model: String(model ?? "?").slice(0, 12) });
  show(
    el("p", { class: "of", dir: "auto" }, t("review.try.of", { text: shorten(question.text), title: intentTitle(question.intent) })),
    reading ? itself(reading, question.intent) : "",
    better.length + worse.length === 0 ? el("p", { class: "unchanged", text: t("review.try.nothing", { count: numbers.format(compared) }) }) : "",
    worse.length > 0 ? changes("breaks", worse) : "",
    better.length > 0 ? changes("fixes", better) : "",
    el("p", { class: "hint", text: took }),
  );
  announce([...byId("outcome").querySelectorAll("h4, .itself, .unchanged")].map((node) => node.textContent).join(" "));
}

function itself({ now, then }, wanted) {
  const key = then.intent !== wanted ? "still" : now.intent === wanted ? "already" : "right";
  return el("p", { class: `itself ${key}`, text: t(`review.try.${key}`, { title: intentTitle(then.intent) }) });
}

function changes(kind, all) {
  const rest = all.length - SHOWN;
  return el("div", { class: `changes ${kind}` },
    el("h4", { text: t(`review.try.${kind}`, { count: all.length }) }),
    el("ul", {}, all.slice(0, SHOWN).map(change)),
    rest > 0 ? el("p", { class: "hint", text: t("review.try.more", { count: rest }) }) : "");
}

function change({ text, language, expected: wanted, was, now, source }) {
  return el("li", {},
    el("p", { class: "text", dir: "auto", lang: language, text }),
    el("p", { class: "way" },
      el("span", { class: "was", text: `${t("review.try.was")} ${intentTitle(was)}` }), " → ",
      el("span", { class: "now", text: `${t("review.try.now")} ${intentTitle(now)}` })),
    el("p", { class: "hint", text: `${t("review.try.expected")} ${intentTitle(wanted)} · ${t(`review.source.${source}`)}` }));
}

function shorten(text) {
  const all = [...text];
  return all.length > 60 ? `${all.slice(0, 60).join("")}…` : text;
}

function show(...nodes) {
  byId("outcome").replaceChildren(...nodes.filter(Boolean));
  // The answer is longer than the question: as much of it as there is room for.
  if (tried) byId("try").closest("section").scrollIntoView({ block: "start" });
}
