// A line over the days, drawn in the page: nothing is fetched for it, and a table says the same.

import { t } from "./boot.js";
import { byId, el } from "./dom.js";
import { dayName, longDayName, number, rate } from "./insights_words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 220;
const EDGE = { top: 14, right: 14, bottom: 26, left: 46 };
const GRID = 4;

export const LINES = {
  understanding: { value: (day) => day.understanding, of: (day) => day.messages, share: true },
  rejection: { value: (day) => day.rejection, of: (day) => day.messages, share: true },
  self_service: { value: (day) => day.self_service_rate, of: (day) => day.sessions, share: true },
  escalation: { value: (day) => day.handoffs, of: () => 1, share: false },
  messages: { value: (day) => day.messages, of: () => 1, share: false },
};

/** Fill `node` with one line of the days (`name` of LINES), as a chart or as a table of all. */
export function draw(node, days, name, { table }) {
  node.replaceChildren(table ? asTable(days) : asChart(node, days, name));
}

const shown = (line, value) => (line.share ? rate(value) : number(value));

function asTable(days) {
  const names = Object.keys(LINES);
  const row = (day) => el("tr", {}, el("th", { scope: "row", text: dayName(day.day), title: longDayName(day.day) }),
    names.map((name) => el("td", { text: shown(LINES[name], LINES[name].value(day)) })));
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-labelledby": "over_time-title" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col", text: t("insights.day") }), names.map((name) => el("th", { scope: "col", text: t(`insights.${name}`) })))),
    el("tbody", {}, [...days].reverse().map(row))));
}

function asChart(node, days, name) {
  const line = LINES[name];
  const width = Math.max(280, node.clientWidth || 280);
  const values = days.map(line.value);
  const there = values.filter((value) => value !== null);
  const title = t(`insights.${name}`);
  const svg = make("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-labelledby": "chart-title chart-desc", class: "chart" });
  const text = there.length
    ? t("insights.chart_text", { name: title, from: dayName(days[0].day), to: dayName(days.at(-1).day), least: shown(line, Math.min(...there)), most: shown(line, Math.max(...there)) })
    : t("insights.chart_none", { name: title });
  svg.append(make("title", { id: "chart-title" }, title), make("desc", { id: "chart-desc" }, text));
  const top = line.share ? 1 : nice(Math.max(1, ...there));
  const room = width - EDGE.left - EDGE.right;
  // Each day has a column of its own, with its dot in the middle.
  const x = (at) => EDGE.left + ((at + 0.5) / days.length) * room;
  const y = (value) => EDGE.top + (1 - value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  grid(svg, line, top, width, y);
  dates(svg, days, width, x);
  volume(svg, days, line, x, y, top, width);
  curve(svg, values, x, y);
  const mark = pointer(svg, days, line, x, y);
  const told = el("p", { class: "hint chart-note", id: "chart-note", text: there.length ? text : t("insights.nothing_yet") });
  follow(svg, mark, told, { days, line, x, width, text: told.textContent });
  return el("div", {}, svg, told);
}

function grid(svg, line, top, width, y) {
  for (let step = 0; step <= GRID; step += 1) {
    const value = (top * step) / GRID;
    svg.append(make("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
    if (line.share || Number.isInteger(value)) svg.append(make("text", { class: "scale", x: EDGE.left - 8, y: y(value) + 4, "text-anchor": "end" }, shown(line, value)));
  }
}

function dates(svg, days, width, x) {
  const most = Math.max(1, Math.floor((width - EDGE.left - EDGE.right) / 76));
  const every = Math.max(1, Math.ceil(days.length / most));
  days.forEach((day, at) => {
    const last = days.length - 1;
    if ((last - at) % every) return;
    const alone = days.length === 1;
    const anchor = alone || (at !== last && at !== 0) ? "middle" : at === last ? "end" : "start";
    const place = anchor === "end" ? width - EDGE.right : x(at);
    svg.append(make("text", { class: "scale", x: place, y: HEIGHT - 8, "text-anchor": anchor }, dayName(day.day)));
  });
}

/** Behind a share, how much it is a share of: a day of two messages says little. */
function volume(svg, days, line, x, y, top, width) {
  if (!line.share) return;
  const most = Math.max(1, ...days.map(line.of));
  const broad = Math.max(1, Math.min(24, (width - EDGE.left - EDGE.right) / days.length - 1));
  for (const [at, day] of days.entries()) {
    if (!line.of(day)) continue;
    const height = (line.of(day) / most) * 0.35 * (y(0) - y(top));
    svg.append(make("rect", { class: "volume", x: x(at) - broad / 2, y: y(0) - height, width: broad, height }));
  }
}

function curve(svg, values, x, y) {
  let path = "";
  let begun = false;
  values.forEach((value, at) => {
    if (value === null) {
      begun = false;
      return;
    }
    path += `${begun ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    begun = true;
    const alone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
    if (alone || values.length <= 31) svg.append(make("circle", { class: "dot", cx: x(at), cy: y(value), r: alone ? 3.5 : 2.5 }));
  });
  if (path) svg.append(make("path", { class: "curve", d: path }));
}

function pointer(svg, days, line, x, y) {
  const dot = make("circle", { class: "pointer", r: 5, visibility: "hidden" });
  svg.append(dot);
  return (at) => {
    const value = at === null ? null : line.value(days[at]);
    dot.setAttribute("visibility", value === null ? "hidden" : "visible");
    if (value === null) return;
    dot.setAttribute("cx", x(at));
    dot.setAttribute("cy", y(value));
  };
}

/** A day's number where the pointer is. The table says them all to who has none. */
function follow(svg, mark, told, { days, line, x, width, text }) {
  svg.addEventListener("pointermove", (event) => {
    const place = ((event.clientX - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width) * width;
    const at = days.reduce((best, _, each) => (Math.abs(x(each) - place) < Math.abs(x(best) - place) ? each : best), 0);
    mark(at);
    told.textContent = `${longDayName(days[at].day)}: ${shown(line, line.value(days[at]))}${line.share ? ` · ${number(line.of(days[at]))}` : ""}`;
  });
  svg.addEventListener("pointerleave", () => {
    mark(null);
    told.textContent = text;
  });
}

/** A round number that GRID divides well. */
function nice(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  const found = [1, 2, 4, 8, 10].map((factor) => factor * power).find((value) => value >= most);
  return Math.max(GRID, found);
}

function make(tag, given, text = "") {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

/** Draw again when the page's width changes. */
export function whenResized(again) {
  let last = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width && width !== last) again();
    last = width;
  }).observe(byId("chart"));
}
