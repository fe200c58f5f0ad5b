"""Somebody is erased from the review inbox by a command."""

from __future__ import annotations

import pytest

from ops.gateway import GatewayProblem
from studio.pulling.erasing import erase
from tests.studio.pulling_gateway import Server
from tests.studio.test_pulling import asked, server

__all__ = ["server"]


def test_each_conversation_is_erased_and_the_trees_are_to_follow(server: Server) -> None:
    server.conversations = {"c1", "c2"}
    with asked(server) as gateway:
        assert list(erase(gateway, ["c1", "c2"])) == [
            "c1: erased (messages: 2, proposals: 1)",
            "c2: erased (messages: 2, proposals: 1)",
            "Examples to take out: 2. Next: make review-pull, in every clone",
        ]


def test_a_conversation_that_nobody_knows_is_named(server: Server) -> None:
    with asked(server) as gateway, pytest.raises(GatewayProblem, match="c3: "):
        list(erase(gateway, ["c3"]))


def test_what_follows_is_said_although_a_later_one_is_unknown(server: Server) -> None:
    server.conversations = {"c1"}
    with asked(server) as gateway:
        said = erase(gateway, ["c1", "typo"])
        assert next(said).startswith("c1: erased")
        assert next(said) == "Examples to take out: 1. Next: make review-pull, in every clone"
        with pytest.raises(GatewayProblem, match="typo: "):
            next(said)
