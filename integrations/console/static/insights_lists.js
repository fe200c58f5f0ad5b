// Reasons, wishes and gaps: what there is most of, and the way to the conversations behind it.

import { t } from "./boot.js";
import { el } from "./dom.js";
import { articleName, articleTitle, decimal, intentName, number, ruleName } from "./insights_words.js";
import { exactly, whenOf } from "./moments.js";

/** A button that opens the conversations behind a number. */
export function opens(name, what, open, ...children) {
  return el("button", { type: "button", class: "opens", title: t("insights.open", { name }), on: { click: () => open(name, what) } }, ...children);
}

/** Why a person was needed, as bars. */
export function reasons(node, rows, open) {
  bars(node, "insights.reasons_empty", rows.map((row) => ({
    name: ruleName(row.rule, row.title),
    count: row.count,
    note: [t("insights.was", { count: number(row.before) }), row.rated > 0 && t("insights.rated", { rating: decimal(row.rating), count: number(row.rated) })].filter(Boolean).join(" · "),
    what: { measure: "handoff", name: row.rule },
  })), open);
}

/** What agents say that customers wanted, as bars. */
export function wishes(node, rows, open) {
  bars(node, "insights.wishes_empty", rows.map((row) => ({
    name: row.intent ? intentName(row.intent) : t("insights.own_words"),
    code: row.intent,
    count: row.count,
    what: { measure: "wanted", name: row.intent ?? "" },
  })), open);
}

function bars(node, empty, rows, open) {
  if (rows.length === 0) {
    node.replaceChildren(el("p", { class: "muted", text: t(empty) }));
    return;
  }
  const most = Math.max(...rows.map((row) => row.count));
  node.replaceChildren(el("ul", { class: "bars" }, rows.map((row) => {
    const full = el("span", { class: "full" });
    full.style.setProperty("--share", row.count / most);
    return el("li", {}, opens(row.name, row.what, open,
      el("span", { class: "named", title: row.code, text: row.name }),
      el("span", { class: "count", text: number(row.count) }),
      el("span", { class: "bar-of", "aria-hidden": "true" }, full),
      row.note && el("span", { class: "hint", text: row.note })));
  })));
}

/** What no article answered, or not well. */
export function gaps(node, rows, open) {
  if (rows.length === 0) {
    node.replaceChildren(el("p", { class: "muted", text: t("insights.gaps_empty") }));
    return;
  }
  const heads = ["question", "nearest", "unanswered", "chosen", "not_helped", "last"];
  const cell = (row, fate) => el("td", { class: "number", "data-head": t(`insights.${fate}`) }, row[fate] > 0
    ? opens([intentName(row.intent), row.article && articleName(row.article), t(`insights.${fate}`)].filter(Boolean).join(" · "), { measure: "gap", name: row.intent, detail: row.article ?? "", fate }, open, number(row[fate]))
    : el("span", { class: "muted", text: "0" }));
  node.replaceChildren(el("table", { class: "gaps" },
    el("thead", {}, el("tr", {}, heads.map((head, at) => el("th", { scope: "col", class: at > 1 && at < 5 ? "number" : null, text: t(`insights.${head}`) })))),
    el("tbody", {}, rows.map((row) => el("tr", {},
      el("th", { scope: "row", title: row.intent, text: intentName(row.intent) }),
      el("td", { class: row.article ? null : "muted", "data-head": t("insights.nearest") }, row.article ? articleTitle(row.article) : t("insights.no_article")),
      cell(row, "unanswered"), cell(row, "chosen"), cell(row, "not_helped"),
      el("td", { class: "muted", "data-head": t("insights.last"), text: row.last_at ? whenOf(row.last_at) : "–", title: row.last_at ? exactly(row.last_at) : null }))))));
}

/** How often each article answered, and how often that didn't help. */
export function articles(node, rows) {
  node.hidden = rows.length === 0;
  node.replaceChildren(el("summary", { text: t("insights.articles") }), el("table", {},
    el("thead", {}, el("tr", {}, ["article", "given", "not_helped"].map((head, at) => el("th", { scope: "col", class: at ? "number" : null, text: t(`insights.${head}`) })))),
    el("tbody", {}, rows.map((row) => el("tr", {}, el("th", { scope: "row" }, articleTitle(row.article)),
      el("td", { class: "number", text: number(row.given) }), el("td", { class: "number", text: number(row.not_helped) }))))));
}
