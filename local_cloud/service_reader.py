"""Which of the services does a template use? Queues, events, schedules, parameters, buckets' rules.

What is unknown here is refused, or named in `unknown`; nothing is left out in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.intrinsics import as_text
from local_cloud.lifecycle_reader import expirations
from local_cloud.physical_names import function_arn
from local_cloud.resources import Function
from local_cloud.services.asynchronous import DEFAULT_MAX_AGE_S, AsyncSettings
from local_cloud.services.bucket_events import BucketTarget
from local_cloud.services.cors import CorsRule
from local_cloud.services.declared import DeclaredServices
from local_cloud.services.event_sources import CONCURRENCY, EventSource
from local_cloud.services.lifecycles import Expiration
from local_cloud.services.queues import QueueSettings
from local_cloud.services.schedule_times import read_times
from local_cloud.services.schedules import Schedule
from local_cloud.services.ssm_api import StoredParameter
from local_cloud.template_source import TemplateSource

Properties = Mapping[str, Any]
SERVICE_TYPES = (
    "AWS::Events::Rule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
    "AWS::Scheduler::Schedule",
)


class ServiceReader:
    """Reads the services of one template; `unknown` is what cannot be real, by resource."""

    def __init__(self, source: TemplateSource, functions: Mapping[str, Function]) -> None:
        self._source = source
        self._functions = functions
        self._queues = {one.arn: one for one in map(self._queue, source.all("AWS::SQS::Queue"))}
        self.unknown: list[tuple[str, str]] = []

    def services(self) -> DeclaredServices:
        """Return all of them."""
        for queue in self._queues.values():
            if queue.dead_letters is not None:
                self._target(queue.logical_id, queue.dead_letters)
        buckets = {
            self._source.name(i): self._source.properties(i)
            for i in self._source.all("AWS::S3::Bucket")
        }
        ids = {self._source.name(i): i for i in self._source.all("AWS::S3::Bucket")}
        return DeclaredServices(
            queues=tuple(self._queues.values()),
            event_sources=tuple(self._event_sources()),
            schedules=tuple(self._schedules()),
            asynchronous=self._asynchronous(),
            parameters=tuple(map(self._parameter, self._source.all("AWS::SSM::Parameter"))),
            cors={name: tuple(_cors(properties)) for name, properties in buckets.items()},
            expirations={
                name: self._expirations(ids[name], properties)
                for name, properties in buckets.items()
            },
            bucket_targets={
                name: tuple(self._bucket_targets(ids[name], properties))
                for name, properties in buckets.items()
            },
        )

    def _queue(self, logical_id: str) -> QueueSettings:
        properties = self._source.properties(logical_id)
        if as_text(properties.get("FifoQueue", False)) == "true":
            raise self._source.error(logical_id, "is a FIFO queue, which is unknown here")
        redrive = properties.get("RedrivePolicy") or {}
        redrive = json.loads(redrive) if isinstance(redrive, str) else redrive
        defaults = QueueSettings(logical_id, "")
        return QueueSettings(
            logical_id,
            self._source.name(logical_id).rpartition("/")[2],
            float(properties.get("VisibilityTimeout", defaults.visibility_s)),
            float(properties.get("DelaySeconds", defaults.delay_s)),
            float(properties.get("MessageRetentionPeriod", defaults.retention_s)),
            float(properties.get("ReceiveMessageWaitTimeSeconds", defaults.wait_s)),
            int(properties.get("MaximumMessageSize", defaults.max_bytes)),
            redrive.get("deadLetterTargetArn"),
            int(redrive.get("maxReceiveCount", 0)),
        )

    def _event_sources(self) -> Iterator[EventSource]:
        for logical_id in self._source.all("AWS::Lambda::EventSourceMapping"):
            properties = self._source.properties(logical_id)
            arn = str(properties.get("EventSourceArn", ""))
            if arn not in self._queues:
                problem = f"listens to {arn or 'no queue'}, which does not exist here"
                self.unknown.append((logical_id, problem))
            elif properties.get("FilterCriteria"):
                raise self._source.error(logical_id, "has FilterCriteria, which are unknown here")
            elif as_text(properties.get("Enabled", True)) == "true":
                yield self._event_source(logical_id, properties, arn)

    def _event_source(self, logical_id: str, properties: Properties, arn: str) -> EventSource:
        function_id = self._function(logical_id, str(properties["FunctionName"]))
        visibility_s = self._queues[arn].visibility_s
        if visibility_s < self._functions[function_id].timeout_s:  # CreateEventSourceMapping
            problem = (
                f"feeds {function_id}, whose timeout is longer than the {visibility_s:g} seconds "
                "for which its queue hides a message; AWS refuses that"
            )
            raise self._source.error(logical_id, problem)
        scaling = properties.get("ScalingConfig") or {}
        return EventSource(
            logical_id,
            arn,
            function_id,
            int(properties.get("BatchSize", 10)),
            float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            "ReportBatchItemFailures" in (properties.get("FunctionResponseTypes") or ()),
            min(int(scaling.get("MaximumConcurrency", CONCURRENCY)), CONCURRENCY),
        )

    def _schedules(self) -> Iterator[Schedule]:
        for logical_id in self._source.all("AWS::Events::Rule"):
            properties = self._source.properties(logical_id)
            if "ScheduleExpression" not in properties:
                self.unknown.append((logical_id, "waits for events, which do not exist here"))
            elif properties.get("State", "ENABLED") == "ENABLED":
                for target in properties.get("Targets") or ():
                    yield self._schedule(logical_id, properties, target, is_rule=True)
        for logical_id in self._source.all("AWS::Scheduler::Schedule"):
            properties = self._source.properties(logical_id)
            if properties.get("State", "ENABLED") == "ENABLED":
                target = properties["Target"]
                yield self._schedule(logical_id, properties, target, is_rule=False)

    def _schedule(
        self, logical_id: str, properties: Properties, target: Properties, *, is_rule: bool
    ) -> Schedule:
        if "InputPath" in target or "InputTransformer" in target:
            raise self._source.error(logical_id, "changes its event, which is unknown here")
        zone = properties.get("ScheduleExpressionTimezone")
        try:
            times = read_times(str(properties["ScheduleExpression"]), zone)
        except (ValueError, KeyError) as error:
            raise self._source.error(logical_id, f"has no schedule: {error}") from error
        arn = self._target(logical_id, str(target["Arn"]))
        return Schedule(logical_id, times, arn, target.get("Input"), is_rule)

    def _asynchronous(self) -> dict[str, AsyncSettings]:
        settings: dict[str, AsyncSettings] = {}
        configured = {
            self._function(i, str(properties["FunctionName"])): (i, properties)
            for i in self._source.all("AWS::Lambda::EventInvokeConfig")
            if (properties := self._source.properties(i))
        }
        for function_id in self._functions:
            config_id, config = configured.get(function_id, (function_id, {}))
            places = config.get("DestinationConfig") or {}
            dead = (self._source.properties(function_id).get("DeadLetterConfig") or {}).get(
                "TargetArn"
            )
            settings[function_id] = AsyncSettings(
                int(config.get("MaximumRetryAttempts", 2)),
                float(config.get("MaximumEventAgeInSeconds", DEFAULT_MAX_AGE_S)),
                self._destination(config_id, (places.get("OnFailure") or {}).get("Destination")),
                self._destination(config_id, (places.get("OnSuccess") or {}).get("Destination")),
                self._destination(function_id, dead),
            )
        return settings

    def _parameter(self, logical_id: str) -> StoredParameter:
        properties = self._source.properties(logical_id)
        name, value = self._source.name(logical_id), as_text(properties["Value"])
        return StoredParameter(name, value, str(properties.get("Type", "String")))

    def _expirations(self, logical_id: str, properties: Properties) -> tuple[Expiration, ...]:
        rules, problems = expirations(properties)
        self.unknown += [(logical_id, problem) for problem in problems]
        return rules

    def _bucket_targets(self, logical_id: str, properties: Properties) -> Iterator[BucketTarget]:
        config = properties.get("NotificationConfiguration") or {}
        for kind, key in (("LambdaConfigurations", "Function"), ("QueueConfigurations", "Queue")):
            for one in config.get(kind) or ():
                arn = self._target(logical_id, str(one[key]))
                rules = ((one.get("Filter") or {}).get("S3Key") or {}).get("Rules") or ()
                ends = {str(rule["Name"]).lower(): str(rule["Value"]) for rule in rules}
                event = str(one["Event"])
                if not event.startswith("s3:ObjectCreated:"):
                    self.unknown.append((logical_id, f"tells of {event}, which is unknown here"))
                yield BucketTarget(arn, event, ends.get("prefix", ""), ends.get("suffix", ""))
        for kind in ("TopicConfigurations", "EventBridgeConfiguration"):
            if config.get(kind):
                self.unknown.append((logical_id, f"has {kind}, which are unknown here"))

    def _destination(self, logical_id: str, arn: str | None) -> str | None:
        return None if arn is None else self._target(logical_id, arn)

    def _target(self, logical_id: str, arn: str) -> str:
        """Return the ARN of a queue or, without a version, of a function of this template."""
        if arn in self._queues:
            return arn
        for function in self._functions.values():
            own = function_arn(function.name or function.logical_id)
            if arn == own or arn.startswith(f"{own}:"):
                return own
        problem = f"leads to {arn}, which is neither a queue nor a function of this template"
        raise self._source.error(logical_id, problem)

    def _function(self, logical_id: str, name: str) -> str:
        arn = name if ":function:" in name else function_arn(name)
        return self._source.function_of(logical_id, arn)


def _cors(properties: Properties) -> Iterator[CorsRule]:
    for rule in (properties.get("CorsConfiguration") or {}).get("CorsRules") or ():
        max_age = rule.get("MaxAge")
        yield CorsRule(
            tuple(rule["AllowedOrigins"]),
            tuple(rule["AllowedMethods"]),
            tuple(rule.get("AllowedHeaders") or ()),
            tuple(rule.get("ExposedHeaders") or ()),
            None if max_age is None else int(max_age),
        )
