"""A handler whose import fails."""

import a_package_nobody_installed  # noqa: F401


def lambda_handler(event, context):
    return None
