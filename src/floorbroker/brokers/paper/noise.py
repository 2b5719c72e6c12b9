"""A price curve out of nothing: value noise, a pure function of seed, symbol and time.

Each octave holds one hashed, nearly normal number at every multiple of its period and goes
smoothly from one to the next. Amplitudes grow with the square root of the period, as those of
a random walk do, and end at 30 days, so that the price stays around its base.
"""

from functools import lru_cache
from hashlib import blake2b
from math import exp, sqrt
from struct import unpack
from typing import Final

_PERIODS: Final = tuple(10 * 4**octave for octave in range(10))
"""Seconds: 10 s, 40 s, … 30 days."""

_PER_ROOT_SECOND: Final = 4.45e-5
"""Measured so that the daily return has a standard deviation of 2 %."""

_OCTAVES: Final = tuple(
    (octave, period, 0.37 * octave * period, _PER_ROOT_SECOND * sqrt(period))
    for octave, period in enumerate(_PERIODS)
)
"""Each with a phase of its own, or all would meet at the same moments."""

_MEAN: Final = 8 * 65535 / 2
_DEVIATION: Final = sqrt(8 * (65536**2 - 1) / 12)


def factor(seed: str, symbol: str, seconds: float) -> float:
    """What the base price is multiplied by, `seconds` after 1970 (UTC); always above zero."""
    total = 0.0
    for octave, period, phase, amplitude in _OCTAVES:
        index, rest = divmod(seconds + phase, period)
        share = rest / period
        left = gaussian(seed, symbol, octave, int(index))
        right = gaussian(seed, symbol, octave, int(index) + 1)
        total += amplitude * (left + (right - left) * share * share * (3 - 2 * share))
    return exp(total)


# A memo of a pure function, shared by all people: they look at the same moments.
@lru_cache(maxsize=8192)
def gaussian(seed: str, symbol: str, octave: int, index: int) -> float:
    """A nearly normal number with mean 0 and deviation 1: eight uniform ones added up."""
    key = f"{seed}|{symbol}|{octave}|{index}".encode()
    return float((sum(unpack("<8H", blake2b(key, digest_size=16).digest())) - _MEAN) / _DEVIATION)
