"""People as Discord lets them act, and what they see of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from simcord import ChannelHandle, Env, InteractionResult, MemberActor, ResponseMessage, UserHandle

from floorbroker.cli.shown import message_lines
from floorbroker.domain.ids import UserId

_BUTTON, _TEXT, _MENU = 2, 10, 3
Component = dict[str, Any]


def components(message: Any) -> Iterator[Component]:
    """Every component of a message, nested ones included."""
    pending = list(message.components if isinstance(message, ResponseMessage) else message)
    while pending:
        component = pending.pop(0)
        yield component
        pending = [*component.get("components", ()), *pending]


class Seen:
    """One message as its reader sees it."""

    def __init__(self, message: ResponseMessage) -> None:
        """`message` may change later; this reads it anew each time."""
        self.message = message

    @property
    def text(self) -> str:
        """All of it, a line each, without marks."""
        return "\n".join(message_lines(self.message.components))

    @property
    def title(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    @property
    def raw(self) -> str:
        """The texts as they went to Discord, marks and escapes included."""
        texts = (one["content"] for one in components(self.message) if one["type"] == _TEXT)
        return "\n".join(texts)

    @property
    def buttons(self) -> dict[str, str]:
        """Custom id, or address, by label."""
        buttons = (one for one in components(self.message) if one["type"] == _BUTTON)
        return {button["label"]: button.get("custom_id") or button["url"] for button in buttons}

    @property
    def choices(self) -> list[Component]:
        """The options of the menu."""
        menus = (one for one in components(self.message) if one["type"] == _MENU)
        return [option for menu in menus for option in menu["options"]]

    @property
    def private(self) -> bool:
        """Whether only one person sees it."""
        return self.message.ephemeral


class Answer(Seen):
    """What came back: the card, and whatever was sent beside it."""

    def __init__(self, result: InteractionResult) -> None:
        """`result` must hold a message."""
        assert result.response is not None, "There was no answer at all."
        super().__init__(result.response)
        self.result = result

    @property
    def beside(self) -> list[Seen]:
        """The messages that were sent beside the card, oldest first."""
        return [Seen(message) for message in self.result.followups]

    @property
    def refusal(self) -> Seen:
        """The one private card beside the one that was clicked."""
        (only,) = self.beside
        assert only.private
        return only


class Somebody:
    """A person at one place: a channel of the server, or their direct messages."""

    def __init__(self, env: Env, user: UserHandle, at: tuple[MemberActor, ChannelHandle] | None):
        """`at` is the person as a member and the channel; None is their direct messages."""
        self._env, self._user, self._at = env, user, at

    @property
    def user_id(self) -> UserId:
        """As the product writes it."""
        return UserId(str(self._user.id))

    @property
    def name(self) -> str:
        """As others see it."""
        return self._user.name

    @property
    def actor(self) -> MemberActor | UserHandle:
        """Who acts, in simcord's terms."""
        return self._user if self._at is None else self._at[0]

    @property
    def channel(self) -> ChannelHandle:
        """Where."""
        return self._user.dm_channel if self._at is None else self._at[1]

    @property
    def in_dms(self) -> "Somebody":
        """The same person in their direct messages."""
        return Somebody(self._env, self._user, None)

    async def types(self, command: str, **options: Any) -> Answer:
        """A slash command, `buy` or `order status`."""
        if self._at is None:
            return Answer(await self._user.slash(command, **options))
        member, channel = self._at
        return Answer(await member.slash(channel, command, **options))

    async def clicks(self, card: Seen, label: str) -> Answer:
        """A button of a card."""
        return Answer(await self.actor.click(card.message, label=label))

    async def chooses(self, card: Seen, value: str) -> Answer:
        """A line of a card's menu."""
        assert isinstance(self.actor, MemberActor), "simcord has no menus in direct messages"
        return Answer(await self.actor.select(card.message, [value]))

    async def wants_no_messages(self) -> None:
        """Switches all notifications off that can be."""
        shown = await self.clicks(await self.types("settings"), "Notifications")
        await self.clicks(shown, "All off")

    async def typing(self, command: str, option: str, text: str, **filled: Any) -> list[str]:
        """The values that Discord suggests while an option is typed."""
        if self._at is None:
            found = await self._user.autocomplete(command, option, text, **filled)
        else:
            member, channel = self._at
            found = await member.autocomplete(channel, command, option, text, **filled)
        return [choice["value"] for choice in found]

    def sees(self, *, place: ChannelHandle | None = None) -> Sequence[Any]:
        """Every message that this person can read there, oldest first."""
        return (place or self.channel).history(viewer=self.actor)
