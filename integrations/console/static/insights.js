// Insight: filters that live in the address, and what they lead to.

import { t } from "./boot.js";
import { byId, el } from "./dom.js";
import { expected, get, logInAddress } from "./http.js";
import * as cases from "./insights_cases.js";
import * as chart from "./insights_chart.js";
import { flows } from "./insights_flows.js";
import { articles, gaps, reasons, wishes } from "./insights_lists.js";
import { change, channelName, languageName, number, rate } from "./insights_words.js";
import { keepPassing } from "./kept.js";
import { timeOf } from "./moments.js";
import { learn } from "./vocabulary.js";

const USUAL = "28";
const DATE = /^\d{4}-\d\d-\d\d$/;
const RATES = {
  understanding: { key: "understanding", part: "understood", whole: "messages", text: "of_messages", good: 1 },
  rejection: { key: "rejection", part: "rejected", whole: "messages", text: "of_messages", good: -1, open: { title: "rejected", count: "rejected", what: { measure: "message", name: "rejected" } } },
  self_service: { key: "self_service_rate", part: "self_service", whole: "sessions", text: "of_sessions", good: 1, open: { title: "gave_up", count: "gave_up", what: { measure: "session", fate: "left" } } },
};
let found = null;
let line = "understanding";
let asTable = false;
let asking = 0;
// Without the titles the page still tells everything, in the files' own names.
const named = learn().catch(expected);

function filters() {
  const given = new URLSearchParams(location.search);
  const from = given.get("from");
  const to = given.get("to");
  const dated = DATE.test(from ?? "") && DATE.test(to ?? "");
  const days = ["7", "28", "90"].includes(given.get("days")) ? given.get("days") : USUAL;
  return { days: dated ? null : days, from: dated ? from : null, to: dated ? to : null, language: given.get("language"), channel: given.get("channel") };
}

/** What the gateway is asked: a number of days is counted from its own today. */
function query() {
  const { days, from, to, language, channel } = filters();
  const given = from ? { from, to } : { days };
  return Object.fromEntries(Object.entries({ ...given, language, channel }).filter(([, value]) => value));
}

function go(changed) {
  const next = { ...filters(), ...changed };
  const given = Object.entries(next).filter(([name, value]) => value && !(name === "days" && value === USUAL));
  const address = given.length ? `?${new URLSearchParams(given)}` : location.pathname;
  history.pushState(null, "", address);
  load();
}

async function load() {
  const mine = ++asking;
  keepPassing("insights", location.search);
  showFilters();
  byId("main").setAttribute("aria-busy", "true");
  try {
    const [answer] = await Promise.all([get(`/insights?${new URLSearchParams(query())}`), named]);
    if (mine !== asking) return;
    found = answer;
    byId("problem").hidden = true;
    show();
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) {
      location.assign(logInAddress());
      return;
    }
    if (mine !== asking) return;
    byId("problem").replaceChildren(problem.explained, " ", el("button", { type: "button", text: t("insights.retry"), on: { click: load } }));
    byId("problem").hidden = false;
  }
  byId("main").setAttribute("aria-busy", "false");
}

function showFilters() {
  const chosen = filters();
  for (const button of document.querySelectorAll("[data-days]")) button.setAttribute("aria-pressed", String(button.dataset.days === chosen.days));
  byId("custom").setAttribute("aria-pressed", String(Boolean(chosen.from)));
  if (chosen.from) unfold(true);
  byId("from").value = chosen.from ?? found?.from ?? "";
  byId("to").value = chosen.to ?? found?.to ?? "";
}

function unfold(open) {
  byId("dates").hidden = !open;
  byId("custom").setAttribute("aria-expanded", String(open));
}

function choices(id, values, name, chosen) {
  const [every] = byId(id).options;
  const known = new Set([...values.filter(Boolean), ...(chosen ? [chosen] : [])]);
  byId(id).replaceChildren(every, ...[...known].map((value) => el("option", { value, text: name(value) })));
  byId(id).value = chosen ?? "";
}

