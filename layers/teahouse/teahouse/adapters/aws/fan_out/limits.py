"""How long, how often, how many? The bounds of a fan-out."""

from __future__ import annotations

from teahouse.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds unless the name says otherwise; measured figures are in docs/decisions/0006."""

    call_s: float = 5.0  # all of one call; what has not been answered then is left to healing
    answer_s: float = 2.0  # one request, or the opening of one line
    lines: int = 64
    requests_a_line: int = 8  # fewer are not worth a TLS handshake
    stall_s: float = 0.05  # without any answer, until more lines are tried
    kept_s: float = 50.0  # AWS closes lines that are silent for a minute
    retries: int = 2  # after 429, 5xx and lines that broke before they answered
    retry_s: float = 0.1  # mean wait before the first of them, twice as much before the second
