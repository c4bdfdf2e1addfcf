"""A command in a terminal of its own, of a given size."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from contextlib import suppress
from typing import Any

from tests.support.winnow import Winnow


def in_terminal(winnow: Winnow, *arguments: str, columns: int = 80, lines: int = 1000, **environ: str) -> str:
    """Run a command and return all that the terminal was sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    options: dict[str, Any] = winnow.options(TERM="xterm-256color", **environ)
    for told in {"LINES", "COLUMNS"} - set(environ):  # else they would be believed before the terminal
        options["env"].pop(told, None)
    with subprocess.Popen(
        winnow.command(*arguments), **options, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as child:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the other end is closed
            while some := os.read(ours, 65536):
                said += some
        child.wait()
    os.close(ours)
    return said.decode()
