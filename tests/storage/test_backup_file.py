"""A backup's file is whole or refused, and a disk that is full leaves none."""

import gzip
import json
import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.storage.backup_file import (
    BackupUnusable,
    End,
    Header,
    checked,
    documents_in,
    written,
)
from floorbroker.storage.codec import NEWEST_SCHEMA
from floorbroker.storage.documents import Document
from tests.fakes.clock import NOON

HEADER: Final = Header(version="0.1.0", engine="SQLite", at=NOON)
ORDERS: Final[list[Document]] = [
    {"_id": f"o{number}", "schema_version": 1, "state": "filled", "text": "é\ud800 \u2028"}
    for number in range(3)
]


def made(path: Path) -> End:
    with written(path, HEADER) as file:
        file.add("orders", ORDERS)
        file.add("users", [{"_id": "anna", "many": 2**63, "none": None, "list": [True, {}]}])
        return file.end({"b", "a"})


def names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def with_lines(path: Path, lines: list[Any]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in lines).encode()))
    return path


def test_what_was_written_is_read_in_order_with_its_header_and_its_end(tmp_path: Path) -> None:
    path = tmp_path / "backup"

    end = made(path)

    assert checked(path) == (HEADER, end)
    assert (end.counts, end.keys) == ({"orders": 3, "users": 1}, ("a", "b"))
    read = list(documents_in(path))
    assert [document for collection, document in read if collection == "orders"] == ORDERS
    assert read[-1] == ("users", {"_id": "anna", "many": 2**63, "none": None, "list": [True, {}]})


def test_it_is_for_its_owner_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    made(tmp_path / "backup")

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["backup"]


def test_an_end_midway_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError), written(tmp_path / "backup", HEADER) as file:
        file.add("orders", ORDERS)
        raise KeyError

    assert names_in(tmp_path) == []


def test_a_full_disk_leaves_no_file_and_the_one_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("mine")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = [{"_id": str(number), "text": os.urandom(64).hex()} for number in range(2_000)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        with pytest.raises(OSError), written(tmp_path / "backup", HEADER) as file:
            file.add("orders", noise)
            file.end(())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert names_in(tmp_path) == ["backup"]
    assert (tmp_path / "backup").read_text() == "mine"


def test_cut_off_anywhere_it_is_refused(tmp_path: Path) -> None:
    path, cut = tmp_path / "backup", tmp_path / "cut"
    made(path)
    whole = path.read_bytes()

    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises(BackupUnusable):
            checked(cut)


def test_a_changed_byte_anywhere_is_refused_or_means_nothing(tmp_path: Path) -> None:
    """Gzip's own header has bytes that mean nothing: when it was packed, and by which system."""
    path, changed = tmp_path / "backup", tmp_path / "changed"
    made(path)
    whole, as_it_was = path.read_bytes(), checked(path)
    unnoticed = []

    for place in range(len(whole)):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        try:
            assert checked(changed) == as_it_was
            unnoticed.append(place)
        except BackupUnusable:
            pass

    assert set(unnoticed) <= set(range(3, 10))


Change = Callable[[list[Any]], list[Any]]
CHANGES: Final[dict[str, Change]] = {
    "a document less": lambda lines: [lines[0], *lines[2:]],
    "a document twice": lambda lines: [*lines[:2], *lines[1:]],
    "another order of documents": lambda lines: [lines[0], *lines[2:0:-1], *lines[3:]],
    "a changed document": lambda lines: [
        lines[0],
        ["orders", {**lines[1][1], "state": "draft"}],
        *lines[2:],
    ],
    "no end": lambda lines: lines[:-1],
    "something behind the end": lambda lines: [*lines, lines[1]],
    "two ends": lambda lines: [*lines, lines[-1]],
    "no header": lambda lines: lines[1:],
    "nothing": lambda lines: [],
    "a number": lambda lines: [7],
    "another thing's header": lambda lines: [{"floorbroker": "export"}, *lines[1:]],
    "an end of something else": lambda lines: [*lines[:-1], {}],
    "a collection that is not known": lambda lines: [lines[0], ["sqlite_schema", {"_id": "x"}]],
    "a document without an id": lambda lines: [lines[0], ["orders", {}], *lines[2:]],
    "an id that is a number": lambda lines: [lines[0], ["orders", {"_id": 1}], *lines[2:]],
    "a float": lambda lines: [lines[0], ["orders", {"_id": "x", "price": 0.1}], *lines[2:]],
    "a document that is none": lambda lines: [lines[0], ["orders", []], *lines[2:]],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_else_was_packed_is_refused(tmp_path: Path, change: Change) -> None:
    made(tmp_path / "backup")
    lines = lines_of(tmp_path / "backup")

    other = with_lines(tmp_path / "other", change(lines))

    with pytest.raises(BackupUnusable):
        checked(other)


@pytest.mark.parametrize("later", [{"format": 2}, {"schema_version": NEWEST_SCHEMA + 1}])
def test_a_newer_versions_backup_says_so(tmp_path: Path, later: dict[str, int]) -> None:
    path = with_lines(
        tmp_path / "backup", [{"floorbroker": "backup", "new": "things", **later}, [], {}]
    )

    with pytest.raises(BackupUnusable, match="A newer version of floorbroker made this backup"):
        checked(path)


def test_a_newer_document_in_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    with written(path, HEADER) as file:
        file.add("orders", [{"_id": "x", "schema_version": NEWEST_SCHEMA + 1}])
        file.end(())

    with pytest.raises(BackupUnusable, match="documents of a newer version"):
        checked(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_our_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "backup"
    for packed in (content, gzip.compress(content)):
        path.write_bytes(packed)
        with pytest.raises(BackupUnusable):
            checked(path)


def test_nothing_of_what_stands_in_a_damaged_file_is_repeated(tmp_path: Path) -> None:
    header = HEADER.model_dump(mode="json")
    path = with_lines(tmp_path / "backup", [{**header, "engine": ["canary"]}])

    with pytest.raises(BackupUnusable) as why:
        checked(path)

    assert "canary" not in str(why.value)
    assert why.value.__cause__ is None


def test_a_file_that_is_not_there_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        checked(tmp_path / "none")
