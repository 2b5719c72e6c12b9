"""Draws whatever its standard input asks for, one picture after the other.

Both ways a message is its length in four bytes and then its content: in comes a pickled `Drawing`,
out goes a PNG, or nothing (length zero) where the drawing failed.
"""

import pickle
import signal
import sys
from typing import BinaryIO, Final

from floorbroker.charts.picture import Drawing

LENGTH_BYTES: Final = 4


def main() -> None:
    """Serves until its input ends."""
    # A console's Ctrl-C reaches every process of it; the parent alone decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while asked := _read(sys.stdin.buffer):
        png = _drawn(asked)
        sys.stdout.buffer.write(len(png).to_bytes(LENGTH_BYTES, "big") + png)
        sys.stdout.buffer.flush()


def _read(source: BinaryIO) -> bytes:
    return source.read(int.from_bytes(source.read(LENGTH_BYTES), "big"))


def _drawn(asked: bytes) -> bytes:
    try:
        drawing: Drawing = pickle.loads(asked)  # noqa: S301  # the bot itself packed it
        return drawing.png()
    except Exception as error:  # noqa: BLE001  # the edge: the next picture may well be drawn
        sys.stderr.write(f"picture failed: {type(error).__name__}\n")
        return b""


if __name__ == "__main__":
    main()
