"""Check a folder of articles: `python -m crm_bridge.knowledge data/knowledge`.

Exits 1 and names file and line of every mistake.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crm_bridge.knowledge.articles import load


def main(arguments: list[str]) -> int:
    """Command line: the folder, `data/knowledge` if none is given."""
    articles, mistakes = load(Path(arguments[0] if arguments else "data/knowledge"))
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    print(f"{len(articles)} articles are good, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
