// Files that go with a reply: uploaded when they are chosen, sent with the words.

import { t } from "./boot.js";
import { byId, el, icon } from "./dom.js";
import { Problem, expected, newKey, postFile } from "./http.js";

const MOST = 10;

const chosen = new Map();
let conversation = null;
let busy = 0;

/** `failed(problem)` when a file can't be taken. */
export function start(failed) {
  byId("reply-files").addEventListener("change", async (event) => {
    const picked = [...event.target.files];
    event.target.value = "";
    for (const file of picked) await take(file, failed);
  });
}

/** Show what is chosen for a conversation. */
export function show(id) {
  conversation = id;
  draw();
}

/** The ids of what is chosen, and the key under which they would be sent. */
export function of(id) {
  const its = chosen.get(id);
  return { ids: its?.files.map((file) => file.id) ?? [], key: its?.key ?? null };
}

/** Forget what was sent; what was added meanwhile stays. */
export function drop(id, ids) {
  const its = chosen.get(id);
  if (!its) return;
  keep(id, its.files.filter((file) => !ids.includes(file.id)));
}

/** Whether a file is still on its way to the gateway. */
export function waiting() {
  return busy > 0;
}

async function take(file, failed) {
  const id = conversation;
  const limit = (chosen.get(id)?.files.length ?? 0) >= MOST;
  busy += 1;
  draw();
  try {
    if (limit) throw new Problem("too_many_files");
    const added = await postFile(file);
    keep(id, [...(chosen.get(id)?.files ?? []), { id: added.id, name: added.name }]);
  } catch (problem) {
    expected(problem);
    if (id === conversation) failed(problem);
  } finally {
    busy -= 1;
    draw();
  }
}

function keep(id, files) {
  if (files.length === 0) chosen.delete(id);
  else chosen.set(id, { key: newKey(), files });
  draw();
}

function draw() {
  const files = chosen.get(conversation)?.files ?? [];
  byId("reply-chosen").hidden = files.length === 0;
  byId("reply-chosen").replaceChildren(...files.map((file) => el("li", {},
    icon("file"), " ", el("span", { dir: "auto", text: file.name }), " ",
    el("button", { class: "plain", type: "button", "aria-label": t("composer.remove_file", { name: file.name }), text: t("composer.remove"),
      on: { click: () => { drop(conversation, [file.id]); byId("reply-files").focus(); } } }))));
  byId("reply-uploading").textContent = busy > 0 ? t("composer.uploading") : "";
}
