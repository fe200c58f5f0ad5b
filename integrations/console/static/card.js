// The card: why a person is needed, who this is, what happened before, what was promised.

import { mine, t, word } from "./boot.js";
import { el, icon } from "./dom.js";
import { dateOf, exactly, money, since, whenOf } from "./moments.js";

// What the bot collected in codes rather than in the customer's words.
const CODED = { form: "form", topic: "topic", matter: "intent", language: "speaks" };

/**
 * Fill `node` with the card of `conversation`; `refresh()` looks the customer up again,
 * `relabel(handoff)` says what the customer of a closed case wanted.
 */
export function show(node, card, conversation, { refresh, relabel }) {
  node.replaceChildren(...[why(card.handoff), who(card, conversation), history(card, refresh), earlier(card.earlier, relabel)].flat().filter(Boolean));
}

function why(handoff) {
  if (!handoff || !["queued", "claimed", "message"].includes(handoff.state)) return null;
  const due = handoff.first_answer_due_at;
  const late = due && since(due) > 0;
  const answer = handoff.answered_at
    ? t("card.answered", { time: whenOf(handoff.answered_at) })
    : due && t(late ? "card.overdue" : "card.due", { time: whenOf(due) });
  const collected = Object.entries(handoff.collected);
  return section(t("card.why"),
    el("ul", { class: "reasons" }, handoff.reasons.length ? handoff.reasons.map((reason) => el("li", { dir: "auto", text: mine(reason) })) : el("li", { text: t("card.no_reason") })),
    facts([
      [t("card.priority"), word("priority", handoff.priority)],
      [t("card.first_answer"), answer && el("span", { class: late && !handoff.answered_at ? "late" : null, text: answer, title: exactly(handoff.answered_at ?? due) })],
      ["", t("card.requested", { time: whenOf(handoff.requested_at) })],
    ]),
    handoff.effects.length > 0 && el("div", { class: "effects" }, el("h3", { text: t("card.effects") }),
      el("ul", {}, handoff.effects.map((effect) => el("li", { dir: "auto", text: mine(effect) }))),
      el("p", { class: "hint", text: t("card.effects_hint") })),
    collected.length > 0 && [el("h3", { text: t("card.collected") }), facts(collected.map(([name, value]) => [word("field", name), CODED[name] ? word(CODED[name], value) : value]))],
  );
}

function who(card, conversation) {
  const brief = card.brief;
  const person = brief?.person;
  const name = [person?.first_name ?? card.first_name, person?.last_name].filter(Boolean).join(" ");
  return section(t("card.who"),
    name && el("p", { class: "person", dir: "auto", text: name }),
    el("p", {}, el("span", { class: "level", "data-level": card.level, text: word("card", `level_${card.level}`) })),
    el("p", { class: "hint", text: t(`card.level_${card.level}_hint`) }),
    card.unreachable && el("p", { class: "late", role: "note", text: t("card.unreachable") }),
    facts([
      [t("card.channel"), word("channel", conversation.channel)],
      [t("card.handle"), conversation.handle],
      [t("card.language"), word("speaks", conversation.language ?? brief?.language)],
      [t("card.tier"), word("tier", card.tier)],
      [t("card.lifetime_value"), brief?.lifetime_value ? money(brief.lifetime_value) : ""],
      [t("card.customer_since"), person?.created_at && person.kind === "customer" ? dateOf(person.created_at) : ""],
      [t("card.place"), [person?.city, person?.country].filter(Boolean).join(", ")],
      [t("card.email"), person?.email],
      [t("card.phone"), person?.phone],
      [t("card.preferred"), word("channel", brief?.preferred_channel)],
      [t("card.consents"), (brief?.consents ?? []).map((c) => `${word("consent", c.purpose)}: ${t(c.granted ? "card.consent_yes" : "card.consent_no")}`).join(", ")],
    ]),
  );
}

