// The log of messages: in order, by day, with as little change as possible when something comes.

import { el, icon } from "./dom.js";
import { fill, row } from "./row.js";

const NEAR_PX = 80;
const GROUP_MS = 5 * 60_000;
const DOTS_AFTER_MS = 350;

/** `tools`: t, moments, choose(button), fix(message), online(), starters, privacy. */
export class Log {
  #talk;
  #tools;
  #rows = new Map();
  #log;
  #hello;
  #earlier;
  #typing;
  #below;
  #dots = 0;
  #tail;
  #following = true;
  #shape = "";

  constructor(talk, tools) {
    const { t } = tools;
    this.#talk = talk;
    this.#tools = tools;
    this.#hello = this.#greeting();
    this.#earlier = el("button", { class: "earlier", type: "button", hidden: true, text: t("earlier"), on: { click: () => talk.earlier() } });
    this.#typing = el("div", { class: "typing", hidden: true, role: "img" }, el("i"), el("i"), el("i"));
    this.#tail = el("div", { class: "tail" }, this.#typing);
    this.#log = el(
      "div",
      { class: "log", role: "log", "aria-live": "polite", "aria-label": t("messages"), tabindex: "0" },
      this.#earlier,
      this.#hello,
      this.#tail,
    );
    this.#below = el("button", { class: "below", type: "button", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), t("below"));
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures grow after they are in place, and windows change.
    this.#log.addEventListener("load", () => this.#follow(), true);
    new ResizeObserver(() => this.#follow()).observe(this.#log);
    this.node = el("div", { class: "middle" }, this.#log, this.#below);
  }

  get atEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR_PX;
  }

  toEnd() {
    this.#reshaped();
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#following = true;
    this.#below.hidden = true;
  }

