"""How do the services become one? Queues, objects, parameters and events behind one endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from local_cloud.faults import Faults
from local_cloud.invocation import Invoker
from local_cloud.limits import Limits
from local_cloud.physical_names import function_arn
from local_cloud.resources import Cloud
from local_cloud.services.asynchronous import Asynchronous
from local_cloud.services.bucket_events import object_created
from local_cloud.services.clock import Clock
from local_cloud.services.declared import DeclaredServices
from local_cloud.services.endpoint import Allow, Endpoint, Service, allow_all
from local_cloud.services.event_sources import EventSources
from local_cloud.services.lambda_api import LambdaApi
from local_cloud.services.lifecycles import Lifecycles
from local_cloud.services.objects import ObjectFacts, Objects
from local_cloud.services.queues import Queue, make_queues
from local_cloud.services.s3_api import S3Api
from local_cloud.services.s3_signatures import S3Signatures
from local_cloud.services.schedules import Schedules
from local_cloud.services.sqs_api import SqsApi
from local_cloud.services.ssm_api import SsmApi, StoredParameter
from local_cloud.signatures import Signatures


class Services:
    """S3, SQS, SSM, Lambda's Invoke and schedules of one cloud."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        invoker: Invoker,
        signatures: Signatures,
        folder: Path,
        limits: Limits,
        allow: Allow = allow_all,
        secrets: Mapping[str, str] | None = None,
        faults: Faults | None = None,
    ) -> None:
        declared = cloud.services or DeclaredServices()
        faults = faults or Faults()
        self.clock = Clock()
        self.queues: dict[str, Queue] = make_queues(
            declared.queues, self.clock, faults.is_queue_message_duplicated
        )
        self._declared = declared
        self._functions = {
            function_arn(function.name or i): i for i, function in cloud.functions.items()
        }
        self.asynchronous = Asynchronous(
            cloud.functions,
            declared.asynchronous,
            invoker,
            self.clock,
            self.deliver,
            faults.is_async_event_duplicated,
        )
        self.event_sources = EventSources(declared.event_sources, self.queues, invoker, self.clock)
        self.schedules = Schedules(declared.schedules, self.clock, self.deliver)
        given = [StoredParameter(n, v, "SecureString") for n, v in (secrets or {}).items()]
        parameters = {one.name: one for one in (*declared.parameters, *given)}
        buckets = [bucket.name for bucket in cloud.buckets]
        objects = Objects(folder, buckets, self.clock.now_s)
        self.lifecycles = Lifecycles(declared.expirations, objects, self.clock)
        self.objects = S3Api(
            objects,
            S3Signatures(signatures.find),
            allow,
            cors=declared.cors,
            on_put=self._tell,
        )
        apis: dict[str, Service] = {
            "lambda": LambdaApi(cloud.functions, invoker, self.asynchronous, allow),
            "sqs": SqsApi(self.queues, allow),
            "ssm": SsmApi(parameters, allow),
        }
        self.endpoint = Endpoint(signatures, apis, self.objects, limits, faults)
        self._parts = AsyncExitStack()

    async def start(self) -> None:
        """Listen, poll and wait for the first times."""
        await self.endpoint.start()
        self._parts.push_async_callback(self.endpoint.stop)
        self._parts.push_async_callback(self.asynchronous.stop)
        self.event_sources.start()
        self._parts.push_async_callback(self.event_sources.stop)
        self.schedules.start()
        self._parts.push_async_callback(self.schedules.stop)
        self.lifecycles.start()
        self._parts.push_async_callback(self.lifecycles.stop)

    async def stop(self) -> None:
        """Stop all of it."""
        await self._parts.aclose()

    def environment(self) -> dict[str, str]:
        """Return where handlers find the services; those that are not here say so there, too."""
        names = ("", "_LAMBDA", "_S3", "_SQS", "_SSM")
        return {f"AWS_ENDPOINT_URL{name}": self.endpoint.url for name in names}

    def deliver(self, arn: str, body: str, attributes: Mapping[str, str]) -> None:
        """Send an event to a queue or a function of this cloud."""
        if arn in self.queues:
            sent = {
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            }
            self.queues[arn].send(body, sent)
        else:
            self.asynchronous.submit(self._functions[arn], json.loads(body))

    def _tell(self, bucket: str, facts: ObjectFacts, how: str) -> None:
        for target in self._declared.bucket_targets.get(bucket, ()):
            if target.hears(facts.key, how):
                self.deliver(target.arn, json.dumps(object_created(bucket, facts, how)), {})
