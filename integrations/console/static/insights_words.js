// Numbers and names as the reader writes them.

import { language, mine, t, word } from "./boot.js";
import { el } from "./dom.js";
import { articleOf, capital, titleOfIntent } from "./vocabulary.js";

const locale = { it: "it-IT", en: "en-GB" }[language] ?? language;
const whole = new Intl.NumberFormat(locale, { useGrouping: "always" });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const number = (value) => whole.format(value);
export const rate = (value) => (value === null || value === undefined ? "–" : percent.format(value));
export const decimal = (value) => points.format(value);

/** 3 Nov, of 2026-11-03; a day has no time zone any more. */
export const dayName = (name) => day.format(new Date(`${name}T00:00:00Z`));
export const longDayName = (name) => longDay.format(new Date(`${name}T00:00:00Z`));

/** A flow in words: the form's, or the wish that it is filled in for. */
export function flowName(flow) {
  const [form, wish] = flow.split("/");
  return wish ? intentName(wish) : word("insights_flow", form);
}

export const stepName = (step) => word("insights_step", step || "none");
export const intentName = (intent) => (intent ? titleOfIntent(intent) : "–");
export const channelName = (channel) => word("channel", channel);
export const languageName = (code) => capital(word("speaks", code));
export const articleName = (slug) => (slug ? articleOf(slug).title : t("insights.no_article"));
export const signalName = (signal) => word("insights_signal", signal);
export const ruleName = (rule, title) => mine(title) || word("insights_rule", rule) || t("insights.no_rule");

/** An article's title, read out in its own language, with the name of its file below. */
export function articleTitle(slug) {
  const { title, language: its } = articleOf(slug);
  return [el("span", { class: "title-of", lang: its, dir: "auto", text: title }), title !== slug && el("code", { class: "slug", text: slug })];
}

/** The change of a share, in points, or of a number; "" where there is nothing to compare. */
export function change(now, before, { share = true } = {}) {
  if (now === null || before === null || now === undefined || before === undefined) return "";
  const difference = share ? Math.round((now - before) * 1000) / 10 : now - before;
  if (difference === 0) return t("insights.unchanged");
  const direction = difference > 0 ? "up" : "down";
  const count = (share ? decimal : number)(Math.abs(difference));
  return t(share ? `insights.points_${direction}` : `insights.count_${direction}`, { count });
}
