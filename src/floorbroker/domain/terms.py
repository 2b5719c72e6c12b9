"""What a person accepts before the first account with real money is linked."""

from typing import Final

TERMS_VERSION: Final = 1
"""Raised with every change of the text; who accepted an older one is asked again."""

TERMS: Final = (
    "Orders that you confirm here are sent to your broker and trade with real money. You can lose "
    "all of it, and with margin, short sales or options more than you put in.",
    "This bot carries out what you confirm. It gives no advice, and nobody checks whether an order "
    "suits you.",
    "Prices shown may be late. Your broker's own records are what counts.",
    "An outage of this bot, of Discord or of your broker can delay an order or keep you from "
    "canceling one. Know how to reach your broker without it.",
    "Your keys are stored encrypted and are used for your own commands only. You can remove them "
    "at any time with /setup remove, and should then delete them at your broker too.",
)
"""One sentence or two a paragraph."""
