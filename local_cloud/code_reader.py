"""Where is the code of a function or layer? A folder, a zip, or the text inside the template."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_cloud.template_source import TemplateSource

INLINE_FILE = "index.py"  # Lambda's name for code written as `ZipFile`


class CodeReader:
    """Finds the code of one template; `code` maps a logical id to its folder, as written."""

    def __init__(
        self,
        source: TemplateSource,
        folder: Path,
        code: Mapping[str, str],
        scratch: Path | None,
    ) -> None:
        self._source = source
        self._folder = folder
        self._code = code
        self._scratch = scratch

    def function_folder(self, logical_id: str, code: Any) -> Path:
        """Return what a function sees as its task root."""
        if isinstance(code, dict) and "ZipFile" in code:
            folder = self._made(logical_id, "has its code inside the template")
            (folder / INLINE_FILE).write_text(str(code["ZipFile"]), "utf-8")
            return folder
        return self._path(logical_id, code)

    def layer_folder(self, logical_id: str, layer: Any) -> Path:
        """Return what stands for a layer's /opt."""
        if layer not in self._source.all("AWS::Lambda::LayerVersion"):
            problem = f"uses the layer {layer}, which is not in this template"
            raise self._source.error(logical_id, problem)
        return self._path(layer, self._source.properties(layer).get("Content"))

    def _path(self, logical_id: str, code: Any) -> Path:
        key = str(code.get("S3Key")) if isinstance(code, dict) else ""
        if key not in self._code:
            raise self._source.error(logical_id, "names no folder with its code")
        path = (self._folder / self._code[key]).resolve()
        if path.is_file() and zipfile.is_zipfile(path):
            folder = self._made(logical_id, f"names {self._code[key]}")
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
            return folder
        if not path.is_dir():
            problem = f"names {self._code[key]}, and there is no such folder"
            raise self._source.error(key, problem)
        return path

    def _made(self, logical_id: str, what: str) -> Path:
        if self._scratch is None:
            raise self._source.error(logical_id, f"{what}, and there is no folder to unpack it in")
        folder = self._scratch / "code" / logical_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder
