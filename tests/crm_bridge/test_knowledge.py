"""Questions find their article, or no answer at all."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crm_bridge.knowledge.articles import load
from crm_bridge.knowledge.learning import UNLEARNT, learn
from crm_bridge.knowledge.library import Library
from crm_bridge.knowledge.models import UnansweredQuestion
from crm_bridge.knowledge.ngrams import PassageIndex, SharedWords, features, rarity
from crm_bridge.knowledge.retrieval import Retriever
from crm_bridge.knowledge.service import redacted
from tests.crm_bridge.help_articles import ARTICLES, article, letters_as_meaning
from tests.crm_bridge.world import GATEWAY, World
from understanding.vectors import encode

TODAY = date(2026, 5, 28)


async def ask(world: World, question: str, language: str = "it", **options: Any) -> dict[str, Any]:
    params = {"q": question, "language": language, **options}
    answer = await world.call("GET", "/v1/knowledge/search", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_answer_is_the_articles_first_paragraph_and_its_address(world: World) -> None:
    found = await ask(world, "Come si lava il merino?", limit=2)
    assert found["answer"] == {
        "slug": "lavare-merino",
        "title": "lavare merino",
        "text": "Ecco.",
        "url": "https://www.lanificioaurora.example/it/aiuto/lavare-merino",
        "score": found["answer"]["score"],
    }
    assert found["candidates"][0]["slug"] == "lavare-merino"
    assert len(found["candidates"]) == 2


async def test_an_article_is_given_by_its_name(world: World) -> None:
    async def named(slug: str, language: str) -> Any:
        params = {"language": language}
        return await world.call("GET", f"/v1/knowledge/articles/{slug}", params=params)

    found = (await named("lavare-merino", "it")).json()
    assert (found["title"], found["text"], found["score"]) == ("lavare merino", "Ecco.", 1.0)
    assert found["url"].endswith("/it/aiuto/lavare-merino")
    for slug, language in (("lavare-merino", "en"), ("nessuno", "it")):
        answer = await named(slug, language)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


async def test_each_language_answers_for_itself(world: World) -> None:
    found = await ask(world, "how do I wash merino", "en")
    assert found["answer"]["url"].endswith("/en/help/washing")
    assert {c["slug"] for c in found["candidates"]} == {"washing", "moths"}


async def test_what_no_article_answers_is_kept_without_personal_data(world: World) -> None:
    question = "quanto pesa il sole? scrivi a rosa@example.com, 333 555 0101, ordine LA-20398"
    found = await ask(world, question)
    assert found["answer"] is None
    (kept,) = await world.rows(UnansweredQuestion)
    assert kept.text == ("quanto pesa il sole? scrivi a ⟦email⟧, ⟦number⟧, ordine LA-⟦number⟧")
    assert kept.nearest_slug == found["candidates"][0]["slug"]
    await ask(world, "come si lava il merino")
    assert len(await world.rows(UnansweredQuestion)) == 1


async def test_questions_without_words_have_no_answer(world: World) -> None:
    for question in ("?", "🧶" * 2000, "12345"):
        assert (await ask(world, question))["answer"] is None
    for blank in (" ", "\u00a0\n"):
        answer = await world.call(
            "GET", "/v1/knowledge/search", params={"q": blank, "language": "it"}
        )
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == "q"


async def test_until_the_articles_are_loaded_the_answer_is_later_not_none(world: World) -> None:
    world.app.state.bridge.library = Library()
    answer = await world.call(
        "GET", "/v1/knowledge/search", params={"q": "tarme", "language": "it"}
    )
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


async def test_the_gateway_may_search_too(world: World) -> None:
    params = {"q": "tarme", "language": "it"}
    answer = await world.call("GET", "/v1/knowledge/search", params=params, token=GATEWAY)
    assert answer.status_code == 200


def test_articles_out_of_their_time_are_not_found() -> None:
    seasonal = [
        article("saldi", "quando ci sono i saldi", valid_to=date(2026, 5, 27)),
        article("estate", "orari di agosto", valid_from=date(2026, 6, 1)),
        *ARTICLES[:3],
    ]
    retriever = Retriever(seasonal, letters_as_meaning)
    found = {match.article.slug for match in retriever.search("quando ci sono i saldi", TODAY)}
    assert found == {"lavare-merino", "tempi-rimborso", "tarme"}
    found = {m.article.slug for m in retriever.search("saldi", date(2026, 5, 27))}
    assert "saldi" in found


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_articles_teach_nothing_and_still_answer(count: int) -> None:
    retriever = Retriever(ARTICLES[:count], letters_as_meaning)
    assert retriever.judgement == UNLEARNT
    assert len(retriever.search("come si lava il merino", TODAY)) == count


def test_the_threshold_lies_between_what_answers_and_what_does_not() -> None:
    rng = np.random.default_rng(1)
    questions, articles = 60, 6
    own = np.arange(questions) % articles
    evidence = rng.normal(0.2, 0.03, (questions, articles, 4))
    evidence[np.arange(questions), own, :3] += 0.5
    evidence[..., 3] = 0.0
    judged = learn(evidence, own)
    assert judged.found == judged.refused == 1.0
    scores = judged.scores(evidence)
    right = scores[np.arange(questions), own]
    assert scores[scores < judged.threshold].size == questions * (articles - 1)
    assert right.min() > judged.threshold


def test_the_more_questions_teach_the_further_the_weights_move() -> None:
    rng = np.random.default_rng(2)

    def learnt(questions: int) -> np.ndarray:
        own = np.arange(questions) % 4
        evidence = rng.normal(0.3, 0.1, (questions, 4, 4))
        evidence[np.arange(questions), own, 2] += 0.3
        return np.array(learn(evidence, own).weights)

    usual = np.array(UNLEARNT.weights)
    few, many = learnt(25), learnt(400)
    assert learn(np.zeros((10, 4, 4)), np.zeros(10, dtype=np.intp)) == UNLEARNT
    assert np.linalg.norm(few - usual) < np.linalg.norm(many - usual)
    # What told the articles apart is what counts.
    assert many[2] > usual[2]
    assert (many >= 0).all()


def test_an_article_of_one_question_is_found_by_what_its_text_says() -> None:
    alone = [
        article("tarme", "come tengo lontane le tarme", text="Con lavanda e cedro, o in freezer."),
        article("pilling", "perché vengono i pallini", text="Sono fibre corte. Usa un pettine."),
        article(
            "resi", "posso rendere un ordine", text="Sì, entro trenta giorni, con l'etichetta."
        ),
    ]
    retriever = Retriever(alone, letters_as_meaning)
    assert retriever.judgement == UNLEARNT
    for query, slug in [("metto la lavanda?", "tarme"), ("che pettine uso", "pilling")]:
        assert retriever.search(query, TODAY)[0].article.slug == slug


def test_a_long_text_is_read_in_pieces_of_whole_sentences() -> None:
    sentence = "La lana si lava a mano in acqua fredda con poco sapone. "
    read: list[str] = []

    def remember(texts: list[str]) -> np.ndarray:
        read.extend(texts)
        return letters_as_meaning(texts)

    Retriever([article("lavare", "come si lava", text=sentence * 60)], remember)
    pieces = [text for text in read if text.startswith("La lana")]
    assert max(map(len, pieces)) <= 500
    assert all(text.endswith("sapone.") for text in pieces)
    assert len(pieces) <= 12


def test_words_are_alike_despite_accents_capitals_and_typos() -> None:
    index = PassageIndex([features("Perché si è infeltrito?"), features("Quanto costa?")])
    alike = index.likeness(features("PERCHE SI E INFELTRTO"))
    assert alike[0] > 0.5 > alike[1]
    assert index.likeness(features("")).tolist() == [0.0, 0.0]


def test_shared_words_can_leave_a_passage_out() -> None:
    passages = [features("merino freddo"), features("merino")]
    shared = SharedWords([passages[0] + passages[1], features("tarme")])
    query = features("freddo")
    assert shared.of(query)[0] > 0.8
    assert shared.of(query, left_out=(0, passages[0]))[0] < 0.2
    assert shared.of(features("")).tolist() == [0.0, 0.0]


SAID = ["merino freddo lavare", "lana merino, lana!", "tarme e lana", "", "fredda acqua"]
ASKED = ["si lava il merino?", "lana", "zzz", "", "tarme merino tarme"]


@pytest.mark.parametrize("query", ASKED)
def test_shared_words_are_those_of_each_document(query: str) -> None:
    said, asked = [features(text) for text in SAID], features(query)
    lengths = [sum(counts.values()) for counts in said]
    for document, gone in [(None, features("")), (1, features("lana")), (0, said[0])]:
        left = [counts - gone if n == document else counts for n, counts in enumerate(said)]
        wanted, total = [0.0] * len(said), 0.0
        for name in asked:
            holders = [n for n, counts in enumerate(left) if counts[name]]
            weight = rarity(len(said), len(holders))
            total += weight
            for n in holders:
                long = lengths[n] - (gone.total() if n == document else 0)
                damping = 1.2 * (0.5 + 0.5 * long / (sum(lengths) / len(said)))
                wanted[n] += weight * 2.2 * left[n][name] / (left[n][name] + damping)
        found = SharedWords(said).of(asked, None if document is None else (document, gone))
        assert found == pytest.approx([one / total if total else 0.0 for one in wanted])


@pytest.mark.parametrize("query", ASKED)
def test_likeness_is_the_cosine_of_weighed_words(query: str) -> None:
    said, asked = [features(text) for text in SAID], features(query)
    frequency = Counter(name for counts in said for name in counts)

    def unit(counts: Counter[str]) -> dict[str, float]:
        raw = {
            name: (1 + math.log(times)) * rarity(len(said), frequency[name])
            for name, times in counts.items()
        }
        return {name: value / math.hypot(*raw.values()) for name, value in raw.items()}

    wanted = [
        sum(value * unit(counts).get(name, 0.0) for name, value in unit(asked).items())
        for counts in said
    ]
    assert PassageIndex(said).likeness(asked) == pytest.approx(wanted)


def test_numbers_and_addresses_are_redacted() -> None:
    assert redacted("ordine 20417 di a@example.com") == "ordine ⟦number⟧ di ⟦email⟧"
    assert redacted("taglia 42, ferri 4") == "taglia 42, ferri 4"


@pytest.fixture(scope="module")
def shipped() -> Library:
    """The articles of this repository, with the real encoder."""
    library = Library()
    library.open(Path("data/knowledge"), encode)
    return library


def test_the_shipped_articles_are_all_good(shipped: Library) -> None:
    assert shipped.problems() == []
    assert min(shipped.sizes().values()) >= 40


def test_every_shipped_question_is_answered_by_its_own_article(shipped: Library) -> None:
    articles, _ = load(Path("data/knowledge"))
    wrong = []
    for one in articles:
        for question in one.questions:
            matches, threshold = shipped.search(question, one.language, TODAY)
            if not one.valid_on(TODAY):
                continue
            if matches[0].article.slug != one.slug or matches[0].score < threshold:
                wrong.append((question, matches[0].article.slug))
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("it", "che tempo fa domani a Torino?"),
        ("it", "chi ha vinto la partita ieri"),
        ("it", "vendete biciclette elettriche?"),
        ("it", "mi consigli un ristorante"),
        ("it", "raccontami una barzelletta"),
        ("en", "what is the capital of france"),
        ("en", "tell me a joke"),
        ("en", "book me a flight to rome"),
        ("en", "my laptop won't start"),
        ("en", "who won the match yesterday"),
    ],
)
def test_questions_about_something_else_have_no_answer(
    shipped: Library, language: str, question: str
) -> None:
    matches, threshold = shipped.search(question, language, TODAY)
    assert matches[0].score < threshold


@pytest.mark.parametrize(
    ("language", "question", "slug"),
    [
        ("it", "come si lava il maglione di merino?", "lavare-merino"),
        ("it", "quando mi arriva il rimborso", "tempi-rimborso"),
        ("it", "quanto costa spedire in germania", "spedizioni-estero"),
        ("it", "posso pagare con paypal", "metodi-pagamento"),
        ("en", "how do I wash merino", "washing-merino"),
        ("en", "when do I get my money back", "refund-times"),
        ("en", "what size of cardigan should I get", "cardigan-sizes"),
        ("en", "can i pay with paypal", "payment-methods"),
    ],
)
def test_questions_in_other_words_find_their_article(
    shipped: Library, language: str, question: str, slug: str
) -> None:
    matches, threshold = shipped.search(question, language, TODAY)
    assert matches[0].article.slug == slug
    assert matches[0].score >= threshold
