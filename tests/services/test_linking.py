"""Connecting an account: tried first, stored after; renewed in place; never somebody else's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerTimeout,
    DeploymentModeError,
    InvalidInput,
    NotLinked,
    NotSupported,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ANY, Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.terms import TERMS_VERSION
from floorbroker.services.link_requests import Connected, Wanted
from floorbroker.services.linking import MOST_LINKS
from floorbroker.storage.documents import Documents
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, EXCHANGE, KEYED, House, caller, settings
from tests.services.conftest import Build

KEYS = {"api_key": "AK-ONE", "api_secret": "secret-one"}
OTHER_KEYS = {"api_key": "AK-TWO", "api_secret": "secret-two"}
FIRST = BrokerAccount(account_id=AccountId("X-1"), number="ACC0001234")
SECOND = BrokerAccount(account_id=AccountId("X-2"), number="ACC0005678")


@pytest.fixture
def keyed(venue: Venue) -> Venue:
    venue.keys = {
        ("AK-ONE", "secret-one"): (FIRST,),
        ("AK-TWO", "secret-two"): (SECOND,),
    }
    return venue


@pytest.fixture
def house(build: Build, keyed: Venue) -> House:
    return build(venue=keyed, scripted=KEYED, chosen=settings(live_trading="on"))


def wanted(user_id: UserId = ANNA, **changes: Any) -> Wanted:
    usual = {"broker": EXCHANGE, "environment": Environment.PAPER, **changes}
    return Wanted(user_id=user_id, **usual)


async def connect(house: House, given: dict[str, str] = KEYS, **changes: Any) -> Connected:
    return await house.linking.keep(await house.linking.try_out(wanted(**changes), given))


async def stored(house: House, user_id: UserId = ANNA) -> list[Link]:
    return list(await house.stored_people.links(user_id))


async def test_wrong_keys_are_told_and_nothing_is_stored(house: House) -> None:
    with pytest.raises(AuthenticationFailed):
        await house.linking.try_out(wanted(), {**KEYS, "api_secret": "wrong"})

    assert await stored(house) == []


async def test_a_broker_that_does_not_answer_links_nothing(house: House, keyed: Venue) -> None:
    keyed.failing["connect"] = BrokerTimeout(broker="alpaca")

    with pytest.raises(BrokerTimeout):
        await house.linking.try_out(wanted(), KEYS)

    assert await stored(house) == []
    assert keyed.closed == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"api_key": "AK-ONE"},
        {**KEYS, "api_key": ""},
        {**KEYS, "more": "x"},
        {**KEYS, "api_key": "../x"},
    ],
)
async def test_what_does_not_fit_the_model_reaches_no_broker(
    house: House, keyed: Venue, given: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as failure:
        await house.linking.try_out(wanted(), given)

    assert keyed.requests == []
    assert "secret-one" not in str(failure.value)
    assert failure.value.__cause__ is failure.value.__context__ is None


async def test_keys_that_reach_no_account_are_not_stored(house: House, keyed: Venue) -> None:
    keyed.keys["AK-ONE", "secret-one"] = ()

    with pytest.raises(NotLinked):
        await house.linking.try_out(wanted(), KEYS)

    assert await stored(house) == []


async def test_trying_alone_stores_nothing_and_closes_the_connection(
    house: House, keyed: Venue
) -> None:
    tried = await house.linking.try_out(wanted(), KEYS)

    assert await stored(house) == []
    assert keyed.closed == 1
    assert "secret-one" not in repr(tried)


async def test_what_worked_is_sealed_and_opens_a_session_later(house: House) -> None:
    connected = await connect(house)

    (link,) = await stored(house)
    assert link == connected.link
    assert "secret-one" not in repr(link)
    assert link.sealed_by == house.vault.keyring.newest
    (account,) = await house.sessions.accounts(link)
    assert account == FIRST


async def test_a_store_that_fails_links_nothing(house: House, store: FlakyDocuments) -> None:
    tried = await house.linking.try_out(wanted(), KEYS)
    store.fail("insert", "links")

    with pytest.raises(StoreUnavailable):
        await house.linking.keep(tried)

    assert await stored(house) == []


async def test_the_first_practice_account_takes_orders(house: House) -> None:
    connected = await connect(house)

    person = await house.accounts.person(ANNA)
    assert connected.made_default
    assert person.defaults[ANY].link_id == connected.link.link_id


async def test_a_second_one_leaves_the_chosen_default_alone(house: House) -> None:
    first = await connect(house)

    second = await connect(house, OTHER_KEYS)

    person = await house.accounts.person(ANNA)
    assert not second.made_default
    assert person.defaults[ANY].link_id == first.link.link_id


async def test_two_links_at_one_broker_have_names_of_their_own(house: House) -> None:
    first = await connect(house)
    second = await connect(house, OTHER_KEYS)

    assert first.link.label == "Alpaca paper"
    assert second.link.label == "Alpaca paper 2"


@pytest.mark.parametrize("label", ["x" * 33, "a\nb", "<b>", "a/b", "@everyone", "`code`"])
async def test_a_name_that_could_mislead_is_refused(house: House, label: str) -> None:
    with pytest.raises(InvalidInput):
        await house.linking.try_out(wanted(label=label), KEYS)


async def test_the_same_account_again_renews_its_link(house: House) -> None:
    first = await connect(house)
    house.clock.advance(10)

    second = await connect(house)

    (link,) = await stored(house)
    assert second.renewed
    assert second.link.link_id == first.link.link_id
    assert link.linked_at != first.link.linked_at


async def test_renewing_with_keys_of_another_account_is_refused(house: House) -> None:
    first = await connect(house)

    with pytest.raises(InvalidInput):
        await connect(house, OTHER_KEYS, relinks=first.link.link_id)

    (link,) = await stored(house)
    assert link == first.link


async def test_renewing_closes_the_old_session_and_the_next_uses_the_new_keys(
    house: House, keyed: Venue
) -> None:
    first = await connect(house)
    await house.sessions.accounts(first.link)
    keyed.keys = {("AK-TWO", "secret-two"): (FIRST,)}
    house.clock.advance(10)

    again = await connect(house, OTHER_KEYS, relinks=first.link.link_id)

    assert await house.sessions.accounts(again.link, anew=True) == (FIRST,)


async def test_another_process_drops_its_session_when_the_link_was_renewed(
    build: Build, house: House, keyed: Venue
) -> None:
    other = build(venue=keyed, scripted=KEYED, chosen=settings(live_trading="on"))
    first = await connect(house)
    await other.sessions.accounts(first.link)
    keyed.keys = {("AK-TWO", "secret-two"): (FIRST,)}
    house.clock.advance(10)
    await connect(house, OTHER_KEYS, relinks=first.link.link_id)
    (link,) = await stored(house)

    assert await other.sessions.accounts(link, anew=True) == (FIRST,)


async def test_somebody_elses_link_cannot_be_renewed(house: House, keyed: Venue) -> None:
    mine = await connect(house)

    with pytest.raises(NotLinked):
        await connect(house, user_id=BEN, relinks=mine.link.link_id)

    assert await stored(house, BEN) == []


async def test_a_link_of_the_other_environment_cannot_be_renewed(house: House) -> None:
    paper = await connect(house)
    await house.linking.accept_terms(ANNA)

    with pytest.raises(NotLinked):
        await connect(house, environment=Environment.LIVE, relinks=paper.link.link_id)


async def test_live_needs_the_operator(build: Build, keyed: Venue) -> None:
    house = build(venue=keyed, scripted=KEYED)
    await house.linking.accept_terms(ANNA)

    with pytest.raises(PolicyRefused):
        await connect(house, environment=Environment.LIVE)

    assert keyed.requests == []


async def test_live_needs_the_terms_first(house: House, keyed: Venue) -> None:
    live = wanted(environment=Environment.LIVE)
    assert await house.linking.terms_needed(live)

    with pytest.raises(PolicyRefused):
        await house.linking.try_out(live, KEYS)

    assert keyed.requests == []


async def test_accepted_terms_are_kept_with_their_version_and_time(house: House) -> None:
    await house.linking.accept_terms(ANNA)

    person = await house.accounts.person(ANNA)
    assert person.accepted_terms == TERMS_VERSION
    assert person.accepted_at == house.clock.now()
    assert not await house.linking.terms_needed(wanted(environment=Environment.LIVE))
    assert not (await house.accounts.person(BEN)).accepted_terms


async def test_an_older_text_is_not_enough(house: House) -> None:
    await house.choose(ANNA, accepted_terms=TERMS_VERSION - 1)

    assert await house.linking.terms_needed(wanted(environment=Environment.LIVE))


async def test_a_live_account_never_becomes_the_default_by_itself(house: House) -> None:
    await house.linking.accept_terms(ANNA)

    connected = await connect(house, environment=Environment.LIVE)

    assert not connected.made_default
    assert (await house.accounts.person(ANNA)).defaults == {}
    assert connected.link.label == "Alpaca live"


async def test_paper_and_live_of_one_account_are_two_links(house: House) -> None:
    await connect(house)
    await house.linking.accept_terms(ANNA)

    live = await connect(house, environment=Environment.LIVE)

    assert not live.renewed
    assert len(await stored(house)) == 2


async def test_there_is_an_end_to_the_links_of_one_person(house: House) -> None:
    for number in range(MOST_LINKS):
        await house.link(name=f"link{number}")

    with pytest.raises(PolicyRefused):
        await house.linking.check(wanted())


@pytest.mark.parametrize(
    ("broker", "error"),
    [
        ("nobody", InvalidInput),
        ("ibkr", DeploymentModeError),
    ],
)
async def test_what_cannot_be_linked_here_is_refused_before_keys_are_typed(
    house: House, broker: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.linking.check(wanted(broker=BrokerId(broker)))


async def test_paper_trading_has_no_live_side(house: House) -> None:
    with pytest.raises(NotSupported):
        await house.linking.check(wanted(broker=BrokerId("paper"), environment=Environment.LIVE))


async def test_a_dead_link_is_marked_and_not_tried_again(house: House, keyed: Venue) -> None:
    connected = await connect(house)
    keyed.keys.clear()
    with pytest.raises(AuthenticationFailed):
        await house.sessions.accounts(connected.link)
    await house.supervisor.settled(timedelta(seconds=5))
    (link,) = await stored(house)
    asked = keyed.count("connect")

    with pytest.raises(AuthenticationFailed, match="no longer accepts the access"):
        await house.sessions.accounts(link)

    assert link.dead_since is not None
    assert keyed.count("connect") == asked


async def test_a_dead_link_that_works_again_is_alive_once_somebody_looks(
    house: House, keyed: Venue
) -> None:
    connected = await connect(house)
    keys, keyed.keys = keyed.keys, {}
    with pytest.raises(AuthenticationFailed):
        await house.sessions.accounts(connected.link)
    await house.supervisor.settled(timedelta(seconds=5))
    keyed.keys = keys

    accounts, failed = await house.accounts.accounts(ANNA, anew=True)

    (link,) = await stored(house)
    assert [one.account for one in accounts] == [FIRST]
    assert failed == []
    assert link.dead_since is None


async def test_renewing_brings_a_dead_link_back(house: House, keyed: Venue) -> None:
    connected = await connect(house)
    keyed.keys = {("AK-TWO", "secret-two"): (FIRST,)}
    with pytest.raises(AuthenticationFailed):
        await house.sessions.accounts(connected.link)
    await house.supervisor.settled(timedelta(seconds=5))
    house.clock.advance(10)

    again = await connect(house, OTHER_KEYS, relinks=connected.link.link_id)

    assert again.link.dead_since is None
    assert await house.sessions.accounts(again.link) == (FIRST,)


async def test_a_link_that_dies_is_told_once(house: House) -> None:
    link = (await connect(house)).link
    told: list[Link] = []
    house.health.announce_to(told.append)

    for _ in range(2):
        await house.health.died(link, AuthenticationFailed(broker="alpaca"))

    assert [(one.link_id, one.dead_since) for one in told] == [(link.link_id, house.clock.now())]


async def test_a_refusal_of_old_keys_does_not_mark_the_renewed_link(house: House) -> None:
    before = (await connect(house)).link
    house.clock.advance(10)
    await connect(house)

    await house.health.died(before, AuthenticationFailed(broker="alpaca"))

    (link,) = await stored(house)
    assert link.dead_since is None


@pytest.mark.parametrize("changed", ["user_id", "link_id", "broker", "environment"])
async def test_a_credential_moved_to_another_link_does_not_open(house: House, changed: str) -> None:
    link = (await connect(house)).link
    elsewhere: dict[str, Any] = {
        "user_id": BEN,
        "link_id": LinkId("0123456789abcdef"),
        "broker": BrokerId("kraken"),
        "environment": Environment.LIVE,
    }

    with pytest.raises(AuthenticationFailed):
        house.credentials.opened(replace(link, **{changed: elsewhere[changed]}))


async def test_removal_takes_the_sealed_credential_out_of_the_store(house: House) -> None:
    link = (await connect(house)).link

    removed = await house.links.remove(ANNA, link.link_id)

    kept = await house.stored_people.link(ANNA, link.link_id)
    assert kept is not None
    assert (kept.sealed, kept.sealed_by, kept.removed) == ("", "", True)
    assert not removed.withdrawn
    assert (await house.accounts.person(ANNA)).defaults == {}


async def test_a_dead_link_can_be_removed(house: House, keyed: Venue) -> None:
    link = (await connect(house)).link
    keyed.keys.clear()
    with pytest.raises(AuthenticationFailed):
        await house.sessions.accounts(link)
    await house.supervisor.settled(timedelta(seconds=5))

    await house.links.remove(ANNA, link.link_id)

    assert await stored(house) == []


async def test_an_excluded_account_is_out_of_every_choice_until_it_is_taken_back(
    house: House, keyed: Venue
) -> None:
    keyed.keys["AK-ONE", "secret-one"] = (FIRST, SECOND)
    await connect(house)

    out = await house.links.exclude(ANNA, "Alpaca paper …5678")

    accounts, _ = await house.accounts.accounts(ANNA)
    assert out.excluded
    assert [one.account for one in accounts] == [FIRST]
    with pytest.raises(NotLinked):
        await house.accounts.choose(ANNA, "Alpaca paper …5678")
    back = await house.links.include(ANNA, "Alpaca paper …5678")
    assert not back.excluded
    assert len((await house.accounts.accounts(ANNA))[0]) == 2


async def test_excluding_the_default_leaves_no_default(house: House) -> None:
    connected = await connect(house)
    assert connected.made_default

    await house.links.exclude(ANNA, connected.link.label)

    assert (await house.accounts.person(ANNA)).defaults == {}


async def test_an_excluded_account_keeps_its_orders(house: House) -> None:
    await connect(house)
    order = await house.resting()

    await house.links.exclude(ANNA, "Alpaca paper")

    canceled = await house.changes.cancel(caller(), order.order_id, None)
    assert canceled.order_id == order.order_id


async def test_a_renewed_link_takes_no_name_that_another_has(house: House) -> None:
    first = await connect(house)
    second = await connect(house, OTHER_KEYS)

    again = await connect(house, relinks=first.link.link_id, label=second.link.label)

    labels = {link.label for link in await stored(house)}
    assert again.link.label == "Alpaca paper 2 2"
    assert len(labels) == 2


async def test_renewing_without_a_name_keeps_the_one_it_has(house: House) -> None:
    first = await connect(house, label="Savings")

    again = await connect(house, relinks=first.link.link_id)

    assert again.link.label == "Savings"


async def test_the_built_in_broker_is_opened_and_not_linked(house: House) -> None:
    with pytest.raises(NotSupported):
        await house.linking.check(wanted(broker=BrokerId("paper")))


async def test_a_renewal_holds_although_the_keys_were_rotated_meanwhile(house: House) -> None:
    first = await connect(house)
    tried = await house.linking.try_out(wanted(relinks=first.link.link_id), KEYS)
    (link,) = await stored(house)
    assert await house.stored_people.save_link(house.credentials.resealed(link))

    renewed = await house.linking.keep(tried)

    assert renewed.renewed
    assert await house.sessions.accounts(renewed.link) == (FIRST,)


async def test_every_step_of_a_links_life_is_in_the_trail(house: House, keyed: Venue) -> None:
    with pytest.raises(AuthenticationFailed):
        await house.linking.try_out(wanted(), {**KEYS, "api_secret": "wrong"})
    link = (await connect(house)).link
    await connect(house)
    keyed.keys.clear()
    with pytest.raises(AuthenticationFailed):
        await house.sessions.accounts(link, anew=True)
    await house.supervisor.settled(timedelta(seconds=5))
    await house.links.remove(ANNA, link.link_id)

    entries = await house.documents.find("audit", {}, order=("number", 1), limit=50)
    assert [entry["action"] for entry in entries] == [
        "link_refused",
        "link",
        "relink",
        "link_died",
        "unlink",
    ]
    assert await house.audit.verify(ANNA) is None


async def test_a_link_leaves_its_whole_life_in_the_audit_trail_and_nothing_secret(
    house: House, documents: Documents
) -> None:
    made = await connect(house)
    await connect(house)
    await house.links.remove(ANNA, made.link.link_id)
    await house.stop()

    entries = await documents.find("audit", {}, limit=100)

    of_links = [one for one in entries if one["action"] in {"link", "relink", "unlink"}]
    assert [one["action"] for one in of_links] == ["link", "relink", "unlink"]
    assert len({one["fields"]["link"] for one in of_links}) == 1
    assert {one["fields"]["broker"] for one in of_links} == {EXCHANGE}
    assert not any(secret in str(entries) for secret in (*KEYS.values(), ANNA))
