"""httpx's calls with a test's patience: its own is five seconds, and machines are busy."""

from __future__ import annotations

from functools import partial

import httpx2

PATIENCE_S = 60.0

get = partial(httpx2.get, timeout=PATIENCE_S)
post = partial(httpx2.post, timeout=PATIENCE_S)
request = partial(httpx2.request, timeout=PATIENCE_S)
