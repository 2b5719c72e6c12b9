"""The order's life as a row of the campaign."""

from itertools import count
from typing import Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from structlog.testing import capture_logs

from tests.campaign.orders.life import OrderLife
from tests.campaign.row import Reached, Row

_STEPS: Final = 40
_AT_ONCE: Final = 50


def run(size: int, first_seed: int) -> Reached:
    """`size` steps, in lives of some dozens."""
    OrderLife.steps, lives = 0, 0
    for number in count():
        if OrderLife.steps >= size:
            break
        some = min(_AT_ONCE, max(2, (size - OrderLife.steps) // _STEPS))
        lives += some
        chosen = settings(
            max_examples=some,
            stateful_step_count=_STEPS,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        try:
            with capture_logs():
                seed(first_seed * 10_000 + number)(OrderLife)
                run_state_machine_as_test(OrderLife, settings=chosen)
        except AssertionError as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            return Reached(trials=OrderLife.steps, broken=[f"{error!r}\n{notes}"])
    return Reached(trials=OrderLife.steps, figures={"lives": lives})


ORDER_LIFE: Final = Row(
    name="order-life",
    what="Clicks, lost answers, fills, ends, restarts and read-backs in any order",
    unit="steps",
    goal=20_000,
    short=300,
    passes_when=(
        "sent at most once; never backwards; no fill lost; not placed only where there is none; "
        "in the end equal to the broker's book"
    ),
    run=run,
)
