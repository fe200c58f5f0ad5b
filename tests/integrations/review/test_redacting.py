"""The bot's entities, moved with the redacted text."""

from __future__ import annotations

from integrations.review.redacting import clean


def marked(text: str, name: str, part: str) -> list[dict[str, object]]:
    start = text.index(part)
    found = {"entity": name, "start": start, "end": start + len(part), "value": part}
    return clean(text, language="it", entities=[found]).entities


def test_a_city_in_an_address_goes_with_it() -> None:
    assert marked("abito in via Torino 4, Milano", "city", "Milano") == []


def test_a_city_beside_an_address_moves_along() -> None:
    text = "spedite in via Torino 4? io sono a Milano oggi"
    [city] = marked(text, "city", "Milano")
    assert city["value"] == "Milano"


def test_an_order_number_is_marked_on_its_stand_in() -> None:
    [number] = marked("dov'è il mio ordine LA-20398?", "order_number", "LA-20398")
    assert number["value"] != "LA-20398"
    assert str(number["value"]).startswith("LA-")
