"""What does a worker process do? It loads one handler as Lambda would, then answers events.

Started by path as a program of its own and never imported: nothing of this package may stand on
the handler's `sys.path`. It speaks to `worker_process.py` over one socket:

    in   two big-endian lengths, then a JSON header and the JSON event
    out  one letter and a big-endian length, then JSON
         R  ready; the handler is loaded
         S  the handler returned this
         F  the handler, or loading it, failed: {"errorType", "errorMessage"}
"""

from __future__ import annotations

import ctypes
import decimal
import importlib
import importlib.util
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

REQUEST_LENGTHS = struct.Struct(">II")
ANSWER_HEAD = struct.Struct(">cI")
MAX_RESPONSE_BYTES = 6_291_556  # Lambda quotas: 6 MB; the figure in ResponseSizeTooLarge's text
STACKS_MB = 512  # of 64 threads
PR_SET_PDEATHSIG = 1  # linux/prctl.h
POOL = "concurrent.futures.thread"

CLOCK_VARIABLE = "LOCAL_CLOUD_CLOCK"  # the file of a clock that may be off; handlers never see it

Handler = Callable[[Any, Any], Any]
wall_clock_s = time.time  # the right time, whatever a handler's clock says


class FunctionError(Exception):
    """What Lambda reports as `errorType` and `errorMessage`."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message


class CognitoIdentity:
    """`context.identity`; API Gateway's invocations carry none."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class LambdaContext:
    """Lambda's context object, AWS documentation "Lambda context object in Python"."""

    def __init__(self, header: dict[str, Any], log_stream_name: str) -> None:
        name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.aws_request_id: str = header["request_id"]
        self.function_name = name
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn: str = header["function_arn"]
        self.log_group_name = f"/aws/lambda/{name}"
        self.log_stream_name = log_stream_name
        self.identity = CognitoIdentity()
        self.client_context = None
        self._deadline_s: float = header["deadline_s"]

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before Lambda kills this invocation."""
        return max(0, int((self._deadline_s - wall_clock_s()) * 1000))


def main() -> NoReturn:
    """Serve events until the other end closes the socket."""
    descriptor, parent_pid, code_path, handler_name, *layer_paths = sys.argv[1:]
    die_with_parent(int(parent_pid))
    limit_memory(int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]))
    set_skew = skewed_clock(os.environ.pop(CLOCK_VARIABLE, ""))
    os.set_inheritable(int(descriptor), False)
    channel = socket.socket(fileno=int(descriptor))
    sys.path[:0] = [code_path, *layer_paths]
    sys.argv[1:] = []
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        serve(channel, handler_name, set_skew)
    except SystemExit as error:
        finish(exit_status(error))
    except BaseException:
        traceback.print_exc()
        finish(1)
    finish(0)


def serve(channel: socket.socket, handler_name: str, set_skew: Callable[[int], None]) -> None:
    """Load the handler, then answer one event after the other."""
    try:
        handler = load(handler_name)
    except FunctionError as error:
        fail(channel, error)
        return
    answer(channel, b"R", b"")
    stream_name = time.strftime("%Y/%m/%d/[$LATEST]", time.gmtime()) + uuid.uuid4().hex
    left = 0
    size_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    is_told = False
    while (request := receive(channel)) is not None:
        header, event = request
        os.environ["_X_AMZN_TRACE_ID"] = header["trace_id"]
        set_skew(header["clock_skew_ms"])
        try:
            payload = call(handler, event, LambdaContext(header, stream_name))
            left = warn_of_threads(left)
            is_told = is_told or warn_of_memory(size_mb)
        except FunctionError as error:
            fail(channel, error)
        else:
            answer(channel, b"S", payload)


def skewed_clock(path: str) -> Callable[[int], None]:
    """Install the clock of a file, if any; return how to set by how much it is off."""
    if not path:
        return lambda skew_ms: None
    spec = importlib.util.spec_from_file_location("local_cloud_clock", path)
    assert spec is not None
    assert spec.loader is not None
    clock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(clock)
    clock.install()
    set_skew: Callable[[int], None] = clock.set_skew
    return set_skew


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the parent goes; elsewhere the closed socket ends us."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it went before we asked
        os._exit(1)


def limit_memory(memory_mb: int) -> None:
    """Turn what would eat the machine into a MemoryError; Lambda, less patient, kills.

    The kernel counts what is reserved, used or not, and each thread reserves its stack of 8 MB:
    hence the room above the function's own size.
    """
    if sys.platform == "linux":
        limit_bytes = (memory_mb + STACKS_MB) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))


def load(handler_name: str) -> Handler:
    """Import the handler's module and return the handler.

    The error types and texts are those of AWS's `awslambdaric` (bootstrap.py, `_get_handler`).

    Raises:
        FunctionError: the name is malformed, the module cannot be imported or lacks the handler.
    """
    module_name, dot, function_name = handler_name.rpartition(".")
    if not dot:
        raise FunctionError(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{handler_name}': not enough values to unpack (expected 2, got 1)",
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        traceback.print_exc()
        text = f"Unable to import module '{module_name}': {error}"
        raise FunctionError("Runtime.ImportModuleError", text) from error
    except SyntaxError as error:
        traceback.print_exc()
        text = f"Syntax error in module '{module_name}': {error}"
        raise FunctionError("Runtime.UserCodeSyntaxError", text) from error
    except Exception as error:
        traceback.print_exc()
        raise FunctionError(type(error).__name__, str(error)) from error
    handler: Handler | None = getattr(module, function_name, None)
    if handler is None:
        raise FunctionError(
            "Runtime.HandlerNotFound",
            f"Handler '{function_name}' missing on module '{module_name}'",
        )
    return handler


def call(handler: Handler, event: Any, context: LambdaContext) -> bytes:
    """Run the handler and return its result as JSON.

    SystemExit is not caught: it ends the process, which Lambda reports as Runtime.ExitError.

    Raises:
        FunctionError: the handler raised, or returned what JSON cannot say or 6 MB cannot hold.
    """
    try:
        result = handler(event, context)
    except MemoryError as error:
        memory_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        text = f"The handler asked for more than its MemorySize of {memory_mb} MB"
        raise FunctionError("Runtime.OutOfMemory", text) from error
    except Exception as error:
        print(f"[ERROR] {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the log
        traceback.print_exc()
        raise FunctionError(type(error).__name__, str(error)) from error
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, default=_plain)
        payload = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        text = f"Unable to marshal response: {error}"
        raise FunctionError("Runtime.MarshalError", text) from error
    if len(payload) > MAX_RESPONSE_BYTES:
        raise FunctionError(
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size "
            f"({MAX_RESPONSE_BYTES} bytes).",
        )
    return payload


def warn_of_threads(known: int) -> int:
    """Say in the log that threads outlast the answer, if there are more than `known`; count them.

    Idle threads of a pool wait for work, as they should.
    """
    threading = sys.modules.get("threading")
    if threading is None:
        return 0
    others = (one for one in threading.enumerate() if one is not threading.main_thread())
    left: int = sum(
        getattr(getattr(one, "_target", None), "__module__", "") != POOL for one in others
    )
    if left > known:
        threads = "1 thread" if left == 1 else f"{left} threads"
        print(  # noqa: T201 - the log
            f"[WARN] the answer leaves {threads} running: frozen until the next event, as on "
            "Lambda, and lost with this worker",
            file=sys.stderr,
        )
    return left


def warn_of_memory(size_mb: int) -> bool:
    """Say in the log if the function has held more than Lambda gives it; tell whether it has."""
    if sys.platform != "linux":
        return False
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= size_mb * 1024:
        return False
    with open("/proc/self/status") as status:  # the figure above may be that of our parent
        peak_mb = next(int(line.split()[1]) // 1024 for line in status if "VmHWM" in line)
    if peak_mb > size_mb:
        print(  # noqa: T201 - the log
            f"[WARN] the function held {peak_mb} MB, and its MemorySize is {size_mb} MB: "
            "Lambda would have ended it",
            file=sys.stderr,
        )
    return peak_mb > size_mb


def receive(channel: socket.socket) -> tuple[dict[str, Any], Any] | None:
    """Return the next header and event, or None when the other end is gone."""
    lengths = _read(channel, REQUEST_LENGTHS.size)
    if lengths is None:
        return None
    header_bytes, event_bytes = REQUEST_LENGTHS.unpack(lengths)
    body = _read(channel, header_bytes + event_bytes)
    if body is None:
        return None
    return json.loads(body[:header_bytes]), json.loads(body[header_bytes:])


def answer(channel: socket.socket, kind: bytes, payload: bytes) -> None:
    """Send one answer; what was printed goes first, so that it belongs to this event."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    channel.sendall(ANSWER_HEAD.pack(kind, len(payload)) + payload)


def fail(channel: socket.socket, error: FunctionError) -> None:
    """Send a function error."""
    report = {"errorType": error.error_type, "errorMessage": error.message}
    answer(channel, b"F", json.dumps(report).encode())


def exit_status(error: SystemExit) -> int:
    """Return the status that Python itself would exit with."""
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    print(error.code, file=sys.stderr)  # noqa: T201 - as Python does
    return 1


def finish(status: int) -> NoReturn:
    """End at once: a thread that a handler left running must not keep the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _read(channel: socket.socket, count: int) -> bytes | None:
    buffer = bytearray(count)
    view, got = memoryview(buffer), 0
    while got < count:
        received = channel.recv_into(view[got:])
        if not received:
            return None
        got += received
    return bytes(buffer)


def _plain(value: object) -> float:
    """Turn a Decimal into a number, as `awslambdaric` does."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


if __name__ == "__main__":
    main()
