"""Which of the services does a template use? Plain values; `service_reader.py` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from local_cloud.services.asynchronous import AsyncSettings
from local_cloud.services.bucket_events import BucketTarget
from local_cloud.services.cors import CorsRule
from local_cloud.services.event_sources import EventSource
from local_cloud.services.lifecycles import Expiration
from local_cloud.services.queues import QueueSettings
from local_cloud.services.schedules import Schedule
from local_cloud.services.ssm_api import StoredParameter


@dataclass(frozen=True, slots=True)
class DeclaredServices:
    """Everything but functions, APIs, tables and the buckets' names."""

    queues: tuple[QueueSettings, ...] = ()
    event_sources: tuple[EventSource, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    asynchronous: Mapping[str, AsyncSettings] = field(default_factory=dict)  # by function
    parameters: tuple[StoredParameter, ...] = ()
    cors: Mapping[str, tuple[CorsRule, ...]] = field(default_factory=dict)  # by bucket
    bucket_targets: Mapping[str, tuple[BucketTarget, ...]] = field(default_factory=dict)
    expirations: Mapping[str, tuple[Expiration, ...]] = field(default_factory=dict)  # by bucket
