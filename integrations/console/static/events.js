// What changed, as it happens. All tabs of a browser share one connection: whoever holds the lock
// listens and tells the others. Where there are no locks (plain http), each tab listens itself.

import { Problem, get } from "./http.js";

const SLOWLY_MS = 10_000;
const AGAIN_MS = 2_000;

/**
 * Call `changed({ids, all})` whenever something changed, `connection(true | false)` when the
 * gateway comes or goes, `over()` when the session has ended.
 */
export function follow({ changed, connection, over }) {
  const others = "BroadcastChannel" in window ? new BroadcastChannel("ascolto-console") : null;
  const tell = (kind, data) => {
    if (kind === "changed") changed(data);
    else if (kind === "connection") connection(data);
    else if (kind === "over") over();
  };
  const spread = (kind, data) => {
    tell(kind, data);
    others?.postMessage({ kind, data });
  };
  if (others) others.onmessage = ({ data }) => tell(data.kind, data.data);
  if (others && navigator.locks) {
    // Held until this tab is closed; then another tab gets it.
    navigator.locks.request("ascolto-console", () => new Promise(() => listen(spread)));
  } else {
    listen(spread);
  }
  // However an event may get lost, nobody looks at an old page for long.
  setInterval(() => document.hidden || changed({ ids: [], all: true, slow: true }), SLOWLY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || changed({ ids: [], all: true }));
}

function listen(spread) {
  const source = new EventSource("/console/api/events");
  let away = false;
  source.addEventListener("open", () => {
    if (away) spread("connection", true);
    away = false;
  });
  source.addEventListener("changed", (event) => spread("changed", JSON.parse(event.data)));
  source.addEventListener("over", () => {
    source.close();
    spread("over");
  });
  source.addEventListener("error", async () => {
    if (!away) spread("connection", false);
    away = true;
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    try {
      await get("/session");
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) {
        spread("over");
        return;
      }
    }
    setTimeout(() => listen(spread), AGAIN_MS);
  });
}
