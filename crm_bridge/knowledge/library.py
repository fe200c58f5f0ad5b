"""All articles in all languages, as loaded at start."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from crm_bridge.knowledge.articles import LANGUAGES, Article, Mistake, load
from crm_bridge.knowledge.retrieval import Encode, Match, Retriever
from runtime.errors import Temporary
from runtime.logging import get_logger
from understanding.encoder import EncoderUnavailable

log = get_logger(__name__)

_REPORTED = 10


class Library:
    """Articles ready to be searched. One with mistakes is left out and named; the rest serve."""

    def __init__(self) -> None:
        self._retrievers: dict[str, Retriever] = {}
        self._mistakes: list[str] = ["the articles are not loaded yet"]
        self._loaded = False

    def open(self, folder: Path, encode: Encode) -> None:
        """Load and index a folder; blocks for about a second. Mistakes are kept, not raised."""
        try:
            articles, mistakes = load(folder)
            self.fill(articles, mistakes, encode)
        except Exception as error:
            # The rest of the service is worth more than its help pages.
            log.error("articles_not_loaded", exc_info=error)
            # What is wrong with the chosen encoder is the operator's to read, and names nobody.
            why = error if isinstance(error, EncoderUnavailable) else type(error).__name__
            self._mistakes = [f"the articles can't be indexed: {why}"]
        self._loaded = True
        for mistake in self._mistakes:
            log.warning("article_mistake", where=mistake)

    def fill(self, articles: list[Article], mistakes: list[Mistake], encode: Encode) -> None:
        """Index these articles."""
        self._retrievers = {
            language: Retriever([a for a in articles if a.language == language], encode)
            for language in LANGUAGES
        }
        self._loaded = True
        self._mistakes = [str(mistake) for mistake in mistakes]
        self._mistakes += [
            f"there are no articles in '{language}'"
            for language, count in self.sizes().items()
            if not count
        ]
        for language, retriever in self._retrievers.items():
            log.info(
                "articles_indexed",
                language=language,
                articles=len(retriever.articles),
                threshold=round(retriever.judgement.threshold, 3),
                left_out_found=round(retriever.judgement.found, 2),
                left_out_refused=round(retriever.judgement.refused, 2),
            )

    def search(self, query: str, language: str, today: date) -> tuple[list[Match], float]:
        """Matches, best first, and the score below which there is no answer.

        Raises Temporary until the articles are loaded: not yet known is not the same as no answer.
        """
        if not self._loaded:
            raise Temporary("the articles are being loaded", retry_after=2)
        retriever = self._retrievers.get(language)
        if retriever is None:
            return [], 1.0
        return retriever.search(query, today), retriever.judgement.threshold

    def article(self, slug: str, language: str, today: date) -> Article | None:
        """One article that is valid today; None if there is none. Raises Temporary as `search`."""
        if not self._loaded:
            raise Temporary("the articles are being loaded", retry_after=2)
        retriever = self._retrievers.get(language)
        found = retriever.articles if retriever else []
        return next((a for a in found if a.slug == slug and a.valid_on(today)), None)

    def sizes(self) -> dict[str, int]:
        """How many articles each language has."""
        counts = Counter(dict.fromkeys(LANGUAGES, 0))
        counts.update({name: len(r.articles) for name, r in self._retrievers.items()})
        return dict(counts)

    def problems(self) -> list[str]:
        """What is wrong with the articles, the first few."""
        return self._mistakes[:_REPORTED]
