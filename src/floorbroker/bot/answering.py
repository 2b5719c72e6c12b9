"""Every interaction is answered the same way: acknowledge first, then work, then one card.

The acknowledgement goes out before any I/O (Discord waits 3 s) and before any order; whoever finds
no room gets one answer instead of it. A failure of any kind ends here, in one place, as a card.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import discord
import structlog

from floorbroker.bot.callers import caller_of
from floorbroker.bot.replies.card import PAUSED, Card
from floorbroker.bot.replies.components import files_of, view_of
from floorbroker.bot.replies.error_cards import error_card
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.bot.replies.own_alert_cards import news_card
from floorbroker.domain.errors import Busy, FloorbrokerError, PolicyRefused, StoreUnavailable
from floorbroker.domain.order import Order
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.observability.context import bind_correlation
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor
from floorbroker.services.room import Room

_log = structlog.get_logger(__name__)

URGENT: Final = frozenset(
    {
        "alert remove",
        "close",
        "order cancel",
        "panic",
        "server policy",
        "service pause",
        "click cancel",
        "click close",
        "click panic",
        "click confirm",
        "click anyway",
    }
)
"""What cancels, closes, pauses or confirms: see `Room`; as `name_of` names it."""

URGENT_IDS: Final = ("fb:set:paused.on", "fb:alert:disarm:", "fb:alert:remove:")
"""How the custom ids begin of those buttons that do so among others that do not."""
_MOST_MISSED: Final = 5
"""Cards that are shown above an answer."""

Work = Callable[[Caller], Awaitable[Card | None]]
"""Makes the card of an answer; None leaves a clicked card as it is."""

Show = Callable[[discord.Interaction, Card], Awaitable[None]]


class Answers:
    """Answers commands and clicks."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor
        self._room = Room()

    async def command(self, interaction: discord.Interaction, work: Work) -> None:
        """Answers a command with the card that `work` makes, privately."""
        with bind_correlation(str(interaction.id)):
            await self._in_room(interaction, work, self._show, ephemeral=True, thinking=True)

    async def click(self, interaction: discord.Interaction, work: Work) -> None:
        """Answers a click by replacing the card that was clicked; a refusal leaves it alone."""
        with bind_correlation(str(interaction.id)):
            await self._in_room(interaction, work, self._replace)

    async def _in_room(
        self, interaction: discord.Interaction, work: Work, show: Show, **how: bool
    ) -> None:
        name = name_of(interaction)
        try:
            with self._room.place(caller_of(interaction), urgent=is_urgent(interaction)):
                if await _acknowledged(interaction, **how):
                    await self._timed(interaction, work, show)
        except Busy as error:
            _log.warning("no_room", command=name, why=error.message, taken=self._room.taken)
            self._floor.metrics.command_done(name, error.code.value, 0)
            await refuse(interaction, error, self._floor.settings.errors_page)

    async def _timed(
        self,
        interaction: discord.Interaction,
        work: Work,
        show: Show,
    ) -> None:
        started = perf_counter()
        outcome = "OK"
        try:
            caller = caller_of(interaction)
            self._check_may_use(caller)
            card = await work(caller)
            if card is not None:
                await show(interaction, await marked(self._floor, caller, card))
        except FloorbrokerError as error:
            outcome = error.code.value
            _log.info("refused", command=name_of(interaction), code=error.code, why=error.detail)
            await refuse(interaction, error, self._floor.settings.errors_page)
        except discord.HTTPException as error:
            outcome = "DISCORD"
            _log.warning("discord_refused", command=name_of(interaction), code=error.code)
        except Exception as error:  # noqa: BLE001  # the edge: whatever it is, there is a card
            outcome = "UNKNOWN"
            _log.exception("unexpected", command=name_of(interaction), error=type(error).__name__)
            await refuse(interaction, FloorbrokerError(), self._floor.settings.errors_page)
        finally:
            elapsed = perf_counter() - started
            self._floor.metrics.command_done(name_of(interaction), outcome, elapsed)

    def may_use(self, caller: Caller) -> bool:
        """Whether this deployment serves the caller at all."""
        settings = self._floor.settings
        return not settings.single_user or caller.user_id == settings.owner_id

    def check_may_use(self, interaction: discord.Interaction) -> None:
        """For an answer that cannot wait for `command` or `click`: a form.

        Raises:
            PolicyRefused: This deployment does not serve the caller.
        """
        self._check_may_use(caller_of(interaction))

    def _check_may_use(self, caller: Caller) -> None:
        if not self.may_use(caller):
            raise PolicyRefused(
                "This bot runs in single-user mode and serves only its owner. "
                "Nothing that you type here reaches an account."
            )

    async def _show(self, interaction: discord.Interaction, card: Card) -> None:
        """The card, below whatever the person has not been told yet."""
        caller = caller_of(interaction)
        unseen, alerts = await self._unseen(caller)
        now = self._floor.clock.now()
        # The card itself tells its order, and no message may hold the same button twice.
        own = None if card.tells is None else card.tells.order_id
        missed = [order_card(order, "", now) for order in unseen if order.order_id != own]
        missed += [news_card(alert, now) for alert in alerts]
        if await self._shown_with(interaction, missed, card):
            await _noted(self._floor.inbox.seen(unseen))
            await _noted(self._floor.alerts.seen(alerts))
        await self._after(interaction, card)

    async def _shown_with(
        self, interaction: discord.Interaction, missed: Sequence[Card], card: Card
    ) -> bool:
        """Whether the missed outcomes were shown too; the answer itself must not fail with them."""
        apart = card.live is not None  # the first edit would take away what stands above it
        if apart or not missed:
            await _edited(interaction, card)
        try:
            if missed and apart:
                await interaction.followup.send(view=view_of(*missed), ephemeral=True)
            elif missed:
                await _edited(interaction, card, missed)
        except discord.HTTPException as error:
            _log.warning("missed_outcomes_not_shown", code=error.code)
            if not apart:
                await _edited(interaction, card)
            return False
        return True

    async def _replace(self, interaction: discord.Interaction, card: Card) -> None:
        await _edited(interaction, card)
        await self._after(interaction, card)

    async def _after(self, interaction: discord.Interaction, card: Card) -> None:
        if card.live is not None:
            card.live()
        if card.tells is not None:
            await _noted(self._floor.orders.told(card.tells))
        if card.public is not None:
            await interaction.followup.send(view=view_of(card.public), ephemeral=False)

    async def _unseen(self, caller: Caller) -> tuple[Sequence[Order], Sequence[OwnAlert]]:
        """What no message could tell; orders before alerts."""
        user_id, floor = caller.user_id, self._floor
        try:
            unseen = await floor.inbox.unseen(user_id)
            return unseen, await floor.alerts.unseen(user_id, most=_MOST_MISSED - len(unseen))
        except StoreUnavailable:
            return [], []


