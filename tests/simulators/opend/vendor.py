"""The SDK's message classes, imported when first needed, and what that import leaves behind.

Importing `moomoo` (10.11.7108) does more than that:

- `common/ft_logger.py` makes `$HOME/.com.moomoo.OpenD/Log` and opens `py_<date>.log` in it for as
  long as the process lives; without HOME it fails with a KeyError.
- `__init__.py` puts a SIGINT handler that calls `os._exit(0)`, if the main thread imports it.
- `common/utils.py` puts `moomoo/common/pb` on `sys.path`.
"""

import atexit
import importlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import warnings
from types import ModuleType
from typing import Any

__all__ = ["messages", "sdk"]


def sdk() -> ModuleType:
    """`moomoo`, with its log in a temporary folder and the SIGINT handler as it was.

    Whoever has imported it before keeps what that import did. Its network thread is started too:
    `Thread.setDaemon`, with which it does that, warns, and warnings are errors here.
    """
    if "moomoo" not in sys.modules:
        _import_apart()
    found = sys.modules["moomoo"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        importlib.import_module("moomoo.common.network_manager").NetManager.default()
    return found


def messages(name: str) -> Any:
    """A module of message classes, such as `Trd_PlaceOrder`."""
    sdk()
    return importlib.import_module(f"moomoo.common.pb.{name}_pb2")


def _import_apart() -> None:
    home = os.environ.get("HOME")
    in_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT) if in_main else None
    folder = tempfile.mkdtemp(prefix="opend-sdk-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["HOME"] = folder
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module("moomoo")
    finally:
        if home is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = home
        if in_main:
            signal.signal(signal.SIGINT, handler)
    sys.modules["moomoo"].SysConfig.enable_console_log(False)
