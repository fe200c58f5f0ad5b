// Puts both sides together and keeps them fresh.

import { byId } from "./dom.js";
import { act, follow } from "./http.js";
import * as modal from "./modal.js";
import * as slack from "./slack.js";
import * as telegram from "./telegram.js";

let state = null;

function show(given) {
  state = given;
  telegram.show(state.telegram);
  slack.show(state.slack);
  draw();
}

function draw() {
  modal.show(state.slack.views, state.slack.names, slack.agent());
  const waits = [
    [state.telegram.connected, "Telegram"],
    [state.slack.connected, "Slack"],
  ].filter(([there]) => !there);
  byId("status").textContent = waits.length
    ? `Waiting for Ascolto to connect to ${waits.map(([, name]) => name).join(" and ")} …`
    : "Ascolto is connected";
  byId("status").className = waits.length ? "waiting" : "there";
  const faults = state.telegram.faults + state.slack.faults;
  byId("faults-waiting").textContent = faults ? `(${faults} to come)` : "";
}

telegram.begin();
slack.begin();
modal.begin();
byId("agent").addEventListener("change", draw);
for (const button of document.querySelectorAll("#faults [data-kind]")) {
  button.addEventListener("click", () => act("fault", { ...button.dataset }));
}
byId("calm").addEventListener("click", () => act("calm", {}));
follow(show);
