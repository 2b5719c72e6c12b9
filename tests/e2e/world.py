"""The whole application inside a simulated Discord: a server, people in it, and one clock.

Everything is real but Discord (simcord) and the machine's clock. Nothing happens by itself: the
clock moves with `World.later`, which then gives the background work its turn.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Final

import discord
from simcord import Env, ResponseMessage, RoleHandle, UserHandle
from simcord.backend import Backend

from floorbroker.bootstrap import App, running
from floorbroker.brokers.paper.faults import Faults
from floorbroker.brokers.port import BrokerOrder
from floorbroker.config import DiscordTransport, Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import Documents
from floorbroker.storage.orders import Orders
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.e2e.door import PUBLIC_KEY, door_of
from tests.e2e.people import Seen, Somebody
from tests.left_behind import keep, keep_discord
from tests.simulators.paper_faults import Counting

KEY: Final = new_key("test")
KEYS: Final = parse_keyring(KEY)
"""Made once a run: a restarted process must open what the one before it sealed."""

PAPER: Final = BrokerId("paper")
_PEOPLE: Final = ("alice", "bob")
_SETTLE_SECONDS: Final = 20.0


def _ids() -> Mapping[str, UserId]:
    backend = Backend()
    return {name: UserId(str(backend.make_user(name).id)) for name in _PEOPLE}


IDS: Final = _ids()
"""Every simulated Discord gives its first people the same ids, so that an owner can be set."""

START: Final = Backend().clock.now()
"""When every simulation begins."""


class SimulatedClock:
    """See `floorbroker.domain.clock.Clock`: the simulated Discord's, once there is one."""

    def __init__(self) -> None:
        """Stands at the beginning of the simulation."""
        self._env: Env | None = None

    def follow(self, env: Env) -> None:
        """From now on the time is that of `env`."""
        self._env = env

    def now(self) -> datetime:
        """See the port."""
        return START if self._env is None else self._env.now()

    def steady(self) -> float:
        """See the port: nobody sets this clock."""
        return self.now().timestamp()


def settings(mode: DeploymentMode, **changes: Any) -> Settings:
    """The product's defaults, whatever this machine's environment says; alice runs the bot."""
    values: dict[str, Any] = {
        "deployment_mode": mode,
        "owner_id": IDS["alice"] if mode is DeploymentMode.SINGLE_USER else "",
        "operator_ids": frozenset({IDS["alice"]}),
        "reconcile_seconds": 60,
        "order_deadline_seconds": 0.5,
        "discord_public_key": PUBLIC_KEY,
        **changes,
    }
    return Settings(_env_file=None, **values)


def process(
    chosen: Settings, documents: Documents, clock: Clock, broker: Faults
) -> AbstractAsyncContextManager[App]:
    """One process of the product, not connected to any Discord."""
    return running(
        chosen,
        clock=clock,
        documents=documents,
        keyring=KEYS,
        broker_options={PAPER: {"latency_seconds": 0, "faults": broker}},
        shard_count=1,
    )


class World:
    """What a test acts in.

    Attributes:
        app: The process that is connected to Discord at this moment.
        broker: The paper broker's faults; counts what reached it.
        alice: Runs the bot and manages the server; the owner in single-user mode.
        bob: Anybody else.
        expected: Errors that discord.py may meet; any other fails the test when it ends.
    """

    def __init__(
        self, app: App, env: Env, clock: SimulatedClock, broker: Counting, stack: AsyncExitStack
    ) -> None:
        """`env` is started, and holds the people and nothing else; `stack` ends processes."""
        self.app, self.env, self.clock, self.broker = app, env, clock, broker
        self.expected: tuple[type[BaseException], ...] = ()
        self._processes = stack
        self.guild = env.create_guild("Trading floor")
        self.channel = self.guild.create_text_channel("orders")
        manage = discord.Permissions(manage_guild=True)
        managers = self.guild.create_role("Managers", permissions=manage)
        self.alice = self._join("alice", managers)
        self.bob = self._join("bob")

    def _join(self, name: str, *roles: RoleHandle) -> Somebody:
        user = UserHandle(self.env, self.env.backend.users[int(IDS[name])])
        return Somebody(self.env, user, (self.guild.add_member(user, roles=roles), self.channel))

    @property
    def single_user(self) -> bool:
        """Whether only alice may use the bot."""
        return self.app.settings.single_user

    async def later(self, seconds: float) -> None:
        """Time goes by, and the background work has its turn."""
        await self.env.advance_time(seconds)
        with self.env.time_context():
            await self.app.reconciler.sweep()
            await self.app.notifier.sweep()
            await self.app.own_alerts.sweep()
            await self.app.eraser.sweep()

    async def restart(
        self, documents: Documents, *, broker: Counting | None = None, **changes: Any
    ) -> None:
        """Another process takes over, on the same store; what people see on Discord stays.

        The one before is not told: as if it had been killed.
        """
        chosen = self.app.settings.model_copy(update=changes)
        started = process(chosen, documents, self.clock, broker or self.broker)
        self.app = await self._processes.enter_async_context(started)
        await self.env.restart_bot(self.app.bot)
        await self.connect()

    async def connect(self) -> None:
        """Discord reaches the bot through its signed door, where the settings say so."""
        if self.app.settings.discord_transport is DiscordTransport.HTTP:
            await self._processes.enter_async_context(door_of(self.app, self.env))

    def public(self) -> list[Seen]:
        """What the bot posted to the channel for everybody, oldest first."""
        found = self.env.backend.messages.get(self.channel.id, {}).values()
        return [Seen(ResponseMessage(self.env, one)) for one in found if not one.is_ephemeral]

    def messages_to(self, person: Somebody) -> list[Seen]:
        """What the bot sent to somebody's direct messages by itself or as an answer."""
        found = self.env.backend.messages.get(person.in_dms.channel.id, {}).values()
        return [Seen(ResponseMessage(self.env, one)) for one in found]

    async def orders(self, person: Somebody) -> Sequence[Order]:
        """A person's orders as they are stored, drafts included, newest first."""
        stored = Orders(self.app.documents)
        return await stored.recent(person.user_id, states=frozenset(OrderState), limit=100)

    async def at_broker(self, person: Somebody) -> Sequence[BrokerOrder]:
        """Every order that the paper broker has in a person's book, open or ended."""
        accounts = self.app.floor.accounts
        (account,), _ = await accounts.accounts(person.user_id)
        async with self.app.floor.sessions.lease(account.link) as adapter:
            working = await adapter.open_orders(account.account)
            ended = await adapter.order_history(account.account, START, self.clock.now())
        return [*working, *ended]


@asynccontextmanager
async def opened(
    mode: DeploymentMode,
    documents: Documents,
    *,
    broker: Counting | None = None,
    clock: SimulatedClock | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """A world with alice and bob; `changes` are settings."""
    clock, broker = clock or SimulatedClock(), broker or Counting()
    async with AsyncExitStack() as stack:
        started = process(settings(mode, **changes), documents, clock, broker)
        app = await stack.enter_async_context(started)
        env = Env(app.bot, settle_timeout=_SETTLE_SECONDS)
        for name in _PEOPLE:
            assert str(env.create_user(name).id) == IDS[name]
        clock.follow(env)
        await env.start()
        world = World(app, env, clock, broker, stack)
        await world.connect()
        try:
            yield world
        finally:
            keep_discord(env)
            keep("metrics", world.app.metrics.render()[0].decode())
            await env.shutdown()
        unexpected = [error for error in env.errors if not isinstance(error, world.expected)]
        if unexpected:
            raise BaseExceptionGroup("The bot let these out.", unexpected)
