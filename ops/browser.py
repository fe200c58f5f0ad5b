"""Says before the tests whether there is a browser for the console's tests."""

from __future__ import annotations

import os
import shutil
import sys

_MISSING = (
    "The console's tests need Chromium and its driver (Debian, Ubuntu: "
    "apt-get install chromium chromium-driver)."
)


def main() -> int:
    """0 when there is one, or when the tests may do without."""
    if shutil.which("chromedriver") and (shutil.which("chromium") or shutil.which("google-chrome")):
        return 0
    if os.environ.get("ASCOLTO_TEST_REQUIRE_SERVICES") == "1":
        print(_MISSING, file=sys.stderr)
        return 1
    print(f"{_MISSING} They are skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
