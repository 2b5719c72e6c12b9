"""What the rows look for, they find: each is shown a breach that was made on purpose."""

import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from floorbroker.bootstrap import App
from floorbroker.domain.people import Person
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.people import People
from tests.campaign.canary import overhear
from tests.campaign.canary.leaks import LEAKS, ROW
from tests.campaign.canary.search import forms, searched
from tests.campaign.clicks_at_pages import bent
from tests.campaign.tenants.calls import every_call, texts_of
from tests.campaign.tenants.untouched import Untouched
from tests.floor import ANNA, BEN, opened

SECRET = 'canary+/secret "quoted" é 0123'


@pytest.mark.parametrize("number", range(len(list(forms(SECRET)))))
def test_a_secret_is_found_in_every_form(tmp_path: Path, number: int) -> None:
    _, text = list(forms(SECRET))[number]
    (tmp_path / "stderr").write_bytes(b"\x00" * 99 + b"before<" + text + b">after")

    hits, looked = searched(tmp_path, {SECRET: "sealed", "another secret": "sealed"})

    assert [hit.secret for hit in hits] == [SECRET]
    assert looked > len(text)
    assert SECRET not in str(hits[0])


def test_what_must_be_shown_to_its_person_is_no_leak_and_anywhere_else_it_is(
    tmp_path: Path,
) -> None:
    token = "A1b2" * 10 + "xyz"
    for place in ("messages", "stderr"):
        (tmp_path / place).write_text(f"https://bot.example/link/{token}")

    hits, _ = searched(tmp_path, {token: "token"})

    assert [hit.place for hit in hits] == ["stderr"]


def test_leaks_of_a_whole_process_are_found_and_what_the_log_masks_is_not_there() -> None:
    found = overhear(ROW, ROW.goal, 1)

    assert found.trouble == ""
    assert len({hit.secret for hit in found.hits}) == len(LEAKS)
    assert found.secrets > len(LEAKS)  # the one that is masked, and the key


async def test_a_change_of_somebody_elses_document_is_noticed(tmp_path: Path) -> None:
    documents = await opened(tmp_path / "floor.db")
    people = People(documents)
    bens = await people.save_person(Person(user_id=BEN))
    annas = await people.save_person(Person(user_id=ANNA))
    assert bens is not None
    assert annas is not None
    app = cast(App, SimpleNamespace(documents=documents, supervisor=Supervisor()))

    async with Untouched(app, BEN):
        await people.save_person(replace(annas, paused=True))
    with pytest.raises(AssertionError, match="were changed"):
        async with Untouched(app, BEN):
            await people.save_person(replace(bens, paused=True))
    await documents.close()


def test_every_text_of_an_answer_is_seen() -> None:
    error = ValueError("in an error")
    answer: list[Any] = [Person(user_id=ANNA), {"a": ("in a tuple",)}, b"in bytes", error]

    seen = set(texts_of(answer))

    assert {ANNA, "in a tuple", "in bytes", "in an error"} <= seen


def test_calls_that_name_nobody_are_not_attacked_and_all_others_are() -> None:
    names = {call.name for call in every_call()}

    assert {"orders.confirm", "links.remove", "tickets.prove", "exporting.export"} <= names
    assert not {"sessions.lease", "reconciler.sweep", "choices.service_pause"} & names


def test_a_bent_state_is_never_the_one_that_was_given() -> None:
    chance = random.Random(3)
    given, others = f"{'ab12' * 4}.0.{'0f' * 32}", f"{'cd34' * 4}.1.{'1e' * 32}"

    made = {bent(given, others, chance) for _ in range(2_000)}

    assert given not in made
    assert len(made) > 100
