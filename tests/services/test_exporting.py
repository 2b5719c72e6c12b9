"""The file of what is kept: all of one person's, nobody else's, and nothing that gives power."""

import asyncio
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from floorbroker.domain.errors import Busy
from floorbroker.domain.ids import UserId
from floorbroker.services.exporting import NOT_SHOWN, Export, Exporting
from floorbroker.services.link_tickets import digest
from floorbroker.storage.documents import Documents
from floorbroker.storage.personal import HOLDINGS, Personal
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, KEYED, House
from tests.services.conftest import Build
from tests.services.kept import everything
from tests.services.lives import KEYS, TOKENS, lived, open_doors


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    open_doors(venue)
    return build(venue=venue, scripted=KEYED)


def opened(export: Export) -> list[dict[str, Any]]:
    """Every part as JSON."""
    parts = []
    for file in export.files:
        data = file.data
        if file.name.endswith(".zip"):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                [name] = archive.namelist()
                data = archive.read(name)
        parts.append(json.loads(data))
    return parts


def small(house: House, file_bytes: int) -> Exporting:
    return Exporting(
        Personal(house.documents, page=3), house.audit, house.clock, file_bytes=file_bytes
    )


async def test_the_file_holds_something_of_every_kind(house: House) -> None:
    await lived(house, ANNA)

    export = await house.exporting.export(ANNA)

    [part] = opened(export)
    assert [file.name for file in export.files] == ["floorbroker-data-2026-03-04.json"]
    assert export.complete
    assert part["discord_id"] == ANNA
    assert part["kept"].keys() == {one.called for one in HOLDINGS}
    assert {called: len(kept) for called, kept in part["kept"].items()} == export.counts
    assert not part["more_parts_follow"]


async def test_every_document_that_names_the_person_is_in_it_field_by_field(
    house: House, documents: Documents
) -> None:
    await lived(house, ANNA)
    person = await house.audit.pseudonym(ANNA)
    export = await house.exporting.export(ANNA)
    [part] = opened(export)
    exported = [one for kept in part["kept"].values() for one in kept]

    stored = await everything(documents)
    of_anna = [
        one
        for documents_ in stored.values()
        for one in documents_
        if (ANNA in json.dumps(one) or one.get("person") == person)
        and one.get("action") != "exported"
    ]

    shown = [set(one) for one in exported]
    assert len(exported) == len(of_anna) + 1  # and the request counter, under the link's id
    assert all(set(one) in shown for one in of_anna)
    [linked] = [link for link in part["kept"]["links"] if link["broker"] != "paper"]
    assert linked["linked_at"]
    assert linked["sealed"] == NOT_SHOWN
    [bought, *_] = [one for one in part["kept"]["orders"] if one["state"] == "filled"]
    assert bought["fills"]
    assert [event["what"] for event in bought["events"]][:2] == ["drafted", "confirmed"]


async def test_nothing_of_another_person_is_in_it(house: House) -> None:
    await lived(house, ANNA)
    await lived(house, BEN)

    text = _text(await house.exporting.export(ANNA))

    for mark in (BEN, *KEYS[BEN], TOKENS[BEN], await house.audit.pseudonym(BEN)):
        assert mark not in text


async def test_nothing_sealed_no_token_and_no_secret_is_in_it(
    house: House, documents: Documents
) -> None:
    token = await lived(house, ANNA)
    await house.tickets.prove(token, ANNA, "canary-browser")
    sealed = list(_sealed(await everything(documents)))
    assert len(sealed) >= 4  # credentials, two addresses of cards, the pseudonyms' key

    text = _text(await house.exporting.export(ANNA))

    hidden = [token, digest(token), digest("canary-browser"), "canary", TOKENS[ANNA]]
    for secret in [*hidden, KEYS[ANNA][1], *sealed]:
        assert secret not in text
    assert NOT_SHOWN in text


async def test_a_sealed_text_is_left_out_whatever_its_field_is_called(
    house: House, documents: Documents
) -> None:
    order = await house.bought("1")
    stored = await documents.get("orders", order.order_id)
    assert stored is not None
    planted = house.vault.seal("canary", {"what": "test"})
    await documents.upsert("orders", {**stored, "later": {"fields": [planted]}})

    [part] = opened(await house.exporting.export(ANNA))

    [found] = part["kept"]["orders"]
    assert found["later"] == {"fields": [NOT_SHOWN]}


async def test_what_cannot_be_read_as_an_order_is_in_it_all_the_same(
    house: House, documents: Documents
) -> None:
    order = await house.bought("1")
    stored = await documents.get("orders", order.order_id)
    await documents.upsert("orders", {**(stored or {}), "state": "from the future"})

    [part] = opened(await house.exporting.export(ANNA))

    assert [one["state"] for one in part["kept"]["orders"]] == ["from the future"]


async def test_more_than_a_file_can_hold_comes_in_several_that_are_zipped(house: House) -> None:
    await lived(house, ANNA)
    [whole] = opened(await small(house, 10_000_000).export(ANNA))

    export = await small(house, 6_000).export(ANNA)

    parts = opened(export)
    assert len(parts) > 2
    assert export.complete
    assert [part["part"] for part in parts] == list(range(1, len(parts) + 1))
    assert [part["more_parts_follow"] for part in parts] == [*[True] * (len(parts) - 1), False]
    assert len({file.name for file in export.files}) == len(parts)
    assert all(file.name.endswith(".json.zip") for file in export.files)
    joined: dict[str, list[Any]] = {}
    for part in parts:
        for called, kept in part["kept"].items():
            joined.setdefault(called, []).extend(kept)
    last = joined["audit entries"].pop()  # of the first of the two exports
    assert last["action"] == "exported"
    assert joined == whole["kept"]


async def test_more_than_a_message_can_carry_is_said_and_never_sent(house: House) -> None:
    await lived(house, ANNA)

    export = await small(house, 1).export(ANNA)

    assert not export.complete
    assert len(export.files) == 10
    assert opened(export)[-1]["more_parts_follow"]


async def test_of_somebody_without_anything_the_file_says_so(house: House) -> None:
    [part] = opened(await house.exporting.export(ANNA))

    assert part["kept"] == {}


async def test_a_second_file_is_not_begun_while_one_is_made(
    house: House, store: FlakyDocuments
) -> None:
    await house.bought("1")
    answers: list[Any] = []

    async def ask_again() -> None:
        answers.extend(await asyncio.gather(house.exporting.export(ANNA), return_exceptions=True))

    store.before["find", "orders"] = ask_again

    await house.exporting.export(ANNA)

    assert [type(answer) for answer in answers] == [Busy]
    assert (await house.exporting.export(ANNA)).complete


async def test_an_export_is_audited(house: House) -> None:
    await house.exporting.export(ANNA)

    assert "exported" in await _actions(house, ANNA)


def _text(export: Export) -> str:
    return json.dumps(opened(export), ensure_ascii=False)


def _sealed(value: Any) -> list[str]:
    """Every stored text that some key has sealed."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in _sealed(part)]
    if isinstance(value, list):
        return [one for part in value for one in _sealed(part)]
    return [value] if isinstance(value, str) and value.startswith("1.test.") else []


async def _actions(house: House, who: UserId) -> list[str]:
    person = await house.audit.pseudonym(who)
    found = await house.documents.find("audit", {"person": person}, limit=1_000)
    return [entry["action"] for entry in found]