async def marked(floor: Floor, caller: Caller, card: Card) -> Card:
    """The card, with the pause on it where there is one; a store that fails shows none."""
    try:
        at = None if card.tells is None else card.tells.broker
        paused = PAUSED not in card.badges and await floor.choices.paused_for(caller, at)
    except StoreUnavailable:
        return card
    return replace(card, badges=(*card.badges, PAUSED)) if paused else card


async def _edited(
    interaction: discord.Interaction, card: Card, missed: Sequence[Card] = ()
) -> None:
    view = view_of(*missed, card)
    # What is attached goes with what is shown: an older picture must not stay below a new card.
    await interaction.edit_original_response(view=view, attachments=files_of(card))


async def _noted(note: Awaitable[None]) -> None:
    """A note that cannot be stored only means that the person is told once more.

    It must not become a refusal beside a receipt, which would say that nothing was sent.
    """
    try:
        await note
    except StoreUnavailable as error:
        _log.warning("not_noted", error=error.detail)


async def _acknowledged(interaction: discord.Interaction, **how: bool) -> bool:
    """False where Discord does not take it: too late, or being answered already.

    While two processes overlap in a deployment both get every interaction. The one whose
    acknowledgement Discord takes does the work; the other must not touch it.
    """
    try:
        await interaction.response.defer(**how)
    except discord.HTTPException as error:
        _log.warning("not_acknowledged", command=name_of(interaction), code=error.code)
        return False
    return True


async def refuse(
    interaction: discord.Interaction, error: FloorbrokerError, errors_page: str
) -> None:
    """The card of a failure: in place of a command's answer, beside a card that was clicked."""
    view = view_of(error_card(error, errors_page))
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(view=view, ephemeral=True)
        elif interaction.type is discord.InteractionType.component:
            await interaction.followup.send(view=view, ephemeral=True)
        else:
            await interaction.edit_original_response(view=view)
    except discord.HTTPException as failure:
        _log.warning("refusal_not_shown", code=failure.code, error_code=error.code)


def is_urgent(interaction: discord.Interaction) -> bool:
    """Whether it must find a place in a crowd."""
    data: Mapping[str, Any] = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    return name_of(interaction) in URGENT or custom_id.startswith(URGENT_IDS)


def name_of(interaction: discord.Interaction) -> str:
    """What was used, from a small set of names: a command's, or what a button or a form is for."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Mapping[str, Any] = interaction.data or {}
    parts = str(data.get("custom_id", "")).split(":")
    used = "form" if interaction.type is discord.InteractionType.modal_submit else "click"
    return f"{used} {parts[1]}" if len(parts) > 1 else "other"
