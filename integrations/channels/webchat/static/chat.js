// The chat as an element: <ascolto-chat>, made by widget.js or written into the page.

import { chime } from "./chime.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Head } from "./head.js";
import { Log } from "./log.js";
import { dress, readable } from "./style.js";
import { Talk } from "./talk.js";
import { language, moments, wording } from "./words.js";

const NAME = "ascolto-chat";
let settings;
let given;

/** Called once by widget.js with what the gateway says of itself and the script's attributes. */
export function start(known, dataset) {
  settings = known;
  given = dataset;
  if (customElements.get(NAME)) return;
  customElements.define(NAME, AscoltoChat);
  if (!document.querySelector(NAME)) {
    const place = () => document.documentElement.append(document.createElement(NAME));
    if (document.body) place();
    else document.addEventListener("DOMContentLoaded", place, { once: true });
  }
}

class AscoltoChat extends HTMLElement {
  #t;
  #talk;
  #log;
  #composer;
  #panel;
  #launcher;
  #badge;
  #announcer;
  #head;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    dress(root);
    const chosen = language(this.#option("language"), navigator.languages, settings.language);
    this.lang = chosen;
    this.#t = wording(chosen, this.#ownWords());
    this.#talk = new Talk(settings, {
      changed: (what) => this.#changed(what),
      fresh: (entries) => this.#fresh(entries),
    });
    root.append(this.#build(chosen));
    this.#colours();
    if (this.page) this.open();
    else this.#float();
    if (this.#talk.begun) this.#talk.connect();
    if (!this.page && this.#option("open") !== undefined) this.open();
    document.addEventListener("visibilitychange", () => this.#seen());
    window.addEventListener("focus", () => this.#seen());
    window.visualViewport?.addEventListener("resize", () => this.#fit());
    this.#changed("entries");
  }

  /** Whether it is the whole page rather than a window on one. */
  get page() {
    return this.getAttribute("mode") === "page";
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  open() {
    this.#panel.hidden = false;
    this.#panel.parentNode.dataset.open = "";
    this.#launcher?.setAttribute("aria-expanded", "true");
    this.#talk.connect();
    this.#fit();
    this.#changed("entries");
    this.#log.toEnd();
    this.#composer.focus();
    this.#seen();
  }

  close() {
    if (this.page) return;
    this.#panel.hidden = true;
    delete this.#panel.parentNode.dataset.open;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.focus({ preventScroll: true });
    this.#changed("state");
  }

  // -- building ----------------------------------------------------------------------------------

  #option(name) {
    return this.getAttribute(name) ?? given[name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] ?? undefined;
  }

  #ownWords() {
    const own = {};
    for (const name of ["title", "greeting"]) if (this.#option(name)) own[name] = this.#option(name);
    return own;
  }

  #build(chosen) {
    const t = this.#t;
    const starters = this.#option("starters");
    const own = starters === undefined ? t("starters") : starters.split("|");
    this.#log = new Log(this.#talk, {
      t,
      moments: moments(chosen, t),
      choose: (button) => this.#say({ text: button.title, button: button.payload }),
      fix: (message) => {
        this.#talk.drop(message.id);
        this.#composer.put(message.text ?? "");
      },
      begin: (text) => {
        this.#say({ text });
        this.#composer.focus();
      },
      online: () => this.#talk.state !== "offline",
      starters: own.map((text) => text.trim()).filter(Boolean),
      privacy: settings.privacy,
    });
    this.#composer = new Composer({
      t,
      settings,
      send: (message) => this.#say(message),
      typing: () => this.#talk.types(),
      upload: (file) => this.#talk.upload(file),
    });
    this.#head = new Head(this.#talk, {
      t,
      settings,
      page: this.page,
      close: () => this.close(),
      forgotten: () => this.#composer.focus(),
      announce: (text) => (this.#announcer.textContent = text),
    });
    this.#announcer = el("p", { class: "unseen", role: "status" });
    this.#panel = el(
      "section",
      {
        class: "panel",
        part: "panel",
        id: "panel",
        role: this.page ? "main" : "dialog",
        "aria-labelledby": "title",
        hidden: true,
        on: { keydown: (event) => this.#key(event) },
      },
      this.#head.node,
      this.#head.banner,
      this.#log.node,
      this.#composer.node,
    );
    const launcher = this.page ? null : this.#launch();
    return el(
      "div",
      { class: "chat", lang: chosen, "data-side": this.#option("side") ?? "right", "data-theme": this.#option("theme") ?? "auto" },
      this.#panel,
      launcher,
      this.#announcer,
    );
  }

  #launch() {
    this.#badge = el("span", { class: "badge", hidden: true, "aria-hidden": "true" });
    this.#launcher = el(
      "button",
      {
        class: "launcher",
        part: "launcher",
        type: "button",
        "aria-expanded": "false",
        "aria-controls": "panel",
        on: { click: () => (this.isOpen ? this.close() : this.open()) },
      },
      icon("chat"),
      this.#badge,
    );
    return this.#launcher;
  }

  // Above everything of the page, out of reach of its stacking and its transforms.
  #float() {
    if (!this.showPopover) return;
    this.popover = "manual";
    this.showPopover();
  }

  #colours() {
    const chat = this.shadowRoot.querySelector(".chat");
    const accent = this.#option("accent") ?? getComputedStyle(this).getPropertyValue("--ascolto-accent").trim();
    if (!accent) return;
    const ink = readable(accent);
    if (!ink) return;
    const own = getComputedStyle(this).getPropertyValue("--ascolto-on-accent").trim();
    chat.style.setProperty("--accent", accent);
    chat.style.setProperty("--accent-line", accent);
    chat.style.setProperty("--on-accent", own || ink);
  }

  // The keyboard of a phone covers what it doesn't tell the page of.
  #fit() {
    const seen = window.visualViewport;
    if (seen && seen.scale === 1) this.#panel.style.setProperty("--seen-height", `${seen.height}px`);
    const covers = !this.page && this.isOpen && this.#panel.clientWidth >= window.innerWidth;
    if (covers) this.#panel.setAttribute("aria-modal", "true");
    else this.#panel.removeAttribute("aria-modal");
  }

  // -- what happens ------------------------------------------------------------------------------

  #say(message) {
    this.#talk.say(message);
    this.#log.toEnd();
  }

  #changed(what) {
    if (!this.#log) return;
    if (what === "session") this.#log.clear();
    if (what === "typing") this.#log.dots();
    else this.#log.show({ earlier: what === "earlier" });
    this.#head.show();
    this.#seen();
    this.#showUnread();
  }

  #fresh(entries) {
    if (entries.length === 0) return;
    if (this.#talk.sound) chime();
    if (this.isOpen) return;
    const last = entries.at(-1);
    this.#announcer.textContent = this.#t("said", last.author ?? this.#t(last.role), last.text ?? this.#t("attachment"));
  }

  #seen() {
    if (this.#panel && this.isOpen && document.visibilityState === "visible" && document.hasFocus()) this.#talk.read();
  }

  #showUnread() {
    if (!this.#launcher) return;
    const unread = this.isOpen ? 0 : this.#talk.unread;
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 9 ? "9+" : String(unread);
    const t = this.#t;
    this.#launcher.setAttribute("aria-label", this.isOpen ? t("close") : unread ? t("open_unread", unread) : t("open"));
    this.#launcher.replaceChildren(icon(this.isOpen ? "down" : "chat"), this.#badge);
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (!this.#head.dontForget()) this.close();
    }
    // What covers the page keeps the focus to itself.
    if (event.key === "Tab" && this.#panel.getAttribute("aria-modal")) {
      const stops = [...this.#panel.querySelectorAll("button, a, textarea, [tabindex='0']")].filter((stop) => !stop.disabled && stop.offsetParent !== null);
      const [first, last] = [stops[0], stops.at(-1)];
      const at = this.shadowRoot.activeElement;
      if (event.shiftKey ? at === first : at === last) {
        event.preventDefault();
        (event.shiftKey ? last : first).focus();
      }
    }
  }
}
