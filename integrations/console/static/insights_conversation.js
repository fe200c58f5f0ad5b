// A conversation as a designer reads it: redacted, with what the bot made of each message.

import { t, word } from "./boot.js";
import { byId, el } from "./dom.js";
import { expected, get, logInAddress } from "./http.js";
import { redacted } from "./insights_cases.js";
import { articleName, channelName, flowName, intentName, languageName, rate, ruleName, signalName, stepName } from "./insights_words.js";
import { passing } from "./kept.js";
import { dayOf, exactly, timeOf } from "./moments.js";
import { learn } from "./vocabulary.js";

const id = location.pathname.split("/").at(-1);
let titles = {};
let entries = [];
let before = null;
const named = learn().catch(expected);

async function load() {
  try {
    // Without the titles the page still tells everything, in the files' own names.
    const [found] = await Promise.all([get(`/insights/conversations/${id}${before ? `?before=${before}` : ""}`), named]);
    const first = entries.length === 0;
    titles = found.rules;
    entries = [...found.entries, ...entries];
    before = found.before;
    byId("about").textContent = [channelName(found.channel), languageName(found.language), word("owner", found.owner).replace(" {agent}", "")].filter(Boolean).join(" · ");
    byId("earlier").hidden = !before;
    byId("problem").hidden = true;
    show();
    if (first) place();
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) location.assign(logInAddress());
    byId("problem").textContent = problem.explained;
    byId("problem").hidden = false;
  }
  byId("main").setAttribute("aria-busy", "false");
}

function show() {
  let day = "";
  const nodes = entries.flatMap((entry) => {
    const today = dayOf(entry.at);
    const head = today === day ? [] : [el("li", { class: "day", text: today })];
    day = today;
    return [...head, entry.role === "handoff" ? handedOver(entry) : said(entry)];
  });
  byId("told").replaceChildren(...(nodes.length ? nodes : [el("li", { class: "muted", text: t("insights_conversation.empty") })]));
}

/** The message that led here stands out. */
function place() {
  const there = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!there) return;
  there.classList.add("meant");
  there.scrollIntoView({ block: "center" });
}

function said(entry) {
  return el("li", { class: `entry ${entry.role}`, id: entry.id },
    el("div", { class: "words" },
      el("p", { class: "by" }, el("b", { text: word("role", entry.role) }), " ", el("time", { datetime: entry.at, title: exactly(entry.at), text: timeOf(entry.at) })),
      entry.text ? redacted(entry) : "",
      entry.tapped && el("p", { class: "hint", text: t("insights.tapped") }),
      entry.attachments > 0 && el("p", { class: "hint", text: t("insights.file") }),
      entry.buttons?.length > 0 && el("ul", { class: "offered" }, entry.buttons.map((title) => el("li", { dir: "auto", text: title })))),
    entry.role === "customer" && made(entry));
}

/** What the bot made of a message, beside it. */
function made({ reading, turn }) {
  const lines = [reading && readAs(reading), ...(turn ? came(turn) : [])].filter(Boolean);
  return lines.length > 0 && el("ul", { class: "made" }, lines.map((line) => (typeof line === "string" ? el("li", { text: line }) : line)));
}

function readAs(reading) {
  const ranked = (reading.ranking ?? []).filter((each) => !each.intent?.startsWith("nlu_"));
  const [likely] = ranked;
  const key = reading.rejected ? "rejected" : reading.ambiguous ? "ambiguous" : "understood";
  const meant = reading.rejected && likely ? likely : reading;
  const ranking = ranked.slice(0, 2).map((each) => `${intentName(each.intent)}, ${rate(each.confidence)}`).join(" / ");
  const text = t(`insights_conversation.${key}`, { intent: intentName(meant.intent), confidence: rate(meant.confidence), ranking });
  return el("li", { class: `read ${key}`, text });
}

function came(turn) {
  return [
    turn.form && t("insights_conversation.step", { step: stepName(turn.asked), flow: flowName(turn.form) }),
    turn.filled && t("insights_conversation.filled"),
    ...turn.articles.map((each) => el("li", { title: each.article, text: t(`insights_conversation.${each.trace}`, { article: articleName(each.article) }) })),
    turn.rules.length > 0 && el("li", { title: turn.rules.join(", "), text: t("insights_conversation.rules", { rules: turn.rules.map(titled).join("; ") }) }),
    turn.signals.length > 0 && el("li", { title: turn.signals.join(", "), text: t("insights_conversation.signals", { signals: turn.signals.map(signalName).join(", ") }) }),
    turn.model && t("insights_conversation.model", { model: turn.model.slice(0, 12) }),
  ];
}

const titled = (rule) => ruleName(rule, titles[rule]);

function handedOver(entry) {
  const why = entry.rules.map(titled).join("; ") || t("insights.no_rule");
  const wanted = [entry.wanted && intentName(entry.wanted), entry.wanted_words?.text].filter(Boolean).join(" · ");
  const facts = [word("handoff_state", entry.state), entry.rating && t("insights.rated_one", { rating: entry.rating })].filter(Boolean);
  return el("li", { class: "entry handoff", id: entry.id },
    el("p", {}, el("b", { text: t("insights_conversation.handed_over", { why }) })),
    el("p", { class: "hint", text: facts.join(" · ") }),
    wanted && el("p", { dir: "auto", text: t("insights_conversation.wanted", { wanted }) }));
}

byId("earlier").addEventListener("click", load);
const desk = byId("to-desk");
if (desk) desk.href = `/console/c/${id}`;
// Back to the filters that led here.
byId("back").href = `/console/insights${passing("insights") ?? ""}`;
load();
