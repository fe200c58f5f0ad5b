// Flows: how many came to each step, how many got past it, and how it ended for the others.

import { t } from "./boot.js";
import { el } from "./dom.js";
import { opens } from "./insights_lists.js";
import { decimal, flowName, number, rate, stepName } from "./insights_words.js";

const DROPPED = ["left", "silent", "handed_over", "interrupted", "going_on"];

/** Every flow with its funnel. */
export function flows(node, rows, open) {
  if (rows.length === 0) {
    node.replaceChildren(el("p", { class: "muted", text: t("insights.flows_empty") }));
    return;
  }
  node.replaceChildren(...rows.map((row) => flow(row, open)));
}

function flow(row, open) {
  const name = flowName(row.flow);
  const done = row.fates.done;
  const facts = [
    t("insights.done_of", { done: number(done), started: number(row.started), share: rate(row.started ? done / row.started : null) }),
    row.messages !== null && t("insights.median", { count: decimal(row.messages) }),
  ].filter(Boolean);
  return el("article", { class: "flow" },
    el("h3", { text: name }),
    el("p", { class: "muted", text: facts.join(" · ") }),
    row.steps.length > 0
      ? el("ol", { class: "steps" },
        stage(t("insights.started"), row.started, row.started, row.started),
        row.steps.map((step) => stepOf(row, step, name, open)),
        stage(t("insights.done"), done, done, row.started))
      : el("p", { class: "hint", text: t("insights.no_steps") }));
}

/** One row of a funnel: its width is those who came here, the full part those who got past. */
function stage(name, came, past, of, ...notes) {
  const bar = el("span", { class: came ? "funnel-bar" : "funnel-bar nobody", "aria-hidden": "true" }, el("span", { class: "past" }));
  bar.style.setProperty("--came", of ? came / of : 0);
  bar.style.setProperty("--past", came ? past / came : 0);
  return el("li", {}, el("span", { class: "step-name", text: name }), el("span", { class: "step-count", text: number(came) }), bar, notes.length > 0 && el("span", { class: "step-notes" }, ...notes));
}

function stepOf(row, step, name, open) {
  const title = stepName(step.step);
  const ended = DROPPED.filter((fate) => step.ended[fate] > 0).map((fate) => {
    const said = t("insights.ended", { fate: t(`insights_fate.${fate}`), count: number(step.ended[fate]) });
    return opens(`${name}, ${title}: ${said}`, { measure: "step", name: row.flow, detail: step.step ?? "", fate }, open, said);
  });
  const notes = [el("span", { text: t("insights.answered", { count: number(step.answered) }) }), ...ended, step.again > 0 && el("span", { class: "hint", text: t("insights.again", { count: number(step.again) }) })];
  return stage(title, step.asked, step.answered, row.started, ...notes.filter(Boolean));
}
