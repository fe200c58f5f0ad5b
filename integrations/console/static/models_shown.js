// How a model, the trial and a change look.

import { language, t, word } from "./boot.js";
import { el } from "./dom.js";
import { exactly, share, since, span, whenOf } from "./moments.js";

const number = new Intl.NumberFormat({ it: "it-IT", en: "en-GB" }[language] ?? language);
const tenth = new Intl.NumberFormat({ it: "it-IT", en: "en-GB" }[language] ?? language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** A model's short name: its file's, without the ending. */
export function nameOf(found, sha) {
  const model = found.models.find((each) => each.sha === sha);
  return model ? plain(model) : sha;
}

function plain(model) {
  if (!model.name) return t("models.unnamed", { sha: model.sha.slice(0, 8) });
  return model.name.replace(/\.tar\.gz$/, "");
}

/** One model with its figures and what is known of it. */
export function card(node, model) {
  node.dataset.state = model.state;
  node.replaceChildren(
    el("h3", {}, el("span", { text: plain(model), dir: "auto" }), el("span", { class: `state ${model.state}`, text: word("models.state", model.state) })),
    el("p", { class: "origin" }, ...origin(model)),
    model.served.conversations ? figures(model.served) : el("p", { class: "muted", text: t("models.no_figures") }),
    details(model),
  );
}

function origin(model) {
  const [kind, at] = model.answered_at ? ["answered", model.answered_at] : model.published_at ? ["published", model.published_at] : model.trained_at ? ["trained", model.trained_at] : ["recorded", model.recorded_at];
  return [
    el("time", { datetime: at, title: exactly(at), text: t(`models.${kind}`, { when: whenOf(at) }) }),
    model.author ? el("span", { text: t("models.by", { author: model.author }), dir: "auto" }) : "",
    model.revision ? el("span", { text: t("models.revision", { revision: model.revision }) }) : "",
    el("code", { text: model.sha }),
  ];
}

function figures(served) {
  const figure = (name, value, hint) => el("div", { title: hint }, el("dt", { text: t(`models.${name}`) }), el("dd", { text: value }));
  return el("dl", { class: "figures" },
    figure("turns", number.format(served.turns)),
    figure("conversations", number.format(served.conversations)),
    figure("rejection", percent(served.rejection), t("models.rejection_hint")),
    figure("escalation", percent(served.escalation), t("models.escalation_hint")),
    figure("satisfaction", percent(served.satisfaction), t("models.satisfaction_hint", { count: served.ratings })));
}

function percent(value) {
  return value === null || value === undefined ? "–" : share(value);
}

function details(model) {
  const sets = Object.entries(model.report?.sets ?? {}).filter(([, tally]) => tally.messages);
  const guard = model.guard;
  if (!sets.length && !guard) return "";
  return el("details", {},
    el("summary", { text: t("models.report") }),
    el("ul", {}, ...sets.map(([name, tally]) => el("li", { text: t("models.accuracy", { set: setName(name), share: `${tenth.format(tally.accuracy * 100)}%`, count: number.format(tally.messages) }) }))),
    guard ? el("p", { text: `${t("models.guard")}: ${t("models.guard_ok", { better: guard.better ?? 0, worse: guard.worse ?? 0 })} ${guard.dialogues ? t("models.guard_dialogues", { count: guard.dialogues }) : ""}` }) : "",
    guard?.balances?.length ? el("ul", { class: "balances" }, ...guard.balances.map((each) => el("li", { text: t("models.net", { name: each.name, net: signed(each.net) }) }))) : "");
}

function setName(name) {
  const [set, tongue] = name.split(".");
  return tongue ? `${word("models.sets", set)}, ${word("speaks", tongue)}` : word("models.sets", set);
}

function signed(value) {
  return `${value > 0 ? "+" : ""}${number.format(value)}`.replace("-", "−");
}

/** The model on trial beside the live one, measure by measure, and what the rule makes of it. */
export function trialBody(found) {
  const { trial, routing, rule } = found;
  const names = { model: nameOf(found, routing.canary.model), live: nameOf(found, routing.live) };
  const about = { ...names, share: share(routing.canary.share), time: span(since(routing.canary.since)) };
  const seen = (sha) => {
    const served = trial.served[sha];
    return t("models.trial.seen", { turns: number.format(served.turns), conversations: number.format(served.conversations) });
  };
  const heading = (text, ...more) => el("th", { scope: "col" }, text, ...more);
  return [
    el("p", { text: t("models.trial.intro", about) }),
    el("p", { class: `alert ${trial.reason === "worse" ? "bad" : "info"}`, text: t(`models.decision.${trial.reason}`) }),
    el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-labelledby": "trial-title" }, el("table", {},
      el("thead", {}, el("tr", {},
        heading(t("models.trial.measure")),
        heading(t("models.trial.live"), el("small", { text: seen(routing.live) })),
        heading(t("models.trial.canary"), el("small", { text: seen(routing.canary.model) })),
        heading(t("models.trial.difference")),
        heading(t("models.trial.verdict")))),
      el("tbody", {}, ...trial.differences.map(row)))),
    el("p", { class: "hint", text: t("models.rule", {
      turns: number.format(rule.minimum_turns),
      conversations: number.format(rule.minimum_conversations),
      hours: rule.minimum_hours,
      confidence: rule.confidence_percent,
      longest: rule.longest_hours,
    }) }),
  ];
}

function row(each) {
  // Satisfaction is worse when there is less of it: shown as people read it.
  const fewer = each.measure === "satisfaction";
  const plus = (value) => `${value > 0 ? "+" : ""}${tenth.format(value * 100)}`.replace("-", "−");
  const turned = (value) => (fewer ? -value : value) || 0;
  const allowed = t(fewer ? "models.trial.allowed_less" : "models.trial.allowed", { allowed: tenth.format(each.allowed * 100) });
  const known = each.worse_by !== null;
  const [low, high] = known ? [turned(each.low), turned(each.high)].sort((a, b) => a - b) : [0, 0];
  return el("tr", {},
    el("th", { scope: "row", text: t(`models.${each.measure}`) }),
    el("td", { "data-head": t("models.trial.live"), text: percent(each.live) }),
    el("td", { "data-head": t("models.trial.canary"), text: percent(each.canary) }),
    el("td", { "data-head": t("models.trial.difference") }, known ? t("models.trial.points", { value: plus(turned(each.worse_by)) }) : "–",
      el("small", { text: known ? `${t("models.trial.bounds", { low: plus(low), high: plus(high) })}; ${allowed}` : allowed })),
    el("td", { "data-head": t("models.trial.verdict") }, el("span", { class: `state ${each.state}`, text: word("models.measure_state", each.state) })));
}

/** One line of the history. */
export function changeOf(node, each) {
  const who = each.author ? t("models.by", { author: each.author }) : each.reason ? `${t("models.by_rule")}: ${t(`models.decision.${each.reason}`)}` : "";
  node.replaceChildren(
    el("time", { datetime: each.at, title: exactly(each.at), text: whenOf(each.at) }),
    el("span", { class: "what", text: t(`models.change.${each.what}`, { model: each.name }), dir: "auto" }),
    el("span", { class: "muted", text: who, dir: "auto" }));
}
