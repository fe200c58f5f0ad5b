// The models' page: who serves whom, read again every few seconds; ending a trial.

import { t } from "./boot.js";
import { announce, arrange, byId, el } from "./dom.js";
import { expected, get, logInAddress, post } from "./http.js";
import { card, changeOf, nameOf, trialBody } from "./models_shown.js";

const EVERY_MS = 5_000;
const shown = new Map();
const told = new Map();
let latest = null;

async function refresh() {
  try {
    show(await get("/models"));
    byId("away").hidden = true;
  } catch (problem) {
    failed(problem);
  }
  byId("main").setAttribute("aria-busy", "false");
}

function failed(problem) {
  expected(problem);
  if (problem.status === 401) {
    location.assign(logInAddress());
    return;
  }
  byId("away").textContent = problem.status >= 502 ? t("models.away") : problem.explained;
  byId("away").hidden = false;
}

function show(found) {
  latest = found;
  byId("nothing").hidden = found.routing.live !== null;
  byId("known").hidden = found.models.length === 0;
  byId("history").hidden = found.changes.length === 0;
  arrange(byId("models"), shown, found.models, {
    key: (model) => model.sha,
    make: () => el("li", { class: "model" }),
    fill: (node, model) => card(node, model),
  });
  const changes = found.changes.map((each) => ({ ...each, name: nameOf(found, each.model) }));
  arrange(byId("changes"), told, changes, {
    key: (each) => `${each.at}:${each.what}:${each.model}`,
    make: () => el("li"),
    fill: (node, each) => changeOf(node, each),
  });
  const trial = found.trial && found.routing.canary;
  byId("trial").hidden = !trial;
  if (!trial) return;
  const focused = document.activeElement?.id;
  byId("trial-body").replaceChildren(...trialBody(found), buttons());
  if (focused === "promote" || focused === "withdraw") byId(focused).focus();
}

function buttons() {
  const button = (decision, kind) => el("button", {
    id: decision,
    class: kind,
    text: t(`models.trial.${decision}`),
    on: { click: () => ask(decision) },
  });
  return el("p", { class: "acts" }, button("withdraw", ""), button("promote", "primary"));
}

function ask(decision) {
  const { routing } = latest;
  const names = { model: nameOf(latest, routing.canary.model), live: nameOf(latest, routing.live) };
  byId("sure-title").textContent = t(`models.trial.sure_${decision}`);
  byId("sure-text").textContent = t(`models.trial.sure_${decision}_text`, names);
  byId("sure-problem").hidden = true;
  const yes = byId("sure-yes");
  yes.textContent = t(`models.trial.${decision}`);
  yes.disabled = false;
  yes.onclick = () => decide(decision, routing.version);
  byId("sure").showModal();
}

async function decide(decision, version) {
  byId("sure-yes").disabled = true;
  try {
    show(await post("/models/trial", { decision, version }));
    byId("sure").close();
    byId("main").focus();
    announce(t(`models.trial.done_${decision}`));
  } catch (problem) {
    expected(problem);
    byId("sure-problem").textContent = problem.code === "stale" ? t("models.stale") : problem.explained;
    byId("sure-problem").hidden = false;
    refresh();
  }
}

refresh();
setInterval(() => document.hidden || refresh(), EVERY_MS);
