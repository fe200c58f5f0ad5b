// One group in the list: the customers' words, how many, since when, why, what came next.

import { t, word } from "./boot.js";
import { el, words } from "./dom.js";
import { share } from "./moments.js";
import { intentTitle, several } from "./review-words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 56;
const HEIGHT = 16;
const CHIPS = 2;

export function newRow(group) {
  return el("li", {}, el("a", { class: "row", href: `/console/review/${encodeURIComponent(group.id)}`, "data-id": group.id }));
}

/** `group.opened`: it is the one on the page. */
export function fillRow(node, group) {
  const row = node.firstChild;
  row.setAttribute("aria-current", String(group.opened));
  row.replaceChildren(
    words(group.title, "span", { class: "title" }),
    el("span", { class: "size", title: sizeOf(group) }, String(group.size), el("span", { class: "unseen", text: ` ${t("review.messages")}` })),
    el("span", { class: "how-often" }, trend(group.trend), ...languagesOf(group).map((language) => el("span", { text: word("speaks", language) }))),
    el("span", { class: "tags" },
      ...most(group.reasons, CHIPS).map(([reason, count]) => el("span", { class: "chip", text: counted(word("review.reason", reason), count, group.size) }))),
    el("span", { class: "about" }, ...story(group)),
  );
}

/** The most frequent of a `{name: count}`, most first. */
export function most(counts, number = 3) {
  return Object.entries(counts ?? {})
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, number);
}

export function sizeOf(group) {
  return several("review.size", group.size);
}

export function languagesOf(group) {
  const found = most(group.languages, 5).map(([language]) => language);
  return found.length > 0 ? found : [group.language].filter(Boolean);
}

/** Eight weeks as a line and the last seven days against the seven before. */
export function trend(given) {
  if (!given) return "";
  const { last7, before7, weeks } = given;
  const way = last7 > before7 ? "up" : last7 < before7 ? "down" : "level";
  const said = t("review.trend", { last: last7, before: before7 });
  return el("span", { class: `trend ${way}`, title: `${said}. ${t("review.trend_title", { weeks: weeks.join(", ") })}` },
    sparkline(weeks),
    el("span", { "aria-hidden": "true" }, `${{ up: "↑", down: "↓", level: "=" }[way]} ${t("review.trend_short", { last: last7, before: before7 })}`),
    el("span", { class: "unseen", text: said }));
}

function sparkline(weeks) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sparkline");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-hidden", "true");
  const highest = Math.max(1, ...weeks);
  const step = (WIDTH - 4) / Math.max(1, weeks.length - 1);
  const points = weeks.map((count, week) => [2 + week * step, HEIGHT - 2 - (count / highest) * (HEIGHT - 4)]);
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", points.map((point) => point.map((each) => each.toFixed(1)).join(",")).join(" "));
  svg.append(line);
  if (points.length > 0) {
    const dot = document.createElementNS(SVG, "circle");
    const [x, y] = points.at(-1);
    dot.setAttribute("cx", x.toFixed(1));
    dot.setAttribute("cy", y.toFixed(1));
    dot.setAttribute("r", "2");
    svg.append(dot);
  }
  return svg;
}

/** What the bot read, what an agent said, what came next. */
export function story(group) {
  const found = [];
  const read = group.reading;
  const label = most(group.labels, 1)[0];
  if (label) found.push(el("span", { class: "labelled", text: `${t("review.choice.agent")}: ${intentTitle(label[0])}` }));
  if (read) {
    // What was refused has no confidence worth telling.
    const refused = read.intent.startsWith("nlu_");
    found.push(el("span", { text: refused ? `${t("review.choice.bot")}: ${intentTitle(read.intent)}` : `${t("review.read_as")} ${intentTitle(read.intent)} ${share(read.confidence)}` }));
  }
  const next = most(group.next, 1)[0];
  if (next) found.push(el("span", { text: `${t("review.then")} ${counted(word("review.next", next[0]), next[1], group.size)}` }));
  return found;
}

function counted(name, count, of) {
  return count === of ? name : `${name} ${count}`;
}
