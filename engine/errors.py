"""What can go wrong, in one small family of exceptions.

Every error carries a `Reason`; `engine.text.say` words it. Whoever raises says what happened, where (file, line,
value) and what to do; whoever catches shows the sentence and never a stack trace.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact for a person: a stable code and its parameters. Its wording stands in `engine.text` alone.

    `params` holds plain numbers and strings only, so that a reason can be stored and worded again in another language.
    """

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items()))))


def share(reason: Reason, known: dict[tuple[str, str], Reason]) -> Reason:
    """An equal reason that is `known` already, else this one, known from now on: most are told over and over."""
    return known.setdefault((reason.code, repr(reason.params)), reason)


class AppError(Exception):
    """Something a person can understand and act on. `reason` says what, where and what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        from engine.text import say

        return say(self.reason)


def of_system(error: OSError) -> bool:
    """Whether the system says why it does not give a file. Libraries that find its content damaged give no number, or
    ask for a place that is not in the file.
    """
    return error.errno not in (None, errno.EINVAL) or getattr(error, "winerror", None) is not None


class InputError(AppError):
    """A file or a setting that was given cannot be used."""


class ModelError(AppError):
    """A bundled or tuned model cannot be used."""


class OutputError(AppError):
    """A result cannot be written: no space, no permission, a folder in the way."""
