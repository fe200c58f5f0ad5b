"""The lists that names are looked up in: whole, unambiguous, and in step with what is sold."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import pytest
import yaml

from crm_bridge.demo.catalogue import PRODUCTS
from tests.nlu.sets import ROOT

FOLDER = ROOT / "data" / "lookups"


def lookup(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")))


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def names(key: str) -> list[str]:
    return [" ".join(name.split()) for name in lookup("cities")[key].split(",")]


def test_every_article_that_is_sold_can_be_named() -> None:
    content = lookup("products")
    for product in PRODUCTS:
        if product.kind == "yarn":
            line, colour = product.sku.split("-")
            entry = next(entry for entry in content["yarns"] if entry["id"] == line)
            italian, english = entry["colours"][colour]
            assert product.name_it.startswith(f"{entry['name']} {italian} (")
            assert product.name_en.startswith(f"{entry['name']} {english} (")
            continue
        entry = next(entry for entry in content["others"] if product.sku.startswith(entry["id"]))
        if entry["id"] == product.sku:
            assert (entry["it"], entry["en"]) == (product.name_it, product.name_en)
        else:
            assert product.name_it.startswith(entry["it"])
            assert product.name_en.startswith(entry["en"])


def test_nothing_else_is_listed() -> None:
    content = lookup("products")
    sold = [product.sku for product in PRODUCTS]
    for entry in content["others"]:
        assert any(sku.startswith(entry["id"]) for sku in sold), entry["id"]
    for entry in content["yarns"]:
        for code in entry["colours"]:
            assert f"{entry['id']}-{code}" in sold


def test_no_two_articles_are_called_the_same() -> None:
    entries = [entry for kind in ("yarns", "others") for entry in lookup("products")[kind]]
    called = Counter(
        name
        for entry in entries
        for name in {
            plain(name)
            for name in (
                *entry.get("called", ()),
                entry.get("it"),
                entry.get("en"),
                entry.get("name"),
            )
            if name
        }
    )
    assert [name for name, times in called.items() if times > 1] == []


def test_a_city_stands_in_the_list_once() -> None:
    listed = Counter(plain(name) for key in ("plain", "careful") for name in names(key))
    assert [name for name, times in listed.items() if times > 1] == []


def test_other_names_are_those_of_one_listed_city() -> None:
    content = lookup("cities")
    listed = {*names("plain"), *names("careful")}
    others = [name for group in content["other"].values() for name in group]
    assert set(content["other"]) <= listed
    assert len(others) == len(set(others))
    assert not set(others) & listed
    assert set(content["careful_other"]) <= set(others)


@pytest.mark.parametrize("city", ["Biella", "Milano", "Londra", "Leeds", "York", "Cork", "Norwich"])
def test_the_cities_of_the_demo_are_known(city: str) -> None:
    assert city in {*names("plain"), *names("careful")}
