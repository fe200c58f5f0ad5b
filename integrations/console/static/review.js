// The review: puts the list, the group and what can be done with it together, and keeps them fresh.

import { agent, t } from "./boot.js";
import { byId } from "./dom.js";
import { expected } from "./http.js";
import * as keys from "./keys.js";
import { dropDrafts } from "./kept.js";
import { timeOf } from "./moments.js";
import * as actions from "./review-actions.js";
import * as choice from "./review-choice.js";
import * as examples from "./review-examples.js";
import * as group from "./review-group.js";
import { keepView, view as keptView } from "./review-kept.js";
import * as list from "./review-list.js";
import * as queue from "./review-queue.js";
import * as trial from "./review-try.js";
import { explained, learn } from "./review-words.js";
import { work } from "./review-work.js";
import { sessionOver } from "./session-over.js";

const PLACE = /^\/console\/review\/([A-Za-z0-9_-]+)$/;
const EVERY_MS = 15_000;
const title = document.title;

function idInAddress() {
  return location.pathname.match(PLACE)?.[1] ?? null;
}

async function open(id, { push = true } = {}) {
  const wanted = id === null ? null : String(id);
  if (push && idInAddress() !== wanted) history.pushState(null, "", wanted ? `/console/review/${encodeURIComponent(wanted)}` : "/console/review");
  byId("review").toggleAttribute("data-open", Boolean(wanted));
  // Changing the language or logging in again leads back here.
  for (const place of document.querySelectorAll(".languages input[name=to]")) place.value = location.pathname;
  list.mark(wanted);
  await group.open(wanted);
  document.title = work.group ? `${work.group.title.slice(0, 60)} · ${title}` : title;
  byId("evidence").scrollTop = byId("bench").scrollTop = 0;
  if (wanted) byId("main").focus({ preventScroll: true });
}

function over() {
  // What was chosen and written is kept; the way back is in front.
  sessionOver(t("review.problem.not_logged_in"));
}

function view(name) {
  for (const button of byId("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  const queued = name === "queue";
  byId("list").hidden = queued;
  byId("queue").hidden = !queued;
  byId("filters").hidden = queued;
  byId("search-form").hidden = queued;
  byId("queue-state").hidden = !queued;
  byId("behind").classList.toggle("away", queued);
  if (queued) queue.refresh();
  else list.choose(name);
}

/** Whatever the gateway knows more of: the list, the queue's number, the group if it moved on. */
async function refresh() {
  await Promise.all([list.refresh(), queue.refresh()]);
  const now = work.group && list.known(work.group.id);
  const moved = now && ["version", "size", "last_at", "state"].some((name) => now[name] !== work.group[name]);
  if (moved && !document.querySelector("dialog[open], .entity-menu")) {
    const before = work.group;
    await group.load({ silent: true });
    if (work.group) tellWhatMoved(before, work.group);
  }
}

function tellWhatMoved(before, now) {
  const { changed_by: by, changed_at: at } = now;
  if (now.version !== before.version && by && at && by !== agent) group.notice(t("review.stale.by", { by, time: timeOf(at) }), "info");
  else if (now.size > before.size) group.notice(t("review.fresh"), "info");
}

async function begin() {
  try {
    await learn();
  } catch (problem) {
    expected(problem);
    if (problem.status === 401) {
      over();
      return;
    }
    const strip = byId("connection");
    strip.className = "strip bad";
    strip.textContent = explained(problem);
    strip.hidden = false;
    setTimeout(begin, EVERY_MS / 3);
    return;
  }
  byId("connection").hidden = true;
  byId("filters").open = false;
  const started = list.start({ open, over });
  if (keptView().state === "done") view("done");
  await Promise.all([started, queue.refresh(), open(idInAddress(), { push: false })]);
  setInterval(() => document.hidden || refresh(), EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}

byId("views").addEventListener("click", (event) => {
  const chosen = event.target.closest("button")?.dataset.view;
  if (chosen) view(chosen);
});
group.start({ over });
choice.start();
examples.start();
trial.start({ over });
queue.start({ open, changed: refresh, over });
actions.start({ open, over, changed: refresh, following: list.after });
keys.start({
  j: () => list.move(1),
  k: () => list.move(-1),
  i: choice.search,
  e: examples.write,
  t: trial.run,
  a: actions.accept,
  o: actions.outOfScope,
  n: actions.notUseful,
  q: actions.askArticle,
  v: group.pickVaried,
  s: actions.split,
  u: actions.undo,
  "/": list.find,
});
document.addEventListener("keydown", (event) => {
  const writing = byId("deciding").contains(event.target);
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !writing) return;
  event.preventDefault();
  actions.accept();
});
byId("back").addEventListener("click", (event) => {
  event.preventDefault();
  open(null);
});
byId("to-decide").addEventListener("click", (event) => {
  event.preventDefault();
  byId("decide").scrollIntoView();
  byId("choices").querySelector("button")?.focus({ preventScroll: true });
});
// On a narrow page the way to the decision goes once it is reached.
new IntersectionObserver(([seen]) => byId("to-decide").classList.toggle("reached", seen.isIntersecting), { rootMargin: "0px 0px -120px" }).observe(byId("decide"));
byId("log-out").addEventListener("submit", () => {
  dropDrafts();
  keepView({});
});
addEventListener("popstate", () => open(idInAddress(), { push: false }));
begin();
