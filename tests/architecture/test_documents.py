"""Do the documents tell the truth where a machine can tell? Links, the map, commands, versions."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from teahouse import __version__

from tests.architecture import declared
from tests.architecture.declared import ROOT
from tools import generate_protocol_md

DOCUMENTS = [
    *(
        ROOT / name
        for name in (
            "README.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "events/README.md",
            "benchmarks/README.md",
        )
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))

    for target in targets:
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_readme_has_links_to_follow() -> None:
    """The control of the test above."""
    assert (ROOT / "README.md").read_text("utf-8").count("](docs/") > 5


def test_the_map_of_the_readme_is_the_listing() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (listing,) = re.findall(r"```text\n(.*?)```", text, re.S)
    drawn = {line.split()[0].rstrip("/") for line in listing.splitlines()}
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    there = {path.partition("/")[0] for path in tracked}

    assert drawn == {name for name in there if not name.startswith(".")} - {"README.md"}


def test_the_commands_of_the_documents_are_targets() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {
        command
        for document in DOCUMENTS
        for command in re.findall(
            r"^make ([a-z0-9-]+)|`make ([a-z0-9-]+)", document.read_text("utf-8"), re.M
        )
        for command in command
        if command
    }

    assert {"run", "test", "check"} <= named
    assert named <= targets


def test_every_target_says_what_it_does_or_is_a_part_of_one_that_does() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = [line for line in lines if re.match(r"[a-z0-9-]+:", line)]
    silent = {line.partition(":")[0] for line in targets if " ## " not in line}

    assert silent == {"install"} | {name for name in silent if name.startswith("check-")}


def test_the_parameters_of_the_readme_are_the_template_s() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", (ROOT / "README.md").read_text("utf-8"), re.M)
    documented = {name: default.strip("`").replace("empty", "") for name, default in rows}
    parameters = declared.template()["Parameters"]

    assert documented == {name: str(given["Default"]) for name, given in parameters.items()}


def test_the_protocol_page_is_current_and_names_every_route() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8")

    assert page == generate_protocol_md.render()
    for route in declared.http_routes():
        assert f"`{route.key}" in page, route.key
    for key in declared.socket_routes():
        assert key.startswith("$") or f"`{key}`" in page, key


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    page = json.loads((ROOT / "frontend" / "package.json").read_text())["version"]
    client = json.loads((ROOT / "clients" / "javascript" / "package.json").read_text())["version"]

    assert {project, page, client} == {__version__}


def test_decisions_are_numbered_without_a_hole() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [file.name[:4] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    for number, file in enumerate(files, start=1):
        text = file.read_text("utf-8")
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Choice", "Consequences"))


# In brackets, so that no pattern finds itself.
ELSEWHERE = r"/roo[t]/|/op[t]/pypi|pypi[.]org/simple|files[.]pythonhosted|npmjs[.]org"


def test_no_file_names_a_machine_or_a_registry() -> None:
    """The control: the patterns find what they are for."""
    registry, other = (f"https://{host}.org/vue" for host in ("npmjs", "example"))
    assert re.search(ELSEWHERE, registry)
    assert not re.search(ELSEWHERE, other)

    found = subprocess.run(
        ["git", "grep", "-lE", ELSEWHERE], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stdout) == (1, "")  # 1: looked, and found nothing
