"""Policy files for tests: a small good one, and ways to change it."""

from pathlib import Path
from textwrap import dedent, indent

SHIPPED = Path(__file__).parents[3] / "policy"

HAND_OVER = "{handoff: true, priority: normal, replies: send, first_answer_minutes: 30}"
REASON = "{it: perché, en: why}"


def rule(
    name: str = "a-rule",
    when: str = "signal: complaint",
    then: str = HAND_OVER,
    reason: str = REASON,
) -> str:
    """One rule as YAML; `when` may have several lines, `then` and `reason` have one."""
    return (
        f"  - name: {name}\n    when:\n{indent(dedent(when).strip(), '      ')}\n"
        f"    then: {then}\n    reason: {reason}\n"
    )


def policy_file(folder: Path, *rules: str, head: str = "tiers: [gold, silver, base]\n") -> Path:
    """A policy with these rules; the first rule's name is on line 3."""
    path = folder / "escalation.yml"
    path.write_text(f"{head}rules:\n{''.join(rules)}", encoding="utf-8")
    return path
