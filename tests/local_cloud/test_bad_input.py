"""Is whatever is wrong one clear sentence, with its line, and a status that says so?"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from local_cloud.__main__ import main
from local_cloud.data_folder import DataFolder
from local_cloud.template import load_cloud
from tests.local_cloud.conftest import SAMPLES

FUNCTION = """
  Tea:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: functions/, Handler: %s}
"""
SOCKET = """
  Socket:
    Type: AWS::ApiGatewayV2::Api
    Properties: {ProtocolType: WEBSOCKET, RouteSelectionExpression: %s}
"""
QUEUE = "\n  Line: {Type: AWS::SQS::Queue, Properties: {%s}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLES / "functions", tmp_path / "functions")
    return tmp_path


def write(folder: Path, resources: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(f"Transform: AWS::Serverless-2016-10-31\n\nResources:{resources}")
    return path


@pytest.mark.parametrize(
    ("resources", "sentence"),
    [
        (SOCKET % "$request.header.action", "line 4: Socket cannot evaluate the route selection"),
        (QUEUE % "FifoQueue: true", "line 4: Line is a FIFO queue, which is unknown here"),
        (
            QUEUE % "RedrivePolicy: {deadLetterTargetArn: 'arn:aws:sqs:us-east-1:1:x'}",
            "line 4: Line leads to arn:aws:sqs:us-east-1:1:x, which is neither a queue nor",
        ),
        (QUEUE % "QueueName: '{{resolve:ssm:/x}}'", "line 4: Line uses {{resolve:ssm:/x}}, which"),
        (QUEUE % "QueueName: !Ref Line", "line 4: Line refers to itself"),
        (QUEUE % "VisibilityTimeout: soon", "line 4: Line is not as CloudFormation describes it"),
        (
            FUNCTION % "tea.pour, Events: {Now: {Type: Schedule, Properties: {Schedule: rate(0)}}}",
            "line 4: TeaNow has no schedule: 'rate(0)' is no rate",
        ),
        (
            "\n  Cups: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [], "
            "AttributeDefinitions: []}}",
            "line 4: Cups is not as DynamoDB wants a table: ValidationException",
        ),
        (
            "\n  Tea: {Type: AWS::SQS::Queue}\n  Cup: {Type: AWS::SQS::Queue}"
            "\n  Tea: {Type: AWS::SQS::Queue}",
            "line 6: Tea is there twice, the first time in line 4",
        ),
        (
            FUNCTION % "tea.greet, Timeout: 3, Timeout: 4",
            "line 6: Timeout is there twice, the first time in line 6",
        ),
        ("\n  Tea: 5", "line 4: Tea is no resource: it needs a Type"),
        ("\n  Tea: {Type: AWS::Serverless::Function, Properties: []}", "line 4: "),
        ("\n  Tea: {Properties: {}}", "line 4: Tea is no resource: it needs a Type"),
        (" 5", "a template needs a section Resources"),
        ("\n  Tea: &tea [*tea]", "line 4: Tea is no resource: it needs a Type"),
    ],
)
def test_a_broken_template_is_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], resources: str, sentence: str
) -> None:
    """The control is `test_a_sound_template_passes_the_check`."""
    path = write(folder, resources)

    status = main(["--template", str(path), "--port", "0", "--check"])

    error = capsys.readouterr().err
    assert (status, error.count("\n")) == (1, 1), error
    assert error.startswith(f"local_cloud: {path}: {sentence}")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"\t- x", b"", b"[]", b"a: !Sub [x"])
def test_what_is_no_template_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "template.yaml"
    path.write_bytes(content)

    status = main(["--template", str(path), "--port", "0"])

    error = capsys.readouterr().err
    assert (status, error.count("\n")) == (1, 1), error


def bomb() -> str:
    """Nine lines, and four hundred million parts."""
    lines = ["Metadata:", "  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join([*lines, "Resources: {Tea: {Type: T, Properties: *a8}}"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bomb(), "its aliases make more than 200,000 parts of it"),
        ("Resources: " + "[" * 5_000 + "]" * 5_000, "it is nested too deeply"),
        ("Resources: " + "{a: " * 5_000 + "}" * 5_000, "it is nested too deeply"),
    ],
)
def test_what_would_eat_the_machine_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, sentence: str
) -> None:
    """Control: aliases as people use them, in `test_aliases_of_people_are_taken`."""
    path = tmp_path / "template.yaml"
    path.write_text(content)

    status = main(["--template", str(path), "--port", "0", "--check"])

    assert (status, capsys.readouterr().err) == (1, f"local_cloud: {path}: {sentence}\n")


def test_aliases_of_people_are_taken(folder: Path) -> None:
    path = write(
        folder, FUNCTION % "tea.greet, Tags: &tags {a: b}, Environment: {Variables: *tags}"
    )

    assert load_cloud(path).functions["Tea"].environment == {"a": "b"}


@pytest.mark.parametrize(
    ("handler", "sentences"),
    [
        (
            "nowhere.pour",
            [
                r"line 4: Tea has the handler nowhere.pour, but there is no nowhere.py in \S+",
                r"Tea cannot be loaded: Runtime.ImportModuleError: .*No module named 'nowhere'",
            ],
        ),
        ("tea.nothing", [r"Tea cannot be loaded: Runtime.HandlerNotFound: Handler 'nothing' .*"]),
        (
            "tea",
            [
                r"line 4: Tea has the handler 'tea', which is not MODULE.FUNCTION",
                r"Tea cannot be loaded: Runtime.MalformedHandlerName: .*",
            ],
        ),
        (
            "needs_what_is_absent.handler",
            [r"Tea cannot be loaded: Runtime.ImportModuleError: .*No module named .*"],
        ),
    ],
)
def test_a_handler_that_cannot_be_loaded_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], handler: str, sentences: list[str]
) -> None:
    """The control is `test_a_sound_template_passes_the_check`."""
    path = write(folder, FUNCTION % handler)

    status = main(["--template", str(path), "--port", "0", "--check"])

    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert (status, said.out, len(lines)) == (1, "", len(sentences)), lines
    for line, sentence in zip(lines, sentences, strict=True):
        assert re.fullmatch("local_cloud: " + sentence, line)


def test_a_sound_template_passes_the_check(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder, FUNCTION % "tea.greet")

    status = main(["--template", str(path), "--port", "0", "--check"])

    assert (status, *capsys.readouterr()) == (0, "", "")


def test_a_handler_in_a_package_or_a_layer_is_found(folder: Path) -> None:
    package = folder / "functions" / "inner"
    package.mkdir()
    (package / "__init__.py").write_text("def handler(event, context): ...")

    for handler in ("inner.handler", "functions/tea.greet"):
        text = FUNCTION % handler
        text = text if handler.startswith("inner") else text.replace("CodeUri: functions/, ", "")
        assert load_cloud(write(folder, text)).unknown == ()


def test_a_folder_in_use_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, data = write(folder, FUNCTION % "tea.greet"), tmp_path / "data"
    with DataFolder(data):
        status = main(["--template", str(path), "--port", "0", "--data", str(data), "--check"])
        error = capsys.readouterr().err

    assert (status, error) == (1, f"local_cloud: {data} is in use by another local cloud\n")
    arguments = ["--template", str(path), "--port", "0", "--data", str(data), "--check"]
    assert main(arguments) == 0, "the control: it is free again"