function history(card, refresh) {
  const brief = card.brief;
  if (!brief) {
    const open = card.handoff && ["queued", "claimed", "message"].includes(card.handoff.state);
    return section(t("card.known"), el("p", { class: "muted", "aria-busy": open ? "true" : null, text: t(open ? "card.brief_pending" : "card.brief_none") }));
  }
  const asOf = el("p", { class: "hint" }, t("card.brief_at", { time: whenOf(card.brief_at) }), " ",
    el("button", { class: "plain", type: "button", on: { click: refresh } }, icon("refresh"), " ", t("card.refresh")));
  if (!brief.person) return section(t("card.known"), el("p", { class: "muted", text: t("card.brief_unknown") }), asOf);
  return [
    brief.cases?.length > 0 && section(t("card.cases"), items(brief.cases.map(aCase))),
    section(t("card.orders"), brief.orders?.length ? items(brief.orders.map(order)) : el("p", { class: "muted", text: t("card.no_orders") })),
    brief.timeline?.length > 0 && section(t("card.timeline"), items(brief.timeline.map(moment))),
    section("", asOf),
  ];
}

function order(given) {
  const parcel = given.shipment;
  return el("li", {},
    el("p", { class: "top" }, el("b", { text: given.number }), el("span", { text: `${word("order_status", given.status)} · ${money(given.total, given.currency)}` })),
    el("p", { class: "muted", dir: "auto", text: (given.items ?? []).map((item) => `${item.quantity} × ${item.name}`).join(", ") }),
    parcel && el("p", { dir: "auto" },
      [parcel.carrier, parcel.tracking, word("parcel", parcel.status)].filter(Boolean).join(" · "), " ",
      parcel.delivered_at ? el("span", { text: t("card.delivered", { date: dateOf(parcel.delivered_at) }) }) : expected(parcel)),
    parcel?.last_event && el("p", { class: "muted", dir: "auto", text: parcel.last_event }));
}

function expected(parcel) {
  if (!parcel.estimated_delivery) return "";
  const late = since(`${parcel.estimated_delivery}T23:59:59`) > 0;
  return el("span", { class: late ? "late" : null, text: t("card.estimated", { date: dateOf(parcel.estimated_delivery) }) });
}

function aCase(given) {
  return el("li", {},
    el("p", { class: "top" }, el("b", { text: given.reference }), el("span", { text: `${word("topic", given.topic)} · ${word("case_status", given.status)} · ${dateOf(given.opened_at)}` })),
    el("p", { class: "said", dir: "auto", text: given.summary, title: given.summary }),
    given.promise && el("p", { class: "promise", dir: "auto", text: `${t("card.promise")}: ${given.promise}` }),
    given.outcome && el("p", { class: "muted", dir: "auto", text: `${t("card.outcome")}: ${given.outcome}` }));
}

function moment(given) {
  return el("li", {},
    el("p", { class: "top" }, el("span", { text: `${word("role", given.role)} · ${word("channel", given.channel)}` }), el("time", { class: "muted", datetime: given.at, title: exactly(given.at), text: whenOf(given.at) })),
    el("p", { class: "said", dir: "auto", text: given.text, title: given.text }),
    (given.tone?.angry || given.tone?.urgent) && el("p", { class: "muted", text: ["angry", "urgent"].filter((mark) => given.tone[mark]).map((mark) => t(`message.${mark}`)).join(", ") }));
}

function earlier(handoffs, relabel) {
  if (handoffs.length === 0) return null;
  return section(t("card.earlier"), items(handoffs.map((handoff) => el("li", {},
    el("p", { class: "top" },
      el("b", { dir: "auto", text: handoff.reasons.map(mine).join(" · ") || t("card.no_reason") }),
      el("span", { class: "muted", text: word("handoff_state", handoff.state) })),
    el("p", { class: "muted", dir: "auto", text: [handoff.claimed_by, whenOf(handoff.closed_at ?? handoff.requested_at)].filter(Boolean).join(", ") }),
    handoff.word && el("p", { class: "promise", dir: "auto", text: `${t("card.word")}: ${handoff.word}` }),
    handoff.rating && el("p", { text: `${t("card.rating")}: ${handoff.rating}/5` }),
    handoff.closed_at && wish(handoff, relabel)))));
}

function wish(handoff, relabel) {
  const known = [word("intent", handoff.wanted), handoff.wanted_words].filter(Boolean).join(" · ");
  return el("p", { class: "wish", dir: "auto" }, known && `${t("wanted.told")}: ${known}`, known && " ",
    el("button", { class: "plain", type: "button", text: t(known ? "wanted.change" : "wanted.add"), on: { click: () => relabel(handoff) } }));
}

function section(title, ...children) {
  return el("section", {}, title && el("h3", { text: title }), ...children.flat());
}

function items(children) {
  return el("ul", { class: "items" }, ...children);
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  return known.length > 0 && el("dl", {}, ...known.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { dir: "auto" }, value)]));
}