function show() {
  choices("language", found.known.languages, languageName, found.language);
  choices("channel", found.known.channels, channelName, found.channel);
  showFilters();
  const there = found.headline.messages > 0 || found.headline.sessions > 0 || found.headline.handoffs > 0 || found.flows.length > 0;
  byId("numbers").hidden = !there;
  byId("empty").hidden = there;
  const ever = found.known.channels.length > 0;
  byId("empty-title").textContent = t(ever ? "insights.empty_filter_title" : "insights.empty_title");
  byId("reset").hidden = !ever;
  byId("empty-text").textContent = t(ever ? "insights.empty_filter" : "insights.empty_first");
  byId("counted").textContent = found.counted_at ? t("insights.as_of", { time: timeOf(found.counted_at) }) : "";
  byId("behind").hidden = found.behind === 0;
  byId("behind").textContent = t("insights.behind", { count: number(found.behind) });
  byId("zone").textContent = t("insights.over_time_what", { zone: found.zone });
  if (!there) return;
  byId("headline").replaceChildren(...Object.entries(RATES).map(([name, what]) => headline(name, what)), handedOver());
  drawLine();
  reasons(byId("reasons"), found.reasons, open);
  wishes(byId("wishes"), found.wishes, open);
  gaps(byId("gaps"), found.gaps, open);
  articles(byId("articles"), found.articles);
  flows(byId("flows"), found.flows, open);
}

function open(name, what) {
  cases.show(name, what, { from: found.from, to: found.to, language: found.language, channel: found.channel });
}

function headline(name, { key, part, whole, text, good, open: opened }) {
  const { headline: now, before } = found;
  const detail = now[whole] ? t(`insights.${text}`, { part: number(now[part]), whole: number(now[whole]) }) : t("insights.nothing_yet");
  return card(name, rate(now[key]), detail, { changed: change(now[key], before[key]), better: Math.sign((now[key] ?? 0) - (before[key] ?? 0)) * good, ...(opened && now[opened.count] > 0 ? opened : {}) });
}

function handedOver() {
  const { headline: now, before } = found;
  // A number says nothing against a period of which only a part is known.
  const compared = found.before_known;
  return card("escalation", number(now.handoffs), t("insights.per_sessions", { whole: number(now.sessions) }),
    { changed: compared ? change(now.handoffs, before.handoffs, { share: false }) : "", better: 0, title: "escalation", what: now.handoffs > 0 ? { measure: "handoff" } : null });
}

function card(name, value, detail, { changed, better, what, title: opened }) {
  const title = t(`insights.${name}`);
  const days = found.series.length;
  const against = changed ? ` ${days === 1 ? t("insights.than_day_before") : t("insights.than_before", { count: days })}` : t("insights.no_before");
  const big = what ? el("button", { type: "button", class: "opens", "aria-label": `${title}: ${value}. ${t("insights.open", { name: t(`insights.${opened}`) })}`, on: { click: () => open(t(`insights.${opened}`), what) } }, value) : value;
  return el("li", { id: `rate-${name}` },
    el("div", { class: "section-head" }, el("h2", { text: title }),
      el("details", { class: "what" }, el("summary", { "aria-label": t("insights.what", { name: title }), text: "i" }), el("p", { text: t(`insights.${name}_what`) }))),
    el("p", { class: "big" }, big),
    el("p", { class: "hint", text: detail }),
    el("p", { class: "hint change" }, changed && el("b", { "data-better": String(better), text: changed }), against));
}

function drawLine() {
  if (!found || byId("numbers").hidden) return;
  chart.draw(byId("chart"), found.series, line, { table: asTable });
}

function showLines() {
  byId("lines").replaceChildren(...Object.keys(chart.LINES).map((name) => el("button", { type: "button", "data-line": name, "aria-pressed": String(name === line), text: t(`insights.${name}`), on: {
    click() {
      line = name;
      for (const button of byId("lines").children) button.setAttribute("aria-pressed", String(button.dataset.line === name));
      drawLine();
    },
  } })));
}

for (const button of document.querySelectorAll("[data-days]")) button.addEventListener("click", () => {
  unfold(false);
  go({ days: button.dataset.days, from: null, to: null });
});
byId("custom").addEventListener("click", () => unfold(byId("dates").hidden));
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ days: null, from: byId("from").value, to: byId("to").value });
});
for (const id of ["language", "channel"]) byId(id).addEventListener("change", () => go({ [id]: byId(id).value }));
byId("reset").addEventListener("click", () => go({ days: null, from: null, to: null, language: null, channel: null }));
byId("as-table").addEventListener("click", () => {
  asTable = !asTable;
  byId("as-table").setAttribute("aria-pressed", String(asTable));
  byId("as-table").textContent = t(asTable ? "insights.as_chart" : "insights.as_table");
  drawLine();
});
// One explanation at a time, and none that stays in the way.
document.addEventListener("click", (event) => {
  for (const each of document.querySelectorAll("details.what[open]")) if (!each.contains(event.target)) each.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const each of document.querySelectorAll("details.what[open]")) each.open = false;
});
addEventListener("popstate", load);
cases.start();
showLines();
chart.whenResized(drawLine);
load();
