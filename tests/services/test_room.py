"""Room for so many commands: a crowd keeps out itself, and never what cancels or closes."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from floorbroker.domain.errors import Busy
from floorbroker.domain.ids import UserId
from floorbroker.services.callers import Caller
from floorbroker.services.room import Room


@pytest.fixture
def inside() -> Iterator[ExitStack]:
    """Whoever entered stays until the test's end."""
    with ExitStack() as stack:
        yield stack


def caller(person: str, server: str | None = None) -> Caller:
    return Caller(user_id=UserId(person), guild_id=server, origin_key="test:1")


def small() -> Room:
    return Room(of_all=6, of_a_server=4, of_a_person=2)


def enter(inside: ExitStack, room: Room, who: Caller, times: int = 1) -> None:
    for _ in range(times):
        inside.enter_context(room.place(who, urgent=False))


def test_one_persons_crowd_keeps_out_only_that_person(inside: ExitStack) -> None:
    room = small()
    enter(inside, room, caller("1"), 2)

    with pytest.raises(Busy, match="2 of your commands are under way"):
        enter(inside, room, caller("1"))

    enter(inside, room, caller("2"))
    assert room.taken == 3


def test_one_servers_crowd_keeps_out_only_that_server(inside: ExitStack) -> None:
    room = small()
    for person in ("1", "2"):
        enter(inside, room, caller(person, "crowded"), 2)

    with pytest.raises(Busy, match="This server's members"):
        enter(inside, room, caller("3", "crowded"))

    enter(inside, room, caller("3", "quiet"))
    enter(inside, room, caller("3"))


def test_a_full_room_tells_whoever_comes(inside: ExitStack) -> None:
    room = small()
    for person in ("1", "2", "3"):
        enter(inside, room, caller(person), 2)

    with pytest.raises(Busy, match="Too many commands are under way"):
        enter(inside, room, caller("4"))


def test_what_is_urgent_finds_a_place_in_a_full_room(inside: ExitStack) -> None:
    room = Room(of_all=1, of_a_server=1, of_a_person=1)
    enter(inside, room, caller("1", "crowded"))

    for person in ("1", "2"):
        inside.enter_context(room.place(caller(person, "crowded"), urgent=True))

    assert room.taken == 3


def test_what_is_urgent_is_bounded_too(inside: ExitStack) -> None:
    room = small()
    for _ in range(4):
        inside.enter_context(room.place(caller("1"), urgent=True))

    with pytest.raises(Busy):
        inside.enter_context(room.place(caller("1"), urgent=True))


def test_whoever_leaves_leaves_nothing_behind(inside: ExitStack) -> None:
    room = small()
    with pytest.raises(ZeroDivisionError), room.place(caller("1", "here"), urgent=False):
        1 / 0  # noqa: B018  # any failure of the work

    enter(inside, room, caller("1", "here"), 2)

    assert room.taken == 2


def test_whoever_is_refused_takes_no_place(inside: ExitStack) -> None:
    room = Room(of_all=1, of_a_server=1, of_a_person=1)
    with room.place(caller("1", "here"), urgent=False), pytest.raises(Busy):
        enter(inside, room, caller("2", "here"))

    enter(inside, room, caller("2", "here"))

    assert room.taken == 1
