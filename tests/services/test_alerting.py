"""Operators are told once, whatever fails meanwhile, and once more when it is over."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from floorbroker.domain.alert_state import CLAIM, GONE, PAUSE, Step
from floorbroker.domain.alerts import ALERTS, Alert
from floorbroker.storage.documents import Documents
from floorbroker.storage.ops_alerts import OpsAlerts
from tests.fakes.clock import ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.observability.captured import captured_stderr
from tests.services.alarmed import Scripted, Watch

BREAKER, LIMIT, UNKNOWN, GATEWAY = (
    "BreakerOpen:alpaca",
    "LimitNearlyUsed:kraken",
    "OrderUnknown",
    "GatewayDown:ibkr",
)
MINUTE = 60.0
PAUSED = PAUSE.total_seconds()


@pytest.fixture
def looks() -> Scripted:
    return Scripted(BREAKER, LIMIT, UNKNOWN, GATEWAY)


@pytest.fixture
def watch(looks: Scripted, store: FlakyDocuments, clock: ManualClock) -> Watch:
    return Watch(looks, store, clock)


def store_fails(store: FlakyDocuments) -> None:
    for operation in ("find", "insert", "replace"):
        store.fail(operation, "ops_alerts")


async def test_while_all_is_well_nobody_is_told_and_nothing_is_written(
    watch: Watch, store: FlakyDocuments
) -> None:
    await watch.look(5 * MINUTE)

    assert watch.ops.told == []
    assert {operation for operation, _ in store.calls} == {"find"}


async def test_one_message_while_it_lasts_and_one_when_it_is_over(
    watch: Watch, looks: Scripted, clock: ManualClock
) -> None:
    began = clock.now()
    looks.on = {UNKNOWN}
    await watch.look(60 * MINUTE)

    looks.on = set()
    await watch.look(60 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]
    first, over = watch.ops.told
    assert (first.since, first.over_at, first.figures) == (began, None, f"Seen: {UNKNOWN}.")
    assert over.over_at is not None
    assert over.over_at - began >= timedelta(minutes=60)
    assert watch.ops.edited == [(Step.OVER, "1")]


@pytest.mark.parametrize("row", ALERTS, ids=lambda row: row.name)
async def test_it_counts_only_once_it_has_held_and_ends_only_once_it_has_been_gone(
    row: Alert, store: FlakyDocuments, clock: ManualClock
) -> None:

    looks = Scripted(row.name)
    watch = Watch(looks, store, clock)
    looks.on = {row.name}
    await watch.look(max(row.holds.total_seconds() - 15, 0))
    assert len(watch.ops.told) == (0 if row.holds else 1)
    await watch.look(15)
    assert watch.ops.steps == [Step.FIRST]

    looks.on = set()
    await watch.look(row.over_after.total_seconds() - 15)
    assert watch.ops.steps == [Step.FIRST]
    await watch.look(15)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]


async def test_what_breaks_off_before_it_has_held_is_no_news(watch: Watch, looks: Scripted) -> None:
    for _ in range(20):
        looks.on = {BREAKER}
        await watch.look(45)
        looks.on = set()
        await watch.look(15)

    assert watch.ops.told == []


async def test_two_brokers_are_told_apart(watch: Watch, looks: Scripted) -> None:
    looks.keys = (BREAKER, "BreakerOpen:schwab")
    looks.on = {BREAKER}
    await watch.look(2 * MINUTE)

    looks.on = set(looks.keys)
    await watch.look(2 * MINUTE)

    assert [one.broker for one in watch.ops.told] == ["alpaca", "schwab"]


async def test_what_cannot_be_told_changes_nothing(watch: Watch, looks: Scripted) -> None:
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)

    looks.on, looks.blind = set(), True
    await watch.look(30 * MINUTE)

    assert watch.ops.steps == [Step.FIRST]


async def test_what_comes_and_goes_makes_no_more_than_one_message_in_a_quarter_of_an_hour(
    watch: Watch, looks: Scripted, clock: ManualClock
) -> None:
    sent = []
    for _ in range(60):
        looks.on = {UNKNOWN}
        await watch.look(MINUTE)
        looks.on = set()
        await watch.look(2 * MINUTE)
        sent += [clock.now()] * (watch.ops.steps.count(Step.FIRST) - len(sent))

    assert 2 <= len(sent) <= 60 * 3 / 15
    pauses = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert min(pauses) >= PAUSE
    assert watch.ops.steps.count(Step.OVER) <= len(sent)


async def test_what_is_back_at_once_is_told_in_the_message_that_is_there_and_later_in_a_new_one(
    watch: Watch, looks: Scripted
) -> None:
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    looks.on = set()
    await watch.look(2 * MINUTE)
    assert watch.ops.steps == [Step.FIRST, Step.OVER]
    watch.ops.edited.clear()

    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    assert watch.ops.edited == [(Step.AGAIN, "1")]
    await watch.look(PAUSED)

    assert watch.ops.steps == [Step.FIRST, Step.OVER, Step.FIRST]
    assert watch.ops.edited == [(Step.AGAIN, "1"), (Step.FIRST, "1")]


async def test_what_was_back_for_a_moment_ends_in_silence(watch: Watch, looks: Scripted) -> None:
    for _ in range(2):
        looks.on = {UNKNOWN}
        await watch.look(MINUTE)
        looks.on = set()
        await watch.look(2 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]
    assert watch.ops.edited == [(Step.OVER, "1"), (Step.AGAIN, "1"), (Step.GONE_AGAIN, "1")]


async def test_of_several_processes_one_tells_and_the_last_that_sees_it_tells_its_end(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    others = Scripted(UNKNOWN)
    one, two = Watch(looks, documents, clock), Watch(others, documents, clock, process="two")
    looks.on, others.on = {UNKNOWN}, {UNKNOWN}
    for _ in range(20):
        await asyncio.gather(one.alerting.sweep(), two.alerting.sweep())
        clock.advance(15)
    assert len(one.ops.told + two.ops.told) == 1

    looks.on = set()
    for _ in range(20):
        await asyncio.gather(one.alerting.sweep(), two.alerting.sweep())
        clock.advance(15)
    assert len(one.ops.told + two.ops.told) == 1
    others.on = set()
    for _ in range(20):
        await asyncio.gather(one.alerting.sweep(), two.alerting.sweep())
        clock.advance(15)

    assert sorted(one.ops.steps + two.ops.steps) == [Step.FIRST, Step.OVER]


async def test_a_process_that_signs_while_another_tells_does_not_make_it_tell_again(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    one, two = Watch(looks, documents, clock), Watch(looks, documents, clock, process="two")
    looks.on = {UNKNOWN}
    one.ops.before = two.alerting.sweep

    await one.look(10 * MINUTE)
    await two.look(10 * MINUTE)

    assert one.ops.steps + two.ops.steps == [Step.FIRST]


async def test_a_process_that_ends_while_telling_is_followed_by_another_that_tells(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    one = Watch(looks, documents, clock)
    looks.on = {UNKNOWN}

    async def ends() -> None:
        raise ConnectionAbortedError

    one.ops.before = ends
    with pytest.raises(ConnectionAbortedError):
        await one.look()
    two = Watch(looks, documents, clock, process="two")
    await two.look(15)
    assert two.ops.told == []

    await two.look(CLAIM.total_seconds())

    assert two.ops.steps == [Step.FIRST]


async def test_a_restart_tells_nothing_twice_and_its_end_in_the_message_that_is_there(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    looks.on = {BREAKER}
    await Watch(looks, documents, clock).look(5 * MINUTE)

    after = Watch(looks, documents, clock, process="two")
    await after.look(20 * MINUTE)
    assert after.ops.told == []
    looks.on = set()
    await after.look(5 * MINUTE)

    assert after.ops.steps == [Step.OVER]
    assert after.ops.edited == [(Step.OVER, "1")]
    assert not after.ops.told[0].abandoned


async def test_after_a_restart_what_nobody_sees_any_more_is_told_as_that_after_a_while(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    looks.on = {BREAKER}
    await Watch(looks, documents, clock).look(5 * MINUTE)
    looks.on = set()
    after = Watch(looks, documents, clock, process="two")
    await after.look(GONE.total_seconds() - 15)
    assert after.ops.told == []

    await after.look(15)

    assert after.ops.steps == [Step.OVER]
    assert after.ops.told[0].abandoned


async def test_what_discord_refuses_is_tried_again_and_complained_of_once(
    watch: Watch, looks: Scripted
) -> None:
    watch.ops.open = False
    looks.on = {UNKNOWN}
    with captured_stderr() as log:
        await watch.look(10 * MINUTE)

    complaints = [one for one in log.records() if one["event"] == "alert_not_delivered"]
    assert [(one["level"], one["alert"]) for one in complaints] == [("error", UNKNOWN)]
    watch.ops.open = True
    await watch.look(2 * MINUTE)
    assert watch.ops.steps == [Step.FIRST]


async def test_an_end_that_came_while_discord_was_away_is_told_when_it_is_back(
    watch: Watch, looks: Scripted
) -> None:
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    watch.ops.open = False
    looks.on = set()
    await watch.look(20 * MINUTE)

    watch.ops.open = True
    await watch.look(2 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]


async def test_of_what_nobody_was_told_nobody_is_told_the_end(
    watch: Watch, looks: Scripted
) -> None:
    watch.ops.open = False
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    looks.on = set()
    await watch.look(5 * MINUTE)

    watch.ops.open = True
    await watch.look(5 * MINUTE)

    assert watch.ops.told == []


async def test_without_the_store_it_is_told_once_and_its_end_too(
    watch: Watch, looks: Scripted, store: FlakyDocuments
) -> None:
    store_fails(store)
    looks.on = {UNKNOWN}
    await watch.look(30 * MINUTE)
    assert watch.ops.steps == [Step.FIRST]
    store.recover()
    await watch.look(5 * MINUTE)
    assert watch.ops.steps == [Step.FIRST]

    looks.on = set()
    await watch.look(30 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]


async def test_what_was_told_before_the_store_failed_is_not_told_again(
    watch: Watch, looks: Scripted, store: FlakyDocuments
) -> None:
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    store_fails(store)
    await watch.look(30 * MINUTE)
    looks.on = set()
    await watch.look(30 * MINUTE)
    assert watch.ops.steps == [Step.FIRST]

    store.recover()
    await watch.look(MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]


async def test_a_store_that_comes_and_goes_makes_no_flood_either(
    watch: Watch, looks: Scripted, store: FlakyDocuments
) -> None:
    for _ in range(10):
        store_fails(store)
        looks.on = {UNKNOWN}
        await watch.look(30)
        store.recover()
        looks.on = set()
        await watch.look(60)

    assert watch.ops.steps.count(Step.FIRST) == 1


@pytest.mark.parametrize("done", [False, True], ids=["not stored", "answer lost"])
@pytest.mark.parametrize("skip", [0, 1])
async def test_a_store_that_fails_between_claim_and_result_costs_no_second_message(
    watch: Watch, looks: Scripted, store: FlakyDocuments, done: bool, skip: int
) -> None:
    store.fail("insert" if skip == 0 else "replace", "ops_alerts", times=1, done=done)
    looks.on = {UNKNOWN}

    await watch.look(10 * MINUTE)

    assert watch.ops.steps == [Step.FIRST]
    (stored,) = (await OpsAlerts(store).all()).values()
    assert stored.told


async def test_what_the_owner_knows_already_goes_to_a_channel_or_nowhere(
    watch: Watch, looks: Scripted
) -> None:
    watch.ops.has_channel = False
    looks.on = {GATEWAY}
    await watch.look(30 * MINUTE)
    assert watch.ops.told == []

    watch.ops.has_channel = True
    await watch.look(MINUTE)

    assert watch.ops.steps == [Step.FIRST]


async def test_the_log_tells_it_too_once(watch: Watch, looks: Scripted) -> None:
    with captured_stderr() as log:
        looks.on = {BREAKER}
        await watch.look(30 * MINUTE)
        looks.on = set()
        await watch.look(30 * MINUTE)

    lines = [(one["event"], one["alert"], one["process"]) for one in log.records()]
    assert lines == [("alert", BREAKER, "one"), ("alert_over", BREAKER, "one")]


async def test_an_alert_of_a_later_version_is_left_alone(
    watch: Watch, looks: Scripted, documents: Documents
) -> None:
    looks.on = {UNKNOWN}
    await watch.look()
    (document,) = await documents.find("ops_alerts", {}, limit=10)
    await documents.insert("ops_alerts", {**document, "_id": "SomethingNew"})

    looks.on = set()
    await watch.look(10 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]


async def test_a_state_that_cannot_be_read_hides_no_other(
    watch: Watch, looks: Scripted, documents: Documents
) -> None:
    await documents.insert("ops_alerts", {"_id": BREAKER, "schema_version": 1, "since": 7})
    looks.on = {UNKNOWN}

    await watch.look(MINUTE)

    assert watch.ops.steps == [Step.FIRST]


async def test_a_store_that_is_back_does_not_make_others_think_that_a_process_has_ended(
    looks: Scripted, store: FlakyDocuments, clock: ManualClock
) -> None:
    one, two = Watch(looks, store, clock), Watch(Scripted(UNKNOWN), store, clock, process="two")
    looks.on = {UNKNOWN}
    for _ in range(40):
        await one.look()
        await two.look(15)
        if len(one.ops.told) == 1:
            store_fails(store)
    store.recover()

    await two.look()
    await one.look()
    await two.look()

    assert (one.ops.steps, two.ops.steps) == ([Step.FIRST], [])


async def test_after_a_restart_what_has_not_held_long_enough_again_is_not_called_over(
    looks: Scripted, documents: Documents, clock: ManualClock
) -> None:
    looks.on = {GATEWAY}
    await Watch(looks, documents, clock).look(20 * MINUTE)

    after = Watch(looks, documents, clock, process="two")
    await after.look(30 * MINUTE)

    assert after.ops.told == []


async def test_what_was_told_without_the_store_is_not_told_with_it_a_moment_later(
    watch: Watch, looks: Scripted, store: FlakyDocuments
) -> None:
    store_fails(store)
    looks.on = {UNKNOWN}
    await watch.look(MINUTE)
    looks.on = set()
    await watch.look(2 * MINUTE)
    assert watch.ops.steps == [Step.FIRST, Step.OVER]

    store.recover()
    looks.on = {UNKNOWN}
    await watch.look(5 * MINUTE)

    assert watch.ops.steps == [Step.FIRST, Step.OVER]
