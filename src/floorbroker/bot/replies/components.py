"""Shows a card with Discord's Components V2: at most 40 components and 4,000 characters."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import discord
from discord import ui
from discord.utils import escape_markdown, escape_mentions

from floorbroker.bot.replies.card import (
    Button,
    Card,
    Channels,
    Linked,
    Mention,
    Menu,
    Moment,
    Roles,
    Row,
    Section,
    Style,
    Timed,
    Tone,
)

MOST_CHARACTERS: Final = 3_800
MOST_SPACED: Final = 10
"""A card with more texts than this has them without space between: each space is a component."""

MOST_TEXTS: Final = 30
"""Beyond it the rest becomes one text: the container, a menu and five buttons count as well."""

_CUT: Final = "…"
_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)

_COLOURS: Final = {
    Tone.NEUTRAL: discord.Colour.blurple(),
    Tone.GOOD: discord.Colour(0x2E9E5B),
    Tone.CAUTION: discord.Colour(0xE0A100),
    Tone.BAD: discord.Colour(0xD13B3B),
}
_MARKS: Final = {Tone.NEUTRAL: "", Tone.GOOD: "✅ ", Tone.CAUTION: "⚠️ ", Tone.BAD: "⛔ "}
_STYLES: Final = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
    Style.SECONDARY: discord.ButtonStyle.secondary,
}


def view_of(*cards: Card) -> ui.LayoutView:
    """One message that shows the cards below each other.

    The buttons are found again by their ids (`bot/buttons.py`), so discord.py need not remember
    the view: it is stopped at once.
    """
    view = ui.LayoutView(timeout=None)
    room = MOST_CHARACTERS // len(cards)
    for card in cards:
        view.add_item(_container(card, room, alone=len(cards) == 1))
    view.stop()
    return view


def payload_of(*cards: Card) -> dict[str, Any]:
    """The same as the body of a raw request."""
    flags = discord.MessageFlags(components_v2=True)
    return {
        "flags": flags.value,
        "components": view_of(*cards).to_components(),  # type: ignore[no-untyped-call]  # untyped there
        "allowed_mentions": discord.AllowedMentions.none().to_dict(),
    }


def files_of(card: Card) -> list[discord.File]:
    """The card's files, to go with its view; made anew for each try, since sending reads them."""
    return [
        *(discord.File(BytesIO(file.data), file.name) for file in card.files),
        *(
            discord.File(BytesIO(picture.png), picture.name, description=picture.alt)
            for picture in card.pictures
        ),
    ]


def _container(card: Card, room: int, *, alone: bool) -> ui.Container[ui.LayoutView]:
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOURS[card.tone])
    texts = _texts(card, room)
    if not alone:
        # Many cards share the 40 components of one message.
        texts = ["\n".join(texts)]
    elif len(texts) > MOST_TEXTS:
        texts = [*texts[: MOST_TEXTS - 1], "\n".join(texts[MOST_TEXTS - 1 :])]
    for place, text in enumerate(texts):
        if place and len(texts) <= MOST_SPACED:
            container.add_item(ui.Separator(visible=place == 1))
        container.add_item(ui.TextDisplay(text))
    for one in card.pictures:
        # Each in a gallery of its own: two in one stand beside each other, with their edges cut.
        item = discord.MediaGalleryItem(f"attachment://{one.name}", description=one.alt)
        container.add_item(ui.MediaGallery(item))
    for file in card.files:
        container.add_item(ui.File(f"attachment://{file.name}"))
    if card.menu is not None:
        container.add_item(ui.ActionRow(_select(card.menu)))
    for name, menu in card.menus:
        container.add_item(ui.TextDisplay(f"**{safe(name)}**"))
        container.add_item(ui.ActionRow(_select(menu)))
    if card.buttons:
        container.add_item(ui.ActionRow(*(_button(button) for button in card.buttons[:5])))
    return container


def _texts(card: Card, room: int) -> list[str]:
    """The title with its lead, then one text for each block below it."""
    badges = "".join(f" `{badge}`" for badge in card.badges)
    title = f"### {_MARKS[card.tone]}{safe(card.title)}{badges}"
    texts = [f"{title}\n{safe(card.lead)}" if card.lead else title]
    texts += ["\n".join(_row(row) for row in card.rows)] if card.rows else []
    texts += [_section(section) for section in card.sections]
    if card.notes:
        texts.append("\n".join(f"⚠️ {safe(note)}" for note in card.notes))
    if card.footer:
        texts.append("-# " + " · ".join(_small(row) for row in card.footer))
    return _cut(texts, room)


def _cut(texts: list[str], room: int) -> list[str]:
    kept = []
    for text in texts:
        if len(text) > room:
            kept.append(text[: max(room - 1, 0)] + _CUT)
            break
        kept.append(text)
        room -= len(text)
    return kept


def _section(section: Section) -> str:
    lines = [f"**{safe(section.heading)}**"]
    lines += [safe(line) for line in section.lines]
    lines += [_row(row) for row in section.rows]
    return "\n".join(lines)


def _row(row: Row) -> str:
    return f"**{safe(row.name)}** {_value(row)}"


def _small(row: Row) -> str:
    return f"{safe(row.name)} {_value(row)}"


def _value(row: Row) -> str:
    match row.value:
        case datetime() as moment:
            return f"<t:{int(moment.timestamp())}:R>"
        case Moment(at=moment):
            return f"<t:{int(moment.timestamp())}:F> (<t:{int(moment.timestamp())}:R>)"
        case Mention(user_id=user_id):
            return f"<@{user_id}>" if _ID.fullmatch(user_id) else safe(user_id)
        case Roles(ids=ids, text=text):
            return _listed("@&", ids, text)
        case Channels(ids=ids, text=text):
            return _listed("#", ids, text)
        case Linked(text=text, url=url):
            return f"[{safe(text)}]({url})"
        case Timed(text=text, at=moment, time_of_day=time_of_day):
            shown = f"<t:{int(moment.timestamp())}:{'t' if time_of_day else 'R'}>"
            return f"{safe(text)} {shown}" if text else shown
        case str() as text:
            return safe(text)


def _listed(sign: str, ids: tuple[str, ...], text: str) -> str:
    named = [f"<{sign}{one}>" if _ID.fullmatch(one) else safe(one) for one in ids]
    return ", ".join([*named, *([safe(text)] if text else [])])


def safe(text: str) -> str:
    """Text from anybody as text: no markdown, no mention, no line break that could fake a row."""
    flat = " ".join(text.split())
    return escape_mentions(escape_markdown(flat)).replace("<", "‹")


def _button(button: Button) -> ui.Button[ui.LayoutView]:
    if button.url:
        return ui.Button(label=button.label, url=button.url)
    return ui.Button(
        label=button.label,
        custom_id=button.custom_id,
        style=_STYLES[button.style],
        disabled=button.disabled,
    )


def _select(menu: Menu) -> ui.Select[ui.LayoutView]:
    return ui.Select(
        custom_id=menu.custom_id,
        placeholder=menu.placeholder,
        options=[
            discord.SelectOption(
                label=choice.label[:100],
                value=choice.value,
                description=choice.description[:100] or None,
                emoji=choice.emoji or None,
                default=choice.chosen,
            )
            for choice in menu.choices[:25]
        ],
    )
