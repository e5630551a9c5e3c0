"""How does a foreign program die with its parent? It is started through this one.

Started by path: `tethered.py PARENT_PID PROGRAM [ARGUMENT...]`, standard input a pipe of the
parent's. On Linux it becomes the program, with the kernel's promise of a SIGKILL; elsewhere it
stays, and ends the program when the pipe closes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from typing import NoReturn

END_LIMIT_S = 4.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h; survives an execve


def main() -> NoReturn:
    """Run the program."""
    parent_pid, *command = sys.argv[1:]
    if sys.platform != "linux":
        watch(command)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent_pid):  # it went before we asked
        sys.exit(1)
    os.execv(command[0], command)


def watch(command: list[str]) -> NoReturn:
    """Run the program as a child; end with it, or end it when standard input closes."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end() -> None:
        sys.stdin.buffer.read()
        process.terminate()  # an engine may save what it holds
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()

    threading.Thread(target=end, daemon=True).start()
    sys.exit(process.wait())


if __name__ == "__main__":
    main()
