"""Is there a file for every handler? Asked before anything runs; importing them is another matter.

AWS takes a function whose handler is missing, and fails when it is invoked. So does this cloud,
and with functions that are no Python as well; but it says so at the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local_cloud.resources import Function


def missing_handlers(functions: Mapping[str, Function]) -> Iterator[tuple[str, str]]:
    """Yield each function whose handler cannot be found, or is no Python, with what is wrong."""
    for function_id, function in functions.items():
        if function.foreign_runtime:
            problem = f"runs {function.foreign_runtime}, not Python: every event of it fails"
            yield function_id, problem
            continue
        module, dot, name = function.handler.rpartition(".")
        if not dot or not module or not name:
            yield function_id, f"has the handler {function.handler!r}, which is not MODULE.FUNCTION"
            continue
        roots = [function.code_path]
        roots += [path for layer in function.layer_paths for path in (layer / "python", layer)]
        relative = module.replace("/", ".").replace(".", "/")
        is_there = any(
            (root / f"{relative}.py").is_file() or (root / relative / "__init__.py").is_file()
            for root in roots
        )
        if not is_there:
            where = f"there is no {relative}.py in {function.code_path}"
            yield function_id, f"has the handler {function.handler}, but {where}"
