"""How is a class of values made? As `dataclasses.dataclass` makes it, in a third of the time.

A cold function makes sixty of them before it can answer, and the standard decorator compiles six
methods for each. Here `__init__` alone is compiled; what else a frozen class with slots has is the
same for all. Type checkers see the standard decorator.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False):
        """Make a class frozen, with slots, equal and hashed by its fields."""
        if not (frozen and slots):
            raise TypeError("what changes is no value")

        def make(cls: type) -> type:
            made = dataclasses.dataclass(
                init=False, repr=False, eq=False, slots=True, kw_only=kw_only
            )(cls)
            fields = dataclasses.fields(made)
            compared = [field.name for field in fields if field.compare]
            made._compared = attrgetter(*compared) if compared else lambda self: ()
            made.__init__ = _initializer(made, fields)
            for name, method in _SHARED.items():
                if name not in cls.__dict__ or cls.__dict__[name] is None:
                    setattr(made, name, method)
            return made

        return make


def _initializer(made: type, fields: tuple[dataclasses.Field[Any], ...]) -> Any:
    """Compile `__init__`, which alone sets what is frozen: by its slots, past `__setattr__`."""
    given: dict[str, Any] = {"_unset": dataclasses.MISSING}
    plain = ["self"]
    named: list[str] = []
    steps = ["pass"]
    for field in fields:
        parameter, value = field.name, field.name
        if field.default is not dataclasses.MISSING:
            given[f"_default_{field.name}"] = field.default
            parameter += f"=_default_{field.name}"
        elif field.default_factory is not dataclasses.MISSING:
            given[f"_make_{field.name}"] = field.default_factory
            parameter += "=_unset"
            value = f"_make_{field.name}() if {field.name} is _unset else {field.name}"
        (named if field.kw_only else plain).append(parameter)
        given[f"_set_{field.name}"] = getattr(made, field.name).__set__
        steps.append(f"_set_{field.name}(self, {value})")
    parameters = ", ".join([*plain, "*", *named] if named else plain)
    exec(f"def __init__({parameters}):\n " + "\n ".join(steps), given)
    initializer = given["__init__"]
    initializer.__qualname__ = f"{made.__qualname__}.__init__"
    return initializer


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _show(self: Any) -> str:
    shown = [f"{x.name}={getattr(self, x.name)!r}" for x in dataclasses.fields(self) if x.repr]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"{name!r} does not change")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_SHARED = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _show,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _restore,
}
