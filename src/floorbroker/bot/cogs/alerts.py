"""/alert: what a person wants to be told of, and when they are not to be rung."""

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.callers import caller_of
from floorbroker.bot.cogs import alert_options, options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.arming_cards import arm_button
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.own_alert_cards import (
    list_card,
    quiet_card,
    removed_card,
    set_card,
    words,
)
from floorbroker.domain.errors import FloorbrokerError, InvalidInput
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.services.alert_setting import MOST_EXPIRY_DAYS
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.callers import Caller


class AlertCommands(commands.Cog):
    """A person's own alerts; no command here sends an order or arms one."""

    alert = app_commands.Group(name="alert", description="Be told of prices, fills and expiries")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @alert.command(name="price", description="Be told when a price is reached")
    @app_commands.describe(
        **alert_options.DESCRIBED,
        direction="From which side the price is reached",
        price="The price per unit",
    )
    @app_commands.choices(
        side=alert_options.SIDES,
        time_in_force=alert_options.TIMES,
        direction=[Choice(name="above", value="up"), Choice(name="below", value="down")],
    )
    async def price(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        symbol: str,
        direction: Choice[str],
        price: str,
        repeat: bool = False,
        ends: alert_options.Days | None = None,
        account: str | None = None,
        side: Choice[str] | None = None,
        quantity: str | None = None,
        amount: str | None = None,
        limit: str | None = None,
        stop: str | None = None,
        time_in_force: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""
        order = alert_options.prepared(side, quantity, amount, limit, stop, time_in_force)
        wishes = Wishes(repeat=repeat, days=ends, account=account, **order)
        setting = self._front.floor.alert_setting
        await self._set(
            interaction,
            lambda caller: setting.price(
                caller, symbol, price, above=direction.value == "up", wishes=wishes
            ),
        )

    @alert.command(name="percent", description="Be told when a price has moved from where it is")
    @app_commands.describe(
        **alert_options.DESCRIBED,
        direction="Which way",
        percent="How far from the price of now, such as 5",
    )
    @app_commands.choices(
        side=alert_options.SIDES,
        time_in_force=alert_options.TIMES,
        direction=[Choice(name="up", value="up"), Choice(name="down", value="down")],
    )
    async def percent(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        symbol: str,
        direction: Choice[str],
        percent: str,
        repeat: bool = False,
        ends: alert_options.Days | None = None,
        account: str | None = None,
        side: Choice[str] | None = None,
        quantity: str | None = None,
        amount: str | None = None,
        limit: str | None = None,
        stop: str | None = None,
        time_in_force: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""
        order = alert_options.prepared(side, quantity, amount, limit, stop, time_in_force)
        wishes = Wishes(repeat=repeat, days=ends, account=account, **order)
        setting = self._front.floor.alert_setting
        await self._set(
            interaction,
            lambda caller: setting.percent(
                caller, symbol, percent, up=direction.value == "up", wishes=wishes
            ),
        )

    @alert.command(name="fill", description="Be told of fills that no other message tells")
    @app_commands.describe(
        order="One open order; left out, what fills at an account, placed elsewhere too",
        account="Which of your accounts, without an order; left out, your default",
        ends=alert_options.DESCRIBED["ends"],
        symbol="Of the prepared order; left out, that of the order",
        **{
            name: alert_options.DESCRIBED[name]
            for name in ("side", "quantity", "amount", "limit", "stop")
        },
    )
    @app_commands.choices(side=alert_options.SIDES)
    async def fill(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        order: str | None = None,
        account: str | None = None,
        ends: alert_options.Days | None = None,
        side: Choice[str] | None = None,
        symbol: str | None = None,
        quantity: str | None = None,
        amount: str | None = None,
        limit: str | None = None,
        stop: str | None = None,
    ) -> None:
        """See the command's description."""
        prepared = alert_options.prepared(side, quantity, amount, limit, stop, None)
        wishes = Wishes(days=ends, account=account, **prepared)
        setting = self._front.floor.alert_setting
        await self._set(
            interaction,
            lambda caller: setting.fill(caller, alert_options.order_id(order), wishes, symbol),
        )

    @alert.command(name="expiry", description="Be told before an option contract expires")
    @app_commands.describe(
        days="How many days before its last trading day",
        symbol="One contract; left out, whatever an account holds",
        account=alert_options.DESCRIBED["account"],
        ends=alert_options.DESCRIBED["ends"],
        **{name: alert_options.DESCRIBED[name] for name in ("side", "quantity", "amount", "limit")},
    )
    @app_commands.choices(side=alert_options.SIDES)
    async def expiry(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        days: app_commands.Range[int, 0, MOST_EXPIRY_DAYS],
        symbol: str | None = None,
        account: str | None = None,
        ends: alert_options.Days | None = None,
        side: Choice[str] | None = None,
        quantity: str | None = None,
        amount: str | None = None,
        limit: str | None = None,
    ) -> None:
        """See the command's description."""
        wishes = Wishes(
            days=ends,
            account=account,
            **alert_options.prepared(side, quantity, amount, limit, None, None),
        )
        setting = self._front.floor.alert_setting
        await self._set(interaction, lambda caller: setting.expiry(caller, days, wishes, symbol))

    @alert.command(name="list", description="Your alerts")
    async def list_alerts(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor, user_id = self._front.floor, caller.user_id
            own, quiet = await floor.alerts.of(user_id), await floor.alerts.quiet(user_id)
            return list_card(own, quiet, may_place=floor.arming.allowed)

        await self._front.answers.command(interaction, work)

    @alert.command(name="remove", description="Remove one of your alerts")
    @app_commands.describe(alert="Which one")
    async def remove(self, interaction: discord.Interaction, alert: str) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return removed_card(await self._front.floor.alerts.remove(caller.user_id, alert))

        await self._front.answers.command(interaction, work)

    @alert.command(name="quiet", description="Hours in which your alerts wait")
    @app_commands.describe(
        start="When they begin, such as 22:00",
        end="When they end, such as 7:00",
        zone="Your time zone, such as Europe/Berlin",
        off="No quiet hours any more",
    )
    async def quiet(
        self,
        interaction: discord.Interaction,
        start: str | None = None,
        end: str | None = None,
        zone: str | None = None,
        off: bool = False,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            alerts, user_id = self._front.floor.alerts, caller.user_id
            if off:
                await alerts.end_quiet(user_id)
            elif start is not None and end is not None and zone is not None:
                return quiet_card(await alerts.set_quiet(user_id, start, end, zone))
            elif (start, end, zone) != (None, None, None):
                raise InvalidInput("Give all three: start, end and zone.")
            return quiet_card(await alerts.quiet(user_id))

        await self._front.answers.command(interaction, work)

    async def _set(
        self, interaction: discord.Interaction, setting: Callable[[Caller], Awaitable[OwnAlert]]
    ) -> None:
        async def work(caller: Caller) -> Card:
            floor, alert = self._front.floor, await setting(caller)
            more = (arm_button(alert),) if floor.arming.offered(alert) else ()
            return set_card(alert, await floor.alerts.quiet(caller.user_id), more)

        await self._front.answers.command(interaction, work)

    @price.autocomplete("symbol")
    @percent.autocomplete("symbol")
    @fill.autocomplete("symbol")
    @expiry.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @price.autocomplete("account")
    @percent.autocomplete("account")
    @fill.autocomplete("account")
    @expiry.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)

    @fill.autocomplete("order")
    async def _orders(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.orders(self._front.floor, interaction, typed, only_open=True)

    @remove.autocomplete("alert")
    async def _alerts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        try:
            own = await self._front.floor.alerts.of(caller_of(interaction).user_id)
        except FloorbrokerError:
            return []
        wanted = typed.casefold()
        named = [(words(one), one.alert_id) for one in own]
        return [
            Choice(name=name[:100], value=value)
            for name, value in named
            if wanted in name.casefold()
        ][: options.MOST]

    @quiet.autocomplete("zone")
    async def _zones(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return alert_options.zones(typed)
