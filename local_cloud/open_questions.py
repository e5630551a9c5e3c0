"""What does AWS not say? Eight questions that only AWS can settle, each with a switch.

An app has to work under either answer. The defaults are the likelier ones, and where nothing is
likelier, the ones that are worse for an app.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

ThrottledMessage = Literal["frame", "close"]
Compression = Literal["none", "limits_compressed", "limits_decompressed"]


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """One answer to each; the names are the keys of the JSON form."""

    connect_failure_status: int = 502  # 1: `$connect` raises; users report 502 and 500
    plain_get_status: int = 426  # 1: a request without an upgrade; 426 and 403 are reported
    do_pings_reset_idle: bool = False  # 2: a client's ping frames, and the idle timer
    throttled_message: ThrottledMessage = "frame"  # 3: an error frame, or close 1008
    delete_close_code: int = 1000  # 4: of DeleteConnection; 1005: no code is on the wire
    are_header_sources_case_sensitive: bool = False  # 5: `route.request.header.*`
    may_dollar_actions_select: bool = False  # 6: {"action": "$disconnect"} and its like
    going_away_reason: str = "Going away"  # 7: in `$disconnect` with 1001, by idleness or age
    lost_reason: str = ""  # 7: in `$disconnect` with 1006
    # 8: does the limit of a frame hold for what travels, or for what it becomes? AWS is reported
    # to compress; here nothing does by default, so that idle connections stay small.
    compression: Compression = "none"

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> OpenQuestions:
        """Read the JSON form.

        Raises:
            ValueError: a key is unknown, or no answer to its question.
        """
        unknown = set(content) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown questions: {', '.join(sorted(unknown))}")
        for name, value in content.items():
            if name in POSSIBLE and value not in POSSIBLE[name]:
                known = ", ".join(map(str, POSSIBLE[name]))
                raise ValueError(f"{name} cannot be {value!r}; it is one of {known}")
            if type(value) is not type(getattr(DEFAULTS, name)):
                raise ValueError(f"{name} cannot be {value!r}")
        return cls(**content)


POSSIBLE: Mapping[str, tuple[Any, ...]] = {
    "connect_failure_status": (502, 500),
    "plain_get_status": (426, 403),
    "throttled_message": ("frame", "close"),
    "delete_close_code": (1000, 1005),
    "compression": ("none", "limits_compressed", "limits_decompressed"),
}
DEFAULTS = OpenQuestions()
OTHERWISE = OpenQuestions(  # the other answer to every question
    connect_failure_status=500,
    plain_get_status=403,
    do_pings_reset_idle=True,
    throttled_message="close",
    delete_close_code=1005,
    are_header_sources_case_sensitive=True,
    may_dollar_actions_select=True,
    going_away_reason="",
    lost_reason="Connection lost",
    compression="limits_decompressed",
)
