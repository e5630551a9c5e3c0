"""Which role does each function have? The template's IAM resources, read together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.managed_policies import MANAGED_POLICIES
from local_cloud.roles import Role, Statement, read_statements

IAM_TYPES = (
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
)

Properties = Mapping[str, Any]
Declared = Mapping[str, tuple[str, Properties]]  # logical id -> type, resolved properties


def read_roles(
    role_arns: Mapping[str, str], declared: Declared, references: Mapping[str, str]
) -> dict[str, Role]:
    """Return the role of each function; `references` says what `Ref` gives for IAM resources.

    A role that is not in the template allows nothing, and says so.

    Raises:
        KeyError, TypeError, ValueError: a policy has not the form of one.
    """
    reader = _Reader(declared, references)
    return {function_id: reader.role(arn) for function_id, arn in role_arns.items()}


def missing_rights(roles: Mapping[str, Role]) -> Iterator[tuple[str, str]]:
    """Yield each function whose role says what is not known here, with what that is."""
    for function_id, role in roles.items():
        for problem in role.problems:
            yield function_id, f"may do less here than on AWS: {problem}"


class _Reader:
    def __init__(self, declared: Declared, references: Mapping[str, str]) -> None:
        self._declared = declared
        self._references = references

    def role(self, arn: str) -> Role:
        name = arn.rpartition("/")[2]
        for logical_id, properties in self._all("AWS::IAM::Role"):
            if self._references[logical_id] == name:
                return self._read(name, properties)
        where = f"the role {arn}" if arn else "its role"
        return Role(name, (), (f"{where} is not in this template, so it allows nothing here",))

    def _read(self, name: str, properties: Properties) -> Role:
        problems: list[str] = []
        if "PermissionsBoundary" in properties:
            problems.append(f"{name} has a permissions boundary, so it allows nothing here")
            return Role(name, (), tuple(problems))
        statements: list[Statement] = []
        for policy in properties.get("Policies") or []:
            statements += read_statements(policy["PolicyName"], policy["PolicyDocument"])
        for arn in properties.get("ManagedPolicyArns") or []:
            document = self._document(arn)
            if document is None:
                problems.append(f"{name} has the policy {arn}, which is not known here")
            else:
                statements += read_statements(arn.rpartition("/")[2], document)
        for logical_id, document in self._attached(name):
            statements += read_statements(logical_id, document)
        problems += [statement.problem for statement in statements if statement.problem]
        return Role(name, tuple(statements), tuple(problems))

    def _document(self, arn: str) -> Mapping[str, Any] | None:
        for logical_id, properties in self._all("AWS::IAM::ManagedPolicy"):
            if self._references[logical_id] == arn:
                document: Mapping[str, Any] = properties["PolicyDocument"]
                return document
        return MANAGED_POLICIES.get(arn)

    def _attached(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the policies that name the role, instead of being named by it."""
        for logical_id, (kind, properties) in self._declared.items():
            is_list = kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
            if is_list and name in (properties.get("Roles") or []):
                yield logical_id, properties["PolicyDocument"]
            if kind == "AWS::IAM::RolePolicy" and properties.get("RoleName") == name:
                yield logical_id, properties["PolicyDocument"]

    def _all(self, kind: str) -> Iterator[tuple[str, Properties]]:
        for logical_id, (found, properties) in self._declared.items():
            if found == kind:
                yield logical_id, properties
