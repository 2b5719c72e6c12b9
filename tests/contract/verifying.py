"""The contract: what people run against their own paper account passes on the simulator too."""

from collections.abc import Awaitable, Callable

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.verification import Plan, verified
from floorbroker.services.verification_steps import Pace, StepResult
from tests.contract.fixtures import BrokerFixtures, Sabotage
from tests.contract.placing import LINK, USER


class VerifyingContract(BrokerFixtures):
    """`floorbroker verify`, without the terminal around it."""

    async def test_the_verification_that_people_run_passes_with_one_order_and_leaves_nothing(
        self,
        adapter: BrokerAdapter,
        spec: BrokerSpec,
        clock: Clock,
        tradable: Instrument,
        pass_time: Callable[[], Awaitable[None]],
        sabotage: Sabotage,
    ) -> None:
        link = Link(
            link_id=LINK,
            user_id=USER,
            broker=BrokerId(self.broker_id),
            environment=self.environment,
            label="",
            created_at=clock.now(),
        )
        # With real money the same as for people: reads only.
        reads = self.environment is Environment.LIVE

        done = await verified(
            adapter,
            spec,
            link,
            clock=clock,
            plan=Plan(symbol=tradable.symbol, read_only=reads),
            pace=Pace(sleep=lambda _: pass_time()),
        )

        assert [step for step in done.steps if step.result is StepResult.FAILED] == []
        assert done.ok
        assert done.left == ""
        assert sabotage.orders_received == (0 if reads else 1)
