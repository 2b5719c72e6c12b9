"""Master keys: no default, no doubt, and never shown."""

import base64
import os
import stat
from pathlib import Path

import pytest

from floorbroker.vault.keyring import (
    KEY_BYTES,
    KeyringProblem,
    keyring_file,
    new_key,
    parse_keyring,
)

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(32, 64))).decode()


def test_the_first_key_is_the_newest_and_all_of_them_are_there() -> None:
    keyring = parse_keyring(f"new:{KEY},old:{OTHER}")

    assert keyring.newest == "new"
    assert dict(keyring.keys) == {"new": bytes(range(32)), "old": bytes(range(32, 64))}


@pytest.mark.parametrize(
    "text",
    [
        f" a:{KEY} , b:{OTHER} ",
        f"a:{KEY},\nb:{OTHER}\n",
        f"a:{KEY}\nb:{OTHER}\n",
        f"a:{KEY}\r\n\r\nb:{OTHER}",
        f",a:{KEY},,b:{OTHER},",
    ],
)
def test_blanks_lines_and_empty_parts_between_keys_do_no_harm(text: str) -> None:
    assert sorted(parse_keyring(text).keys) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no master key"),
        ("  , ,", "no master key"),
        (KEY, "written as id:base64"),
        (f":{KEY}", "written as id:base64"),
        (f"A:{KEY}", "written as id:base64"),
        (f"a b:{KEY}", "written as id:base64"),
        (f"a.b:{KEY}", "written as id:base64"),
        (f"{'a' * 17}:{KEY}", "written as id:base64"),
        (f"ä:{KEY}", "written as id:base64"),
        ("a:", "has 0 bytes"),
        ("a:AAAA", "has 3 bytes"),
        (f"a:{base64.b64encode(bytes(31)).decode()}", "has 31 bytes"),
        (f"a:{base64.b64encode(bytes(33)).decode()}", "has 33 bytes"),
        (f"a:{KEY[:-1]}", "is not base64"),
        (f"a:{KEY[:-2]}!=", "is not base64"),
        (f"a:{KEY}é", "is not base64"),
        (f"a:{KEY[:20]}\n{KEY[20:]}", "has 15 bytes"),
        (f"a:{KEY},a:{OTHER}", "stands twice"),
        (f"a:{KEY},b:short", "b"),
    ],
)
def test_keys_that_cannot_be_trusted_are_refused_without_showing_them(text: str, why: str) -> None:
    with pytest.raises(KeyringProblem, match=why) as refused:
        parse_keyring(text)

    assert KEY not in str(refused.value)
    assert OTHER not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_keyring_shows_its_ids_only() -> None:
    keyring = parse_keyring(f"new:{KEY},old:{OTHER}")

    for shown in (repr(keyring), str(keyring), f"{keyring}"):
        assert shown == "Keyring(newest='new', ids=['new', 'old'])"
        assert repr(bytes(range(32))) not in shown


def test_a_keyring_cannot_be_changed() -> None:
    keyring = parse_keyring(f"a:{KEY}")

    with pytest.raises(TypeError):
        keyring.keys["a"] = b"x"  # type: ignore[index]  # that is the point
    with pytest.raises(AttributeError):
        keyring.newest = "b"  # type: ignore[misc]  # that is the point


def test_a_new_key_is_of_full_length_and_never_the_same() -> None:
    keys = {parse_keyring(new_key("k")).keys["k"] for _ in range(50)}

    assert len(keys) == 50
    assert {len(key) for key in keys} == {KEY_BYTES}


def test_the_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"

    made, fresh = keyring_file(path)
    again, anew = keyring_file(path)

    assert fresh
    assert not anew
    assert dict(again.keys) == dict(made.keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_key_file_is_for_its_owner_only_whatever_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keyring_file(tmp_path / "master.key")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    keyring_file(path)
    path.chmod(mode)

    with pytest.raises(KeyringProblem, match="can be read by others"):
        keyring_file(path)


@pytest.mark.parametrize("content", [b"", b"\n", b"rubbish", b"a:AAAA", b"\xff\xfe", bytes(32)])
def test_a_key_file_without_a_usable_key_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(content)

    with pytest.raises(KeyringProblem) as refused:
        keyring_file(path)

    assert path.read_bytes() == content
    assert refused.value.__cause__ is None


def test_a_key_that_is_put_in_front_in_the_file_is_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    before, _ = keyring_file(path)
    path.write_text(f"{new_key('newer')}\n{path.read_text()}")

    after, fresh = keyring_file(path)

    assert not fresh
    assert (after.newest, sorted(after.keys)) == ("newer", ["local", "newer"])
    assert after.keys["local"] == before.keys["local"]
