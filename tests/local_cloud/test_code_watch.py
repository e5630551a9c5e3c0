"""Does changed code run from the next event on?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from local_cloud.cloud import running
from local_cloud.code_watch import changed_functions, snapshot
from local_cloud.invocation import Succeeded
from tests.local_cloud.conftest import sample_function

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Tea:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: tea/, Handler: kind.handler}
  Other:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: other/, Handler: kind.handler}
"""
PATIENCE_S = 10.0  # it takes a quarter of a second, on a machine that is not busy


def write(folder: Path, kind: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "kind.py").write_text(f"def handler(event, context):\n    return {kind!r}\n")


async def test_saved_code_answers_the_next_event(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    for name in ("tea", "other"):
        write(tmp_path / name, "green")
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    options = {"data": None, "watch": True, "on_event": told.put_nowait}
    async with running(tmp_path / "template.yaml", **options) as cloud:
        first = [await cloud.runner.invoke(name, {}) for name in ("Tea", "Other")]
        other = cloud.worker_pids("Other")
        write(tmp_path / "tea", "black, and longer")
        event = await asyncio.wait_for(told.get(), PATIENCE_S)
        second = await cloud.runner.invoke("Tea", {})
        kept = cloud.worker_pids("Other")

    assert first == [Succeeded("green"), Succeeded("green")]
    assert (event["event"], event["functions"]) == ("code_changed", ["Tea"])
    assert second == Succeeded("black, and longer")
    assert kept == other, "the control: nobody else's workers are replaced"


async def test_of_functions_that_share_code_the_last_used_is_loaded_at_once(tmp_path: Path) -> None:
    text = TEMPLATE.replace("CodeUri: other/", "CodeUri: tea/")
    (tmp_path / "template.yaml").write_text(text)
    write(tmp_path / "tea", "green")
    async with running(tmp_path / "template.yaml", data=None, watch=True) as cloud:
        for name in ("Tea", "Other", "Tea"):
            await cloud.runner.invoke(name, {})
        before = cloud.worker_pids("Tea")
        write(tmp_path / "tea", "black, and longer")
        async with asyncio.timeout(PATIENCE_S):
            while cloud.worker_pids("Other") or set(cloud.worker_pids("Tea")) & set(before):
                await asyncio.sleep(0.01)
            while not (loaded := cloud.worker_pids("Tea")):
                await asyncio.sleep(0.01)
        second = await cloud.runner.invoke("Tea", {})
        kept = cloud.worker_pids("Tea")
        waits = cloud.worker_pids("Other")

    assert second == Succeeded("black, and longer")
    assert kept == loaded, "it was there before its event"
    assert waits == [], "the control: the other waits for its own"


def test_layers_count_and_what_python_itself_writes_does_not(tmp_path: Path) -> None:
    code, layer = tmp_path / "code", tmp_path / "layer"
    for folder in (code, layer):
        write(folder, "green")
    functions = {
        "A": sample_function("kind.handler", code_path=code, layer_paths=(layer,)),
        "B": sample_function("kind.handler", code_path=code, layer_paths=()),
    }
    before = snapshot([code, layer])
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "kind.cpython-313.pyc").touch()
    (code / "kind.pyc").touch()
    compiled = snapshot([code, layer])
    (layer / "new.py").touch()

    assert changed_functions(functions, before, compiled) == []
    assert changed_functions(functions, compiled, snapshot([code, layer])) == ["A"]
