// The chat's head: who answers, whether there is a connection, and a few small things to do.

import { chime } from "./chime.js";
import { el, icon, mark } from "./dom.js";

// Shorter hitches needn't worry anybody.
const WORRY_MS = 1_500;

/** `tools`: t, settings, page (bool), close(), forgotten(), announce(text). */
export class Head {
  #talk;
  #tools;
  #presence;
  #sound;
  #forget;
  #sure = null;
  #worry = 0;
  #wasAway = false;

  constructor(talk, tools) {
    const { t, settings, page } = tools;
    this.#talk = talk;
    this.#tools = tools;
    this.#presence = el("p", { class: "presence" });
    this.#sound = this.#button("sound_on", "sound", () => this.#toggleSound());
    this.#forget = this.#button("forget", "forget", () => this.#ask());
    this.#forget.append(icon("forget"));
    this.#showSound();
    const close = page ? null : this.#button("close", "close", tools.close);
    close?.append(icon("down"));
    this.banner = el("p", { class: "banner", role: "status", hidden: true });
    this.node = el(
      "header",
      { class: "head", part: "head" },
      mark(),
      el("div", { class: "who" }, el(page ? "h1" : "h2", { id: "title", text: t("title", settings.company) }), this.#presence),
      this.#forget,
      this.#sound,
      close,
    );
  }

  /** Show who answers now, and the state of the connection. */
  show() {
    const { t } = this.#tools;
    const { speaker } = this.#talk;
    const text = speaker?.role === "agent" ? t("presence_agent", speaker.author) : t("presence_bot");
    if (this.#presence.textContent !== text) this.#presence.textContent = text;
    this.#showState();
  }

  /** Close the question whether to forget; false when it isn't being asked. */
  dontForget() {
    if (!this.#sure) return false;
    this.#sure.remove();
    this.#sure = null;
    this.#forget.focus();
    return true;
  }

  #button(key, name, click) {
    const { t } = this.#tools;
    return el("button", { class: name, type: "button", "aria-label": t(key), title: t(key), on: { click } });
  }

  #showState() {
    const { state } = this.#talk;
    clearTimeout(this.#worry);
    if (state === "offline" || state === "refused") this.#worried(state);
    else if (state === "connecting") this.#worry = setTimeout(() => this.#worried("connecting"), WORRY_MS);
    else if (this.#wasAway) {
      this.#wasAway = false;
      this.banner.hidden = true;
      this.#tools.announce(this.#tools.t("connected"));
    }
  }

  #worried(key) {
    this.#wasAway = true;
    const text = this.#tools.t(key);
    this.banner.hidden = false;
    if (this.banner.textContent !== text) this.banner.textContent = text;
  }

  #ask() {
    if (this.dontForget()) return;
    const { t, forgotten } = this.#tools;
    const pill = (key, click) => el("button", { class: "pill", type: "button", text: t(key), on: { click } });
    const yes = pill("forget_yes", () => {
      this.dontForget();
      this.#talk.forget();
      forgotten();
    });
    const no = pill("forget_no", () => this.dontForget());
    this.#sure = el("div", { class: "sure", role: "group", "aria-label": t("forget") }, el("p", { text: t("forget_sure") }), el("div", {}, yes, no));
    this.node.after(this.#sure);
    no.focus();
  }

  #toggleSound() {
    this.#talk.sound = !this.#talk.sound;
    this.#showSound();
    if (this.#talk.sound) chime();
  }

  #showSound() {
    this.#sound.setAttribute("aria-pressed", String(this.#talk.sound));
    this.#sound.replaceChildren(icon(this.#talk.sound ? "sound" : "silent"));
  }
}