  /** Forget every row: another conversation. */
  clear() {
    for (const { node } of this.#rows.values()) node.remove();
    this.#rows.clear();
  }

  /** Show what there is now; `earlier`: it came from before what is shown. */
  show({ earlier = false } = {}) {
    const followed = this.#following;
    const depth = this.#log.scrollHeight - this.#log.scrollTop;
    const first = this.#rows.size === 0;
    const messages = this.#messages();
    // A whole history isn't read out; only what comes is.
    this.#log.setAttribute("aria-live", first || earlier ? "off" : "polite");
    const added = this.#arrange(messages, !first && !earlier);
    this.#layOut(messages);
    this.#earlier.hidden = !this.#talk.hasEarlier;
    this.#hello.hidden = messages.length > 0;
    this.dots();
    if (earlier) this.#log.scrollTop = this.#log.scrollHeight - depth;
    else if (first || followed || added.some((message) => message.waiting)) this.toEnd();
    else if (added.length) this.#below.hidden = false;
    if (first || earlier) requestAnimationFrame(() => this.#log.setAttribute("aria-live", "polite"));
  }

  /** The dots of whoever is writing. */
  dots() {
    const { typing, answering, state } = this.#talk;
    clearTimeout(this.#dots);
    if (state !== "open" || !(typing || answering)) {
      this.#typing.hidden = true;
      return;
    }
    this.#typing.setAttribute("aria-label", this.#tools.t(typing === "agent" ? "typing_agent" : "typing_bot"));
    if (!this.#typing.hidden) return;
    // An answer that comes at once needs no dots before it.
    this.#dots = setTimeout(() => {
      this.#typing.hidden = false;
      this.#follow();
    }, DOTS_AFTER_MS);
  }

  // -- parts -------------------------------------------------------------------------------------

  #messages() {
    const said = [...this.#talk.entries.values()].sort((one, other) => one.seq - other.seq);
    const waiting = [...this.#talk.waiting.values()]
      .sort((one, other) => one.at - other.at)
      .map((message) => ({
        ...message,
        role: "customer",
        key: message.id,
        waiting: !message.sent,
        attachments: message.files,
        isTap: Boolean(message.button),
      }));
    const all = [...said.map((entry) => ({ ...entry, key: entry.message_id ?? entry.id, isTap: entry.kind === "postback" })), ...waiting];
    let tapped;
    for (let at = all.length - 1; at >= 0; at -= 1) {
      if (all[at].buttons && tapped) all[at] = { ...all[at], used: tapped.text ?? "" };
      if (all[at].isTap) tapped = all[at];
    }
    const newest = all.findLastIndex((message) => message.role === "customer");
    if (newest >= 0 && newest === all.length - 1) all[newest] = { ...all[newest], newest: true };
    return all;
  }

  #arrange(messages, animate) {
    const keys = new Set(messages.map((message) => message.key));
    for (const [key, { node }] of this.#rows) {
      if (keys.has(key)) continue;
      node.remove();
      this.#rows.delete(key);
    }
    const added = [];
    const online = this.#tools.online();
    let place = this.#hello.nextSibling;
    for (const message of messages) {
      let kept = this.#rows.get(message.key);
      const shown = JSON.stringify([message, message.waiting && online], (name, value) => (name === "url" ? undefined : value));
      if (!kept) {
        kept = { node: row(message, this.#tools), shown };
        if (animate) kept.node.classList.add("fresh");
        this.#rows.set(message.key, kept);
        added.push(message);
      } else if (kept.shown !== shown) {
        const focused = kept.node.contains(kept.node.getRootNode().activeElement);
        fill(kept.node, message, this.#tools);
        kept.shown = shown;
        // A tapped button can't keep the focus: what it does is read on here.
        if (focused) this.#log.focus({ preventScroll: true });
      }
      if (kept.node === place) place = place.nextSibling;
      else this.#log.insertBefore(kept.node, place);
    }
    return added;
  }

  // Days, and who speaks: several messages in a row stand together.
  #layOut(messages) {
    const { moments } = this.#tools;
    messages.forEach((message, at) => {
      const node = this.#rows.get(message.key).node;
      const [before, after] = [messages[at - 1], messages[at + 1]];
      node.classList.toggle("first", !together(before, message));
      node.classList.toggle("last", !together(message, after));
      const day = moments.day(new Date(message.at));
      const separated = !before || moments.day(new Date(before.at)) !== day;
      let separator = node.querySelector(".day");
      if (!separated) separator?.remove();
      else {
        separator ??= node.insertBefore(el("p", { class: "day" }), node.firstChild);
        if (separator.textContent !== day) separator.textContent = day;
      }
      node.classList.toggle("separated", separated);
    });
  }

  #scrolled() {
    // What moved the log may have been its content or the window rather than the reader.
    if (this.#reshaped()) return this.#follow();
    this.#following = this.atEnd;
    if (this.#following) this.#below.hidden = true;
    return undefined;
  }

  #reshaped() {
    const { clientWidth, clientHeight, scrollHeight } = this.#log;
    const shape = `${clientWidth} ${clientHeight} ${scrollHeight}`;
    const changed = shape !== this.#shape;
    this.#shape = shape;
    return changed;
  }

  #follow() {
    if (this.#following) this.toEnd();
  }

  #greeting() {
    const { t, starters, privacy, begin } = this.#tools;
    return el(
      "div",
      { class: "hello" },
      el("p", { class: "greeting", text: t("greeting") }),
      el("p", { class: "more" }, `${t("greeting_more")} `, privacy && el("a", { href: privacy, target: "_blank", rel: "noopener noreferrer", text: t("privacy") })),
      starters.length > 0 &&
        el(
          "div",
          { class: "starters" },
          starters.map((text) => el("button", { class: "pill", type: "button", text, on: { click: () => begin(text) } })),
        ),
    );
  }
}

function together(one, other) {
  return (
    one !== undefined &&
    other !== undefined &&
    one.role === other.role &&
    one.author === other.author &&
    Math.abs(new Date(other.at) - new Date(one.at)) < GROUP_MS
  );
}
