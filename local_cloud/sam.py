"""What does SAM make of a template? CloudFormation, by AWS's own translator.

The translator takes half a second to import, so its answer is kept beside the data.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local_cloud.resources import REGION

LOCAL_BUCKET = "local-code"  # SAM wants code in S3; the key is the resource that names the folder
MAX_PARTS = 200_000  # CloudFormation takes templates of a megabyte, with 500 resources
CODE_PROPERTIES: Mapping[str, tuple[str, str]] = {
    # type: (where it names its code, what "sam build" calls the same in a Globals section)
    "AWS::Serverless::Function": ("CodeUri", "Function"),
    "AWS::Serverless::LayerVersion": ("ContentUri", "LayerVersion"),
    "AWS::Lambda::Function": ("Code", ""),
    "AWS::Lambda::LayerVersion": ("Content", ""),
}


class TemplateError(Exception):
    """A template cannot be made real; the text is one sentence for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """CloudFormation's form of a template; `code` maps a logical id to its folder, as written."""

    template: Mapping[str, Any]
    code: Mapping[str, str]


def translate(
    text: str, parameters: Mapping[str, str], cache_folder: Path | None = None
) -> Translation:
    """Return the template as CloudFormation, from the cache when nothing has changed.

    Raises:
        TemplateError: it is no YAML, or SAM refuses it.
    """
    if cache_folder is None:
        return _translate(text, parameters)
    version = importlib.metadata.version("aws-sam-translator")
    key = json.dumps([version, LOCAL_BUCKET, text, dict(sorted(parameters.items()))])
    cached = cache_folder / f"template-{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    if cached.exists():
        return Translation(**json.loads(cached.read_text()))
    translation = _translate(text, parameters)
    for old in cache_folder.glob("template-*.json"):
        old.unlink(missing_ok=True)
    fresh = cached.with_suffix(".new")
    fresh.write_text(
        json.dumps({"template": translation.template, "code": translation.code}, default=str)
    )
    os.replace(fresh, cached)
    return translation


def line_of(text: str, logical_id: str) -> int | None:
    """Return the line on which a resource begins."""
    return _lines(text).get(logical_id)


def origin_of(text: str, logical_id: str) -> str | None:
    """Return the resource of the template that SAM made this one of; itself, if written there."""
    origins = (name for name in _lines(text) if logical_id.startswith(name))
    return max(origins, key=len, default=None)


@lru_cache(maxsize=4)
def _lines(text: str) -> dict[str, int]:
    import yaml

    document = yaml.compose(text, Loader=yaml.SafeLoader)
    return {
        str(key.value): int(key.start_mark.line) + 1
        for section, resources in getattr(document, "value", [])
        if section.value == "Resources" and isinstance(resources, yaml.MappingNode)
        for key, _ in resources.value
    }


def _translate(text: str, parameters: Mapping[str, str]) -> Translation:
    import yaml
    from samtranslator.yaml_helper import yaml_parse

    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        if _parts(tree, {}) > MAX_PARTS:
            raise TemplateError(f"its aliases make more than {MAX_PARTS:,} parts of it")
        _refuse_doubles(tree, set())
        document = yaml_parse(text)
    except RecursionError as error:
        raise TemplateError("it is nested too deeply") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f"line {mark.line + 1}: "
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise TemplateError(f"{where}{problem}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError("a template needs a section Resources")
    for logical_id, resource in document["Resources"].items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            sentence = f"{logical_id} is no resource: it needs a Type"
            raise TemplateError(located(text, str(logical_id), sentence))
    code = _take_code(document)
    return Translation(_run_translator(document, parameters, text), code)


def _parts(node: Any, counted: dict[int, int]) -> int:
    """Count the parts of a YAML tree as often as aliases repeat them: few lines can make billions.

    An alias within what it stands for counts once; whoever reads it complains.
    """
    if id(node) not in counted:
        counted[id(node)] = 1
        children = getattr(node, "value", None)
        if isinstance(children, list):
            inner = (one for child in children for one in _pair(child))
            counted[id(node)] += sum(_parts(one, counted) for one in inner)
    return counted[id(node)]


def _refuse_doubles(node: Any, seen: set[int]) -> None:
    """Refuse a key that a map has twice: YAML forbids it, and its readers here take the last."""
    if id(node) in seen or not isinstance(getattr(node, "value", None), list):
        return
    seen.add(id(node))
    lines: dict[str, int] = {}
    for child in node.value:
        pair = _pair(child)
        key = pair[0].value if len(pair) == 2 else None
        if isinstance(key, str):
            line = pair[0].start_mark.line + 1
            if key in lines:
                first = f"line {line}: {key} is there twice, the first time in line {lines[key]}"
                raise TemplateError(first)
            lines[key] = line
        for one in pair:
            _refuse_doubles(one, seen)


def _pair(child: Any) -> tuple[Any, ...]:
    return child if isinstance(child, tuple) else (child,)


def _take_code(document: dict[str, Any]) -> dict[str, str]:
    """Replace each folder by an address in S3, and return the folders."""
    code: dict[str, str] = {}
    defaults = document.get("Globals") or {}
    for logical_id, resource in document["Resources"].items():
        if not isinstance(resource, dict) or resource.get("Type") not in CODE_PROPERTIES:
            continue
        name, section = CODE_PROPERTIES[resource["Type"]]
        properties = resource.setdefault("Properties", {})
        if not isinstance(properties, dict):
            continue
        folder = properties.get(name, (defaults.get(section) or {}).get(name))
        if folder is None and section == "Function" and _is_zip(properties):
            folder = "."  # as "sam build" reads it: the template's own folder
        if not isinstance(folder, str):
            continue
        code[logical_id] = folder
        properties[name] = (
            f"s3://{LOCAL_BUCKET}/{logical_id}"
            if section
            else {"S3Bucket": LOCAL_BUCKET, "S3Key": logical_id}
        )
    return code


def _is_zip(properties: Mapping[str, Any]) -> bool:
    return "InlineCode" not in properties and properties.get("PackageType", "Zip") == "Zip"


def _run_translator(
    document: dict[str, Any], parameters: Mapping[str, str], text: str
) -> dict[str, Any]:
    from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
    from samtranslator.model.exceptions import ExceptionWithMessage, InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    session = SimpleNamespace(region_name=REGION)  # all that the translator asks of boto3
    translator = Translator(None, Parser(), boto_session=session)
    try:
        translated: dict[str, Any] = translator.translate(
            document,
            parameter_values=dict(parameters),
            get_managed_policy_map=lambda: get_bundled_managed_policy_map("aws") or {},
        )
    except InvalidDocumentException as error:
        cause = error.causes[0] if error.causes else error
        logical_id = getattr(cause, "_logical_id", None)
        raise TemplateError(located(text, logical_id, cause.message)) from error
    except ExceptionWithMessage as error:
        raise TemplateError(error.message) from error
    finally:
        translator.metrics.publish()  # into nothing; else it complains on standard error
    return translated


def located(text: str, logical_id: str | None, message: str) -> str:
    """Return the message with the line of its resource in front, where that is known."""
    line = None if logical_id is None else line_of(text, logical_id)
    return message if line is None else f"line {line}: {message}"
