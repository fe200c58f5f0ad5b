"""A project of four intents that validates clean, cut out of the real data, to plant faults in."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
INTENTS = {"greet": 45, "order_status": 45, "deny": 45, "out_of_scope": 85}
ARTICLES = {
    "it": ("tarme", "fattura", "buoni-regalo"),
    "en": ("moths", "invoices-and-vat", "gift-cards"),
}

DOMAIN = """version: "3.1"

intents:
  - greet
  - order_status
  - deny
  - out_of_scope
  - nlu_fallback

entities:
  - order_number
  - language

slots:
  language:
    type: categorical
    values: [it, en]
    initial_value: it
    influence_conversation: false
    mappings:
      - type: from_entity
        entity: language
  order_number:
    type: text
    influence_conversation: false
    mappings:
      - type: from_entity
        entity: order_number
  outcome:
    type: categorical
    values: [shown, refused]
    mappings: [{type: custom}]

forms:
  order_form:
    required_slots: [order_number]

actions:
  - action_show_order
"""

RULES = """version: "3.1"

rules:
  - rule: greets
    steps:
      - intent: greet
      - action: utter_greet

  - rule: asks for an order
    steps:
      - intent: order_status
      - action: order_form
      - active_loop: order_form

  - rule: the order is named
    condition:
      - active_loop: order_form
    steps:
      - action: order_form
      - active_loop: null
      - slot_was_set:
          - requested_slot: null
      - action: action_show_order
      - slot_was_set:
          - outcome: shown

  - rule: refuses
    steps:
      - intent: deny
      - action: utter_refused

  - rule: was not understood
    steps:
      - or:
          - intent: out_of_scope
          - intent: nlu_fallback
      - action: utter_refused
"""

STORIES = """version: "3.1"

stories:
  - story: greets and goes
    steps:
      - intent: greet
      - action: utter_greet
      - intent: deny
      - action: utter_refused
"""

RESPONSES = """version: "3.1"

responses:
  utter_greet:
    - text: "Ciao!"
      condition: [{type: slot, name: language, value: it}]
      buttons:
        - {title: "Il mio ordine", payload: "/order_status"}
    - text: "Hello!"
      condition: [{type: slot, name: language, value: en}]
      buttons:
        - {title: "My order", payload: "/order_status"}

  utter_refused:
    - text: "Va bene."
      condition: [{type: slot, name: language, value: it}]
    - text: "All right."
      condition: [{type: slot, name: language, value: en}]

  utter_ask_order_number:
    - text: "Che numero ha?"
      condition: [{type: slot, name: language, value: it}]
    - text: "What is its number?"
      condition: [{type: slot, name: language, value: en}]

  utter_shown_today:
    - text: "L'ordine {number} arriva oggi."
      condition: [{type: slot, name: language, value: it}]
    - text: "Order {number} comes today."
      condition: [{type: slot, name: language, value: en}]
"""

ACTIONS = '''"""Shows an order."""

NAME = "action_show_order"


def said(day: str) -> str:
    return f"utter_shown_{day}"
'''

MEANINGS = """order_status: {it: "Il mio ordine", en: "My order"}
"""

CONFIG = """recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: bot.nlu.classifier.CareIntentClassifier
    never_asked: [greet, deny]
policies:
  - name: MemoizationPolicy
    max_history: 5
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_listen
    enable_fallback_prediction: true
"""

JUDGED = {
    "it": '- {text: "chissà dove sarà finita la mia roba", intent: order_status}\n',
    "en": '- {text: "whatever became of my things", intent: order_status}\n',
}


def build(root: Path) -> Path:
    """Write it."""
    for name, content in {
        "domain.yml": DOMAIN,
        "config.yml": CONFIG,
        "data/rules/all.yml": RULES,
        "data/stories/all.yml": STORIES,
        "data/responses/all.yml": RESPONSES,
        "data/meanings.yml": MEANINGS,
        "actions/orders.py": ACTIONS,
        **{f"tests/nlu/evaluation.{language}.yml": text for language, text in JUDGED.items()},
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for language, slugs in ARTICLES.items():
        for intent, number in INTENTS.items():
            name = f"data/nlu/{language}/{intent}.yml"
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines(keepends=True)
            first = next(n for n, line in enumerate(lines) if "examples: |" in line) + 1
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("".join(lines[: first + number]), encoding="utf-8")
        for slug in slugs:
            name = f"data/knowledge/{language}/{slug}.md"
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    known = yaml.safe_load((ROOT / "data" / "reviewed.yml").read_text("utf-8"))
    reviewed = {"reviewed": [], "invented": known["invented"]}
    content = yaml.safe_dump(reviewed, allow_unicode=True)
    (root / "data" / "reviewed.yml").write_text(content, encoding="utf-8")
    return root


def examples(root: Path, intent: str, language: str) -> list[str]:
    """The lines of an intent's file."""
    return (root / f"data/nlu/{language}/{intent}.yml").read_text("utf-8").splitlines()
