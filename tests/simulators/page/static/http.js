// The page's two calls: what is, and what one does.

import { byId } from "./dom.js";

const EVERY_MS = 400;
const HIDDEN_MS = 2_000;
let tag = "";
let wake = null;

/** Do something; what is wrong with it is shown. True when it was done. */
export async function act(verb, given) {
  try {
    const answer = await fetch(`/api/${verb}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(given),
    });
    complain(answer.ok ? "" : (await answer.json()).error);
    wake?.();
    return answer.ok;
  } catch {
    complain("The simulators don't answer. Do they still run?");
    return false;
  }
}

/** Call `show(state)` whenever it changed. */
export async function follow(show) {
  for (;;) {
    try {
      const answer = await fetch("/api/state", { cache: "no-store", headers: tag ? { "if-none-match": tag } : {} });
      if (answer.status === 200) {
        const state = await answer.json();
        tag = answer.headers.get("etag") ?? "";
        document.body.classList.remove("away");
        show(state);
      }
    } catch {
      document.body.classList.add("away");
    }
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, document.hidden ? HIDDEN_MS : EVERY_MS);
    });
  }
}

function complain(text) {
  const place = byId("problem");
  place.textContent = text;
  place.hidden = !text;
}
