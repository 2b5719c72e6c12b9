"""/risk show and /risk set: what is at stake, and a person's own limits."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs.limit_options import DESCRIBED, ON_OFF
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.risk_cards import limits_card, risk_card
from floorbroker.domain.errors import FloorbrokerError, StoreUnavailable
from floorbroker.services.callers import Caller
from floorbroker.services.limit_words import parsed


class RiskCommands(commands.Cog):
    """A person's own; what others hold or set is not to be seen here."""

    risk = app_commands.Group(name="risk", description="What is at stake, and your limits")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @risk.command(name="show", description="Your limits, today against them, and what is at stake")
    async def show(self, interaction: discord.Interaction) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            limits = await floor.limits.view(caller)
            limited = limits.limits.max_daily_loss is not None
            try:
                view = await floor.risk.view(caller.user_id, loss_limited=limited)
            except StoreUnavailable:
                raise
            except FloorbrokerError as error:  # the limits are worth seeing without an account
                trouble = f"What is at stake is not known: {error.message}"
                return risk_card(limits, None, trouble, floor.clock.now())
            return risk_card(limits, view, "", floor.clock.now())

        await self._front.answers.command(interaction, work)

    @risk.command(name="set", description="Limits of your own; raising or removing one waits")
    @app_commands.describe(**DESCRIBED)
    @app_commands.choices(market_hours=ON_OFF)
    async def set(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        order_value: str | None = None,
        position_value: str | None = None,
        orders_a_day: str | None = None,
        daily_loss: str | None = None,
        concentration: str | None = None,
        collar: str | None = None,
        allow: str | None = None,
        deny: str | None = None,
        market_hours: Choice[str] | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            wanted = parsed(
                {
                    "order_value": order_value,
                    "position_value": position_value,
                    "orders_a_day": orders_a_day,
                    "daily_loss": daily_loss,
                    "concentration": concentration,
                    "collar": collar,
                    "allow": allow,
                    "deny": deny,
                    "market_hours": None if market_hours is None else market_hours.value,
                }
            )
            return limits_card(await floor.limits.set_own(caller, wanted), floor.clock.now())

        await self._front.answers.command(interaction, work)
