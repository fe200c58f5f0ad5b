"""The service tells the truth about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from crm_bridge.knowledge.library import Library
from runtime.database import Database
from tests.crm_bridge.help_articles import letters_as_meaning
from tests.crm_bridge.world import World
from understanding.encoder import EncoderUnavailable


async def ready(world: World) -> tuple[int, list[str]]:
    answer = await world.http.get("/readyz")
    return answer.status_code, answer.json()["problems"]


async def test_a_complete_service_is_ready_without_a_token(world: World) -> None:
    assert await ready(world) == (200, [])
    assert (await world.http.get("/readyz")).json()["articles"] == {"it": 3, "en": 2}
    assert (await world.http.get("/healthz")).json() == {"status": "ok"}


async def test_a_database_without_the_newest_migration_is_named(world: World) -> None:
    def change(name: str) -> Any:
        return lambda c: c.execute(text(f"update alembic_version set version_num = '{name}'"))

    now = await world.database.read(
        lambda c: c.execute(text("select version_num from alembic_version")).scalar_one()
    )
    await world.database.write(change("0000"))
    try:
        status, problems = await ready(world)
    finally:
        await world.database.write(change(now))
    assert status == 503
    assert "runtime.migrations" in problems[0]


async def test_a_database_that_is_away_is_named(world: World, unused_tcp_port: int) -> None:
    away = Database(f"postgresql+psycopg://nobody@127.0.0.1:{unused_tcp_port}/none", "bridge")
    world.app.state.bridge.database = away
    assert await ready(world) == (503, ["the database is not reachable"])
    answer = await world.call("GET", "/v1/orders", params={"conversation": "c1"})
    assert answer.status_code == 503
    assert (await world.http.get("/healthz")).status_code == 200
    await away.close()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"bridge_token_gateway": SecretStr("")}, "ASCOLTO_BRIDGE_TOKEN_GATEWAY"),
        ({"bridge_token_actions": SecretStr("short")}, "ASCOLTO_BRIDGE_TOKEN_ACTIONS"),
        (
            {
                "bridge_token_gateway": SecretStr("x" * 20),
                "bridge_token_actions": SecretStr("x" * 20),
            },
            "share one",
        ),
        ({"signing_key": SecretStr("")}, "ASCOLTO_SIGNING_KEY"),
        ({"demo": False}, "ASCOLTO_SMTP_URL"),
        ({"smtp_url": "http://mail.example"}, "ASCOLTO_SMTP_URL"),
    ],
)
async def test_settings_that_keep_it_from_working_are_named(
    database: Database, tmp_path: Path, settings: dict[str, Any], word: str
) -> None:
    configured = World(database, tmp_path, settings=settings, transport=None)
    async with configured.talking() as world:
        status, problems = await ready(world)
        assert status == 503
        assert word in problems[0]


async def test_articles_with_mistakes_are_named_and_the_rest_still_serves(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge" / "it"
    folder.mkdir(parents=True)
    (folder / "tarme.md").write_text("---\ntitle: Tarme\nslug: tarme\n---\nLavanda.")
    library = Library()
    library.open(tmp_path / "knowledge", letters_as_meaning)
    world.app.state.bridge.library = library
    status, problems = await ready(world)
    assert status == 503
    assert "tarme.md:1: 'questions' is missing" in problems[0]
    assert (await world.call("POST", "/v1/brief/bot", _REF)).status_code == 200


async def test_an_encoder_that_fails_takes_only_the_articles_with_it(tmp_path: Path) -> None:
    def broken(_texts: list[str]) -> Any:
        raise OSError("no weights")

    library = Library()
    library.open(Path("data/knowledge"), broken)
    assert library.problems() == ["the articles can't be indexed: OSError"]


async def test_a_chosen_encoder_that_is_missing_is_named(tmp_path: Path) -> None:
    def missing(_texts: list[str]) -> Any:
        raise EncoderUnavailable("ASCOLTO_ENCODER=x needs sentence-transformers")

    library = Library()
    library.open(Path("data/knowledge"), missing)
    assert "ASCOLTO_ENCODER=x needs sentence-transformers" in library.problems()[0]


_REF = {"id": "c", "channel": "api", "account": "default", "handle": "h"}
