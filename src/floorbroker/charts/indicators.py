"""What traders draw over prices. Figures for pictures: floats are precise enough here."""

from collections.abc import Sequence
from itertools import pairwise


def moving_average(closes: Sequence[float], length: int) -> list[float | None]:
    """The simple average of the last `length` closes; None until there are so many."""
    averages: list[float | None] = []
    total = 0.0
    for place, close in enumerate(closes):
        total += close
        if place >= length:
            total -= closes[place - length]
        averages.append(total / length if place >= length - 1 else None)
    return averages


def relative_strength(closes: Sequence[float], length: int = 14) -> list[float | None]:
    """The RSI from 0 to 100, smoothed as its inventor does; None until it can be computed.

    Source: J. Welles Wilder, New Concepts in Technical Trading Systems, 1978, section VI.
    """
    strengths: list[float | None] = [None] * min(length, len(closes))
    changes = [after - before for before, after in pairwise(closes)]
    if len(changes) < length:
        return [None] * len(closes)
    gain = sum(max(change, 0.0) for change in changes[:length]) / length
    loss = sum(max(-change, 0.0) for change in changes[:length]) / length
    strengths.append(_strength(gain, loss))
    for change in changes[length:]:
        gain = (gain * (length - 1) + max(change, 0.0)) / length
        loss = (loss * (length - 1) + max(-change, 0.0)) / length
        strengths.append(_strength(gain, loss))
    return strengths


def _strength(gain: float, loss: float) -> float:
    if not loss:
        return 100.0 if gain else 50.0
    return 100 - 100 / (1 + gain / loss)
