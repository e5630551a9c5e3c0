"""What do compressed frames become? permessage-deflate (RFC 7692), where the switch asks for it.

Each message is compressed by itself, so that an idle connection holds no window of 32 KB. The
server never compresses, as it need not.
"""

from __future__ import annotations

from websockets.exceptions import InvalidHeader, NegotiationError
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import Frame
from websockets.headers import parse_extension

from local_cloud.http_messages import Request
from local_cloud.limits import Limits
from local_cloud.open_questions import OpenQuestions

DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
_FACTORY = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True, client_no_context_takeover=True
)


class Deflate(PerMessageDeflate):
    """One connection's compression; with `limit_bytes` that is how large a frame may become."""

    limit_bytes: int | None = None

    def decode(self, frame: Frame, *, max_size: int | None = None) -> Frame:
        return super().decode(frame, max_size=self.limit_bytes or max_size)


def negotiated(request: Request, questions: OpenQuestions, limits: Limits) -> Deflate | None:
    """Return the compression of a connection; None where there is none."""
    offered = request.header("sec-websocket-extensions")
    if questions.compression == "none" or not offered:
        return None
    try:
        for name, parameters in parse_extension(offered):
            if name == "permessage-deflate":
                answer, _ = _FACTORY.process_request_params(parameters, [])
                if len(answer) == 2:  # the two of DEFLATE: no window smaller than usual
                    return _deflate(questions, limits)
    except (InvalidHeader, NegotiationError):
        return None
    return None


def _deflate(questions: OpenQuestions, limits: Limits) -> Deflate:
    deflate = Deflate(
        remote_no_context_takeover=True,
        local_no_context_takeover=True,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )
    if questions.compression == "limits_compressed":
        deflate.limit_bytes = limits.message_bytes
    return deflate
