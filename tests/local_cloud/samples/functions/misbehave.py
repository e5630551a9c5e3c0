"""Handlers that do what handlers should not."""
# ruff: noqa: T201 - what is printed is the test

import decimal
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time


def prints(event, context):
    print("to standard output")
    print("to standard error", file=sys.stderr)
    sys.stdout.write("without an end")


def prints_a_lot(event, context):
    for number in range(event["lines"]):
        print(f"{number:>100}")


def raises(event, context):
    raise KeyError("tea")


def raises_unauthorized(event, context):
    raise Exception("Unauthorized")


def hangs(event, context):
    while True:
        time.sleep(60)


def naps(event, context):
    time.sleep(event["seconds"])
    return {"pid": os.getpid()}


def waits_for_others(event, context):
    folder = pathlib.Path(event["folder"])
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < event["together"]:
        time.sleep(0.005)
    return {"pid": os.getpid()}


def exits(event, context):
    sys.exit(3)


def exits_while_a_thread_runs(event, context):
    threading.Thread(target=time.sleep, args=(60,)).start()
    sys.exit(0)


def is_killed(event, context):
    os.kill(os.getpid(), signal.SIGKILL)


def interrupts(event, context):
    raise KeyboardInterrupt


def returns_a_set(event, context):
    return {"unordered", "things"}


def returns_nan(event, context):
    return float("nan")


def returns_a_decimal(event, context):
    return {"price": decimal.Decimal("1.5")}


def returns_too_much(event, context):
    return "x" * event["size"]


def eats_memory(event, context):
    return len(b"x" * (event["megabytes"] * 1024 * 1024))


def leaves_a_child(event, context):
    return subprocess.Popen(["sleep", "600"]).pid


not_a_function = "a text"
