"""Which account a command means: never somebody else's, and never another one in silence."""

from dataclasses import replace

import pytest

from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    InvalidInput,
    MissingExtra,
    NotLinked,
)
from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.people import ANY
from floorbroker.storage.audit import AuditTrail
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Down


@pytest.fixture
def house(build: Build, venue: Venue, broker: Counting) -> House:
    return build(venue=venue, faults=broker)


async def test_a_newcomer_has_a_paper_account_without_asking(house: House) -> None:
    [link] = await house.accounts.links(ANNA)

    assert link.broker == "paper"
    assert link.user_id == ANNA
    assert await house.accounts.links(ANNA) == [link]


async def test_a_paper_link_that_was_removed_does_not_come_back_by_itself(house: House) -> None:
    [link] = await house.accounts.links(ANNA)
    await house.links.remove(ANNA, link.link_id)

    assert await house.accounts.links(ANNA) == []
    with pytest.raises(NotLinked):
        await house.accounts.choose(ANNA, None)

    again = await house.accounts.open_paper(ANNA)
    assert again.link_id == link.link_id
    assert not again.removed


async def test_a_paper_account_that_is_opened_again_begins_anew(house: House) -> None:
    order = await house.bought("10")
    await house.links.remove(ANNA, order.link_id)
    await house.accounts.open_paper(ANNA)

    [held] = (await house.portfolio.overview(ANNA)).holdings

    assert held.positions == ()
    assert held.balances.cash.amount == 100_000


async def test_removing_a_link_takes_its_credential_out_of_the_store(house: House) -> None:
    link = await house.link()
    sealed = await house.stored_people.save_link(replace(link, sealed="1.k.a.b.c"))
    assert sealed is not None

    await house.links.remove(ANNA, link.link_id)

    gone = await house.stored_people.link(ANNA, link.link_id)
    assert gone is not None
    assert gone.removed
    assert gone.sealed == ""
    with pytest.raises(NotLinked):
        await house.accounts.link(ANNA, link.link_id)


async def test_somebody_elses_link_can_be_neither_reached_nor_removed(house: House) -> None:
    link = await house.link(ANNA)

    with pytest.raises(NotLinked):
        await house.accounts.link(BEN, link.link_id)
    with pytest.raises(NotLinked):
        await house.links.remove(BEN, link.link_id)
    with pytest.raises(NotLinked):
        await house.accounts.choose(BEN, f"{link.link_id}/EX-1")

    assert await house.accounts.link(ANNA, link.link_id) == link


async def test_without_a_choice_the_oldest_account_is_meant(house: House) -> None:
    paper = await house.accounts.open_paper(ANNA)
    house.clock.advance(1)
    await house.link()

    assert (await house.accounts.choose(ANNA, None)).link == paper


async def test_an_account_is_named_by_its_value_its_title_or_its_only_label(
    house: House,
) -> None:
    await house.accounts.open_paper(ANNA)
    link = await house.link(name="Broker")

    for named in (f"{link.link_id}/EX-1", "Broker …0001", "broker", " BROKER "):
        assert (await house.accounts.choose(ANNA, named)).link == link


async def test_a_label_of_two_accounts_names_neither(house: House, venue: Venue) -> None:
    venue.accounts = (ACCOUNT, replace(ACCOUNT, account_id=AccountId("EX-2"), number="EX000002"))
    await house.link(name="Broker")

    with pytest.raises(NotLinked, match="no account of that name"):
        await house.accounts.choose(ANNA, "Broker")


async def test_a_default_is_kept_by_kind_of_instrument(house: House) -> None:
    paper = await house.accounts.open_paper(ANNA)
    house.clock.advance(1)
    link = await house.link(name="Broker")
    await house.accounts.set_default(ANNA, "Broker", AssetClass.EQUITY.value)

    reachable = await house.accounts.reachable(ANNA)

    assert reachable.choose(None, AssetClass.EQUITY).link == link
    assert reachable.choose(None, AssetClass.CRYPTO).link == paper
    assert reachable.choose(None).link == paper


