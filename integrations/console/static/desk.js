// The desk: puts list, conversation, composer and actions together and keeps them fresh.

import { t } from "./boot.js";
import * as actions from "./actions.js";
import * as composer from "./composer.js";
import * as conversation from "./conversation.js";
import { announce, byId } from "./dom.js";
import { follow } from "./events.js";
import { dropDrafts } from "./kept.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import { sessionOver } from "./session-over.js";

const PLACE = /^\/console\/c\/([A-Za-z0-9_-]+)$/;
const BACK_MS = 4_000;
const title = document.title;
let waiting = 0;
let writeNext = false;

function idInAddress() {
  return location.pathname.match(PLACE)?.[1] ?? null;
}

async function open(id, { push = true } = {}) {
  if (push && idInAddress() !== id) history.pushState(null, "", id ? `/console/c/${id}` : "/console");
  byId("desk").toggleAttribute("data-open", Boolean(id));
  // Changing the language or logging in again leads back here.
  for (const place of document.querySelectorAll(".languages input[name=to]")) place.value = location.pathname;
  writeNext = false;
  list.mark(id);
  await conversation.open(id);
  if (id) byId("main").focus({ preventScroll: true });
}

function changed(given) {
  composer.show(given);
  actions.show(given);
  showTitle(given);
  if (given && writeNext && composer.open()) {
    writeNext = false;
    composer.write("reply");
  }
}

function showTitle(given = conversation.current()) {
  const name = given ? `${list.nameOf(given)} · ` : "";
  document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${name}${title}`;
}

function refreshAll() {
  list.refresh();
  conversation.refresh();
}

function over() {
  // What is being written stays in its box and in the draft; the way back is in front.
  sessionOver(t("error.not_logged_in"));
}

function connection(there) {
  const strip = byId("connection");
  if (strip.dataset.over) return;
  strip.className = there ? "strip good" : "strip";
  strip.textContent = t(there ? "app.online" : "app.offline");
  strip.hidden = false;
  if (!there) return;
  refreshAll();
  setTimeout(() => {
    if (strip.classList.contains("good")) strip.hidden = true;
  }, BACK_MS);
}

conversation.start({ changed, use: composer.use, over, relabel: actions.relabel });
composer.start({ sent: refreshAll, over });
actions.start({
  done: refreshAll,
  claimed: () => (writeNext = true),
  notice(text, kind, how) {
    conversation.notice(text, kind, how);
    announce(text);
  },
});
keys.start({
  j: () => list.move(1),
  k: () => list.move(-1),
  c: actions.claim,
  r: () => conversation.current() && composer.write("reply"),
  n: () => conversation.current() && composer.write("note"),
  e: () => actions.close("resolve"),
  b: () => actions.close("return"),
  "/": list.find,
});
byId("back").addEventListener("click", (event) => {
  event.preventDefault();
  open(null);
});
byId("log-out").addEventListener("submit", dropDrafts);
addEventListener("popstate", () => open(idInAddress(), { push: false }));
follow({
  changed({ ids, all }) {
    list.refresh();
    if (all || ids.includes(idInAddress())) conversation.refresh();
  },
  connection,
  over,
});
list.start({
  open,
  over,
  count(number) {
    waiting = number;
    showTitle();
  },
});
open(idInAddress(), { push: false });
