"""What does a handler find in its environment? Exactly this; nothing of the machine's."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from local_cloud.resources import REGION, Function


def worker_environment(
    function: Function,
    endpoints: Mapping[str, str],
    hosts: Mapping[str, str],
) -> dict[str, str]:
    """Return the variables of a function's workers; each has keys of its own besides.

    The names are those of Lambda's documentation, "Defined runtime environment variables".
    Endpoints stand above the template's, and an API's host is this machine's: with the limits that
    is all that differs from AWS.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "LANG": "C.UTF-8",  # Lambda has en_US.UTF-8, which a machine may lack
        "TZ": ":UTC",
        **{name: _moved(value, hosts) for name, value in function.environment.items()},
        **endpoints,
        "AWS_LAMBDA_FUNCTION_NAME": function.name or function.logical_id,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LAMBDA_TASK_ROOT": str(function.code_path),
    }


def _moved(value: str, hosts: Mapping[str, str]) -> str:
    for there, here in hosts.items():
        value = value.replace(there, here)
    return value
