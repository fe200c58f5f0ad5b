"""A workbench that reads by the words that two texts share: small, but it really learns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

TOKEN = "a-workbench-token"
TOO_FAR = 0.3


@dataclass
class Workbench:
    """`known` trains it, `evaluation` is what it is judged by: (text, language, intent) each."""

    known: list[tuple[str, str, str]] = field(default_factory=list)
    evaluation: list[tuple[str, str, str]] = field(default_factory=list)
    away: bool = False

    def app(self) -> FastAPI:
        """Its contract over HTTP."""
        app = FastAPI()

        @app.post("/v1/try", response_model=None)
        async def attempt(request: Request) -> dict[str, Any] | JSONResponse:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"error": {"code": "unauthenticated"}}, 401)
            if self.away:
                return JSONResponse({"error": {"code": "temporarily_unavailable"}}, 503)
            return self.attempt(await request.json())

        return app

    def attempt(self, body: dict[str, Any]) -> dict[str, Any]:
        """What `POST /v1/try` answers."""
        examples = [(e["text"], e["language"], e["intent"]) for e in body["examples"]]
        also = [(e["text"], e["language"], e["expected"], "review") for e in body.get("also", ())]
        compared = [(*each, "evaluation") for each in self.evaluation] + also
        then = self.known + examples
        changed: dict[str, list[dict[str, Any]]] = {"fixes": [], "breaks": []}
        for text, language, expected, source in compared:
            was, now = self._read(text, self.known)["intent"], self._read(text, then)["intent"]
            kind = "fixes" if now == expected else "breaks"
            if was != now and expected in (was, now):
                changed[kind].append(
                    {"text": text, "language": language, "expected": expected}
                    | {"was": was, "now": now, "source": source}
                )
        readings = [
            {"text": text, "now": self._read(text, self.known), "then": self._read(text, then)}
            for text, _, _ in examples
        ]
        return {
            "seconds": 0.4,
            "model": "5f3c9a",
            "readings": readings,
            "compared": len(compared),
            **changed,
        }

    @staticmethod
    def _read(text: str, known: list[tuple[str, str, str]]) -> dict[str, Any]:
        ranking: dict[str, float] = {}
        for other, _, intent in known:
            one, two = _words(text), _words(other)
            alike = len(one & two) / max(1, len(one | two))
            ranking[intent] = max(ranking.get(intent, 0.0), alike)
        ordered = sorted(ranking.items(), key=lambda each: -each[1])
        intent, confidence = ordered[0] if ordered else ("nlu_fallback", 0.0)
        return {
            "intent": intent if confidence >= TOO_FAR else "nlu_fallback",
            "confidence": confidence,
            "ranking": [{"intent": i, "confidence": c} for i, c in ordered],
        }


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
