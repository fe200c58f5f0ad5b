// The demo's mails, read again every few seconds.

import { t } from "./boot.js";
import { arrange, byId, el } from "./dom.js";
import { expected, get, logInAddress } from "./http.js";
import { exactly, whenOf } from "./moments.js";

const EVERY_MS = 2_000;
const CODE = /(?<![\d-])\d{3}[ -]?\d{3}(?![\d-])/;
const shown = new Map();

async function refresh() {
  try {
    const { mails } = await get("/mails");
    byId("away").hidden = true;
    arrange(byId("mails"), shown, mails, { key: (mail) => mail.id, make: () => el("li", { class: "mail" }), fill });
    byId("no-mails").hidden = mails.length > 0;
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) {
      location.assign(logInAddress());
      return;
    }
    byId("away").textContent = problem.status === 503 || problem.status === 502 ? t("mails.away") : problem.explained;
    byId("away").hidden = false;
  }
  byId("mails").setAttribute("aria-busy", "false");
}

function fill(node, mail) {
  const code = mail.text.match(CODE)?.[0];
  node.replaceChildren(
    el("h2", { text: mail.subject, dir: "auto" }),
    el("p", { class: "to" },
      el("span", { dir: "auto", text: `${t("mails.to")}: ${mail.to}` }),
      el("time", { datetime: mail.at, title: exactly(mail.at), text: whenOf(mail.at) })),
    code ? el("p", { class: "code" }, t("mails.code"), el("b", { text: code })) : "",
    el("pre", { text: mail.text, dir: "auto" }),
  );
}

refresh();
setInterval(() => document.hidden || refresh(), EVERY_MS);
