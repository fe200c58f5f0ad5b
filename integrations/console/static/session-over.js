// The session ended while somebody was at work: the strip says so, and the way back stays on it.

import { t } from "./boot.js";
import { byId } from "./dom.js";
import { logInAddress } from "./http.js";

/** Say `text`, once, with a link to the log-in that comes back here. */
export function sessionOver(text) {
  const strip = byId("connection");
  if (strip.dataset.over) return;
  strip.dataset.over = "true";
  strip.className = "strip bad";
  const link = document.createElement("a");
  link.href = logInAddress();
  link.textContent = t("error.log_in");
  strip.replaceChildren(text, " ", link);
  strip.hidden = false;
}
