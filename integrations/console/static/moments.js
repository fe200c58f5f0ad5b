// Times as people say them, in the reader's language and time zone.

import { language, t } from "./boot.js";

// English as customers of an Italian company read it: day before month, 24 hours.
const locale = { it: "it-IT", en: "en-GB" }[language] ?? language;

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const yearDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

/** 14:05 */
export function timeOf(iso) {
  return clock.format(new Date(iso));
}

/** Today 14:05, 3 Nov 14:05, 3 Nov 2025 */
export function whenOf(iso) {
  const at = new Date(iso);
  const days = daysAgo(at);
  if (days === 0) return clock.format(at);
  if (Math.abs(days) < 300) return `${shortDay.format(at)}, ${clock.format(at)}`;
  return yearDay.format(at);
}

/** A date without a time. */
export function dateOf(iso) {
  // A bare date is a day, not midnight in Greenwich.
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T12:00:00` : iso);
  return Math.abs(daysAgo(at)) < 300 ? shortDay.format(at) : yearDay.format(at);
}

/** Today, yesterday, or the day's name. */
export function dayOf(iso) {
  const at = new Date(iso);
  const days = daysAgo(at);
  if (days === 0) return t("conversation.today");
  if (days === 1) return t("conversation.yesterday");
  return days < 300 ? day.format(at) : yearDay.format(at);
}

/** Everything, with the zone: for whoever needs it exactly. */
export function exactly(iso) {
  return full.format(new Date(iso));
}

/** 4 min, 3 h, 2 d */
export function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes < 1) return t("time.now");
  if (minutes < 60) return t("time.minutes", { count: minutes });
  if (minutes < 6 * 60 && minutes % 60) return t("time.hours_minutes", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  if (minutes < 48 * 60) return t("time.hours", { count: Math.floor(minutes / 60) });
  return t("time.days", { count: Math.floor(minutes / 1440) });
}

/** Seconds since then; negative if it is to come. */
export function since(iso) {
  return (Date.now() - Date.parse(iso)) / 1000;
}

/** How many calendar days ago. */
function daysAgo(at) {
  const start = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((start(new Date()) - start(at)) / 86_400_000);
}

/** 0.93 as the reader writes it. */
export function share(value) {
  return percent.format(value ?? 0);
}

/** An amount with its currency. */
export function money(value, currency = "EUR") {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
}
