"""What files are let in, what they are called, and that they are kept once."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.files.sniffing import sniff
from integrations.files.store import MAX_BYTES, Files, kind_of
from runtime.database import Database
from runtime.errors import Invalid, NotFound, TooLarge
from tests.backends import BACKENDS, fresh, open_database
from tests.integrations.world import create_tables

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture(params=BACKENDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    with fresh(request.param, tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        yield database
        await database.close()


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\0\0\0\0ACON", None),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"OggS\0", "audio/ogg"),
        (b"ID3\x03", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"%PDF-1.7", "application/pdf"),
        ("già, così\nè".encode(), "text/plain"),
        (b"\xef\xbb\xbfa;b\r\n", "text/plain"),
        # Markup and programs in text are text.
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
        # What can run or hide something is not passed on.
        (b"MZ\x90\0", None),
        (b"\x7fELF", None),
        (b"PK\x03\x04", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
        (b"", None),
        (b"\xff\xfe\x00\x01", None),
    ],
)
def test_types_by_content(content: bytes, mime: str | None) -> None:
    assert sniff(content) == mime


@given(st.binary(max_size=200))
def test_any_bytes_have_a_type_or_none(content: bytes) -> None:
    mime = sniff(content)
    assert mime is None or "/" in mime


@pytest.mark.parametrize(
    ("name", "said", "content", "kept"),
    [
        ("foto.png", "image/png", PNG, ("foto.png", "image/png")),
        ("foto.PNG", "", PNG, ("foto.PNG", "image/png")),
        ("", "image/jpeg", PNG, ("file.png", "image/png")),
        ("fattura.pdf.exe", "application/pdf", PNG, ("fattura.pdf.exe.png", "image/png")),
        ("../../etc/passwd", "", PNG, ("passwd.png", "image/png")),
        ("C:\\Users\\giulia\\foto.png", "", PNG, ("foto.png", "image/png")),
        ("a\u202egnp.exe", "", PNG, ("agnp.exe.png", "image/png")),
        ("a\r\nb\0.png", "", PNG, ("ab.png", "image/png")),
        ("pagina.html", "text/html", b"<html>", ("pagina.html.txt", "text/plain")),
        ("dati.csv", "text/csv", b"a;b", ("dati.csv", "text/plain")),
        ("voce", "audio/webm;codecs=opus", b"\x1aE\xdf\xa3", ("voce.webm", "audio/webm")),
        ("voce", "text/html", b"\x1aE\xdf\xa3", ("voce.webm", "video/webm")),
        ("x" * 300 + ".png", "", PNG, ("x" * 196 + ".png", "image/png")),
        ("...", "", PNG, ("file.png", "image/png")),
    ],
)
async def test_names_and_types(
    tmp_path: Path, name: str, said: str, content: bytes, kept: tuple[str, str]
) -> None:
    with fresh("sqlite", tmp_path) as (url, schema):
        database = open_database(url, schema)
        await create_tables(database)
        file_id = await database.write(lambda conn: Files.add(conn, name, said, content))
        row = await database.read(lambda conn: Files.get(conn, file_id))
        await database.close()
    assert (row.name, row.mime) == kept


async def test_what_was_added_comes_back_whole(database: Database) -> None:
    content = PNG + bytes(range(256)) * 4000
    file_id = await database.write(lambda conn: Files.add(conn, "a.png", "", content, now=5.0))
    row = await database.read(lambda conn: Files.get(conn, file_id))
    assert bytes(row.content) == content
    assert row.size == len(content)
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert row.created_at == 5.0
    [described] = await database.read(lambda conn: Files.described(conn, [file_id]))
    assert described == {
        "kind": "image",
        "name": "a.png",
        "mime": "image/png",
        "size": len(content),
        "file_id": file_id,
    }


@pytest.mark.parametrize(
    ("content", "error"),
    [(PNG + bytes(MAX_BYTES), TooLarge), (b"MZ\x90\0", Invalid), (b"", Invalid)],
)
async def test_what_is_not_kept(database: Database, content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        await database.write(lambda conn: Files.add(conn, "a.png", "image/png", content))


async def test_a_customer_s_file_is_kept_once_and_sent_to_nobody(database: Database) -> None:
    ids = {
        await database.write(lambda conn: Files.add(conn, "a", "", PNG, of=("m1", 0)))
        for _ in range(2)
    }
    assert len(ids) == 1
    with pytest.raises(NotFound):
        await database.read(lambda conn: Files.described(conn, list(ids)))
    with pytest.raises(NotFound):
        await database.read(lambda conn: Files.get(conn, "fnone"))


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/png", "image"),
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
        ("text/plain", "file"),
    ],
)
def test_kinds(mime: str, kind: str) -> None:
    assert kind_of(mime) == kind
