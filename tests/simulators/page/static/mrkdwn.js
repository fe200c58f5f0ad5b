// Slack's markup as nodes: bold, italic, struck, code, links, people, emoji, quotations.

import { el } from "./dom.js";

// Marks that carry a meaning are drawn with signs that any machine's fonts have.
const EMOJI = {
  "+1": "👍", ballot_box_with_check: "☑", envelope: "✉", eyes: "👀", grey_question: "?",
  hourglass_flowing_sand: "…", large_green_circle: "●", large_orange_circle: "●",
  leftwards_arrow_with_hook: "↩", lock: "🔒", no_entry: "⊘", no_entry_sign: "⊘", paperclip: "📎",
  robot_face: "🤖", warning: "⚠", wastebasket: "🗑", white_check_mark: "✔", x: "✖",
};
const INNER = "((?:<[^<>]*>|[^<>\\n])+?)";
const PART = new RegExp(
  [
    "<([^<>]*)>",
    ":([a-z0-9_+-]{1,40}):",
    "`([^`\\n]+)`",
    `(?<![\\w*])\\*(?=\\S)${INNER}(?<=\\S)\\*(?![\\w*])`,
    `(?<!\\w)_(?=\\S)${INNER}(?<=\\S)_(?!\\w)`,
    `(?<!\\w)~(?=\\S)${INNER}(?<=\\S)~(?!\\w)`,
  ].join("|"),
  "g",
);

const literal = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** An emoji by Slack's name. */
export function emoji(name) {
  return el("span", { class: `mark ${name}`, title: name, text: EMOJI[name] ?? `:${name}:` });
}

/** Marked-up text as an element; `names` goes from a person's id to their name. */
export function mrkdwn(text, names = {}) {
  const place = el("div", { class: "mrkdwn", dir: "auto" });
  let quotation = null;
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quotation) place.append((quotation = el("blockquote")));
      quotation.append(el("div", {}, ...parts(quoted[1], names)));
    } else {
      quotation = null;
      place.append(el("div", {}, ...parts(line, names)));
    }
  }
  return place;
}

function parts(text, names) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PART)) {
    if (found.index > from) nodes.push(literal(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const [, entity, symbol, code, bold, italic, struck] = found;
    if (entity !== undefined) nodes.push(link(entity, names));
    else if (symbol !== undefined) nodes.push(emoji(symbol));
    else if (code !== undefined) nodes.push(el("code", { text: literal(code) }));
    else if (bold !== undefined) nodes.push(el("strong", {}, ...parts(bold, names)));
    else if (italic !== undefined) nodes.push(el("em", {}, ...parts(italic, names)));
    else nodes.push(el("s", {}, ...parts(struck, names)));
  }
  if (from < text.length) nodes.push(literal(text.slice(from)));
  return nodes.length ? nodes : ["\u00a0"];
}

function link(entity, names) {
  const [target, ...label] = entity.split("|");
  if (target.startsWith("@")) return el("b", { text: `@${names[target.slice(1)] ?? target.slice(1)}` });
  if (/^[#!]/.test(target)) return el("b", { text: literal(label.join("|") || target) });
  return address(literal(target), literal(label.join("|") || target));
}

/** A link to another page, or only its title if the address is of another kind. */
export function address(target, title) {
  let url = null;
  try {
    url = new URL(target);
  } catch {
    return el("span", { text: title });
  }
  if (!["http:", "https:"].includes(url.protocol)) return el("span", { text: title });
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", text: title });
}