async def test_the_choice_of_a_default_is_audited(house: House) -> None:
    [paper], _ = await house.accounts.accounts(ANNA)

    await house.accounts.set_default(ANNA, paper.value)

    person = await house.audit.pseudonym(ANNA)
    trail = AuditTrail(house.documents)
    assert [entry.action for entry in await trail.entries(person)][-1] == "default"


async def test_a_broker_that_has_gone_since_is_noticed_when_it_is_asked_anew(
    house: House, venue: Venue
) -> None:
    await house.link()
    await house.accounts.accounts(ANNA)
    venue.failing["accounts"] = BrokerConnectionError(broker="alpaca")

    remembered, none_failed = await house.accounts.accounts(ANNA)
    asked, failed = await house.accounts.accounts(ANNA, anew=True)

    assert (len(remembered), none_failed) == (1, [])
    assert (asked, len(failed)) == ([], 1)


async def test_a_default_of_an_unknown_kind_is_refused(house: House) -> None:
    await house.accounts.open_paper(ANNA)

    with pytest.raises(InvalidInput):
        await house.accounts.set_default(ANNA, "Paper", "houses")


async def test_a_default_that_does_not_answer_is_not_replaced_by_another_account(
    house: House, venue: Venue
) -> None:
    """An order meant for one account must not go to another because the first is down."""
    await house.accounts.open_paper(ANNA)
    house.clock.advance(1)
    await house.link(name="Broker")
    await house.accounts.set_default(ANNA, "Broker", ANY)
    await house.sessions.close_all()
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    with pytest.raises(BrokerConnectionError):
        await house.accounts.choose(ANNA, None)
    with pytest.raises(BrokerConnectionError):
        await house.draft()


async def test_a_named_account_whose_broker_does_not_answer_says_that(
    house: House, venue: Venue
) -> None:
    await house.accounts.open_paper(ANNA)
    link = await house.link(name="Broker")
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    for named in ("Broker", "Broker …0001", f"{link.link_id}/EX-1"):
        with pytest.raises(BrokerConnectionError):
            await house.accounts.choose(ANNA, named)


async def test_a_link_whose_broker_does_not_answer_can_still_be_named_for_removal(
    house: House, venue: Venue
) -> None:
    link = await house.link(name="Broker")
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    assert await house.accounts.link_named(ANNA, "broker") == link


@pytest.mark.parametrize("error", [ApiError(), MissingExtra(), InvalidInput("credentials")])
async def test_one_link_that_fails_does_not_hide_the_others(
    house: House, venue: Venue, error: Exception
) -> None:
    paper = await house.accounts.open_paper(ANNA)
    link = await house.link()
    venue.failing["connect"] = error

    accounts, failed = await house.accounts.accounts(ANNA)

    assert [one.link for one in accounts] == [paper]
    assert [one.link for one in failed] == [link]
    assert failed[0].error is error


async def test_when_the_only_link_fails_its_own_error_is_told(build: Build) -> None:
    house = build(faults=Down())

    with pytest.raises(BrokerError, match="Unable to connect"):
        await house.accounts.choose(ANNA, None)


async def test_an_order_keeps_its_account_until_the_link_is_removed(house: House) -> None:
    link = await house.link()
    [account], _ = await house.accounts.accounts(ANNA)

    assert (await house.accounts.of_order(ANNA, account.key)).key == account.key
    with pytest.raises(NotLinked):
        await house.accounts.of_order(BEN, account.key)
    await house.links.remove(ANNA, link.link_id)
    with pytest.raises(NotLinked, match="was removed"):
        await house.accounts.of_order(ANNA, account.key)


async def test_an_account_that_the_broker_dropped_is_not_taken_for_another(
    house: House, venue: Venue
) -> None:
    await house.link()
    [account], _ = await house.accounts.accounts(ANNA)
    key = replace(account.key, account_id=AccountId("gone"))

    with pytest.raises(NotLinked, match="no longer lists"):
        await house.accounts.of_order(ANNA, key)
    with pytest.raises(NotLinked):
        await house.accounts.link(ANNA, LinkId("gone"))
