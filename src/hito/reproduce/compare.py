"""Two runs side by side: what is equal, what is not, and by how much. Values in, values out.

    source        files that differ, as unified diffs; the commits
    environment   Python and packages: added, removed, changed
    command       arguments, folder, settings, seeds
    parameters, metrics, data, machine

`hito diff` prints it, the page shows it, `hito reproduce` looks in it for the reason why a figure came out differently.
"""

import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, to_builtins

from hito.reproduce.packages import normal
from hito.reproduce.past import Data, Past, pins

SECTIONS = ("source", "environment", "command", "parameters", "metrics", "data", "machine")

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
"""How B stands to A."""
FORMAT = 1

_PATCHED = re.compile(r"^diff --git a/.* b/(.*)$", re.MULTILINE)


class Change(Struct, frozen=True, omit_defaults=True):
    """One thing in two runs; None where a run does not have it. `delta` is b - a of numbers."""

    key: str
    a: str | None
    b: str | None
    delta: float | None = None

    @property
    def equal(self) -> bool:
        return self.a == self.b

    @property
    def change(self) -> str:
        return _change(self.a, self.b)


class FileChange(Struct, frozen=True):
    """A source file that differs. `diff` is unified; empty for a binary file."""

    path: str
    change: str
    diff: str


class Side(Struct, frozen=True):
    """Which run it is."""

    run_id: str
    name: str
    experiment: str
    status: str
    start_time: int


class Difference(Struct, frozen=True):
    """Everything in which two runs could differ: for each section all its changes, the equal ones, too.

    `notes` says what could not be compared.
    """

    a: Side
    b: Side
    sections: dict[str, tuple[Change, ...]]
    files: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs in what they are made of and what they gave; names, times and ids do not count."""
        return not self.files and all(change.equal for changes in self.sections.values() for change in changes)

    def changed(self, section: str) -> tuple[Change, ...]:
        return tuple(change for change in self.sections[section] if not change.equal)


def difference(
    a: Past, b: Past, files: tuple[FileChange, ...] | None = None, notes: tuple[str, ...] = ()
) -> Difference:
    """Compare two runs.

    Args:
        files: source files that differ, if the caller has compared the whole trees; None: what the runs recorded beside
            their commits is compared here.
        notes: what the caller could not compare.
    """
    said = list(notes)
    sections = {
        "source": _source(a, b),
        "environment": _environment(a, b, said),
        "command": _texts(_command(a), _command(b)) if _both("command", _command(a), _command(b), a, b, said) else (),
        "parameters": _texts(a.params, b.params),
        "metrics": _metrics(a.metrics, b.metrics),
        "data": _data(a, b),
        "machine": _texts(_machine(a), _machine(b)) if _both("machine", _machine(a), _machine(b), a, b, said) else (),
    }
    if files is None:
        whole = [bool(one.commit or one.sources) for one in (a, b)]
        files = _files(a, b) if all(whole) else ()
        if any(whole) and not all(whole):
            said.append(f"run {(a if whole[1] else b).run_id[:8]} recorded no source, so sources are not compared")
        elif a.commit != b.commit and not notes:
            said.append("the commits differ, and without their repository only what is not committed is compared")
    return Difference(_side(a), _side(b), sections, files, tuple(dict.fromkeys(said)))


def _both(what: str, of_a: Mapping[str, str], of_b: Mapping[str, str], a: Past, b: Past, notes: list[str]) -> bool:
    """Whether both runs recorded something; what one did not record is no difference, but is told."""
    if bool(of_a) != bool(of_b):
        notes.append(f"run {(a if of_b else b).run_id[:8]} recorded no {what}, so it is not compared")
    return bool(of_a and of_b)


def _change(a: object, b: object) -> str:
    return ADDED if a is None else REMOVED if b is None else CHANGED


def _side(past: Past) -> Side:
    return Side(past.run_id, past.name, past.experiment, past.status, past.start_time)


def to_json(found: Difference) -> dict[str, Any]:
    """As plain values, the equal things left out."""
    return {
        "format": FORMAT,
        "a": to_builtins(found.a),
        "b": to_builtins(found.b),
        "equal": found.equal,
        "sections": {
            name: [
                {
                    "key": one.key,
                    "a": one.a,
                    "b": one.b,
                    "change": one.change,
                    **({} if one.delta is None else {"delta": _finite(one.delta)}),
                }
                for one in found.changed(name)
            ]
            for name in SECTIONS
        },
        "files": [to_builtins(one) for one in found.files],
        "notes": list(found.notes),
    }


def _finite(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _texts(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Change, ...]:
    return tuple(Change(key, a.get(key), b.get(key)) for key in sorted({*a, *b}))


def _metrics(a: Mapping[str, float], b: Mapping[str, float]) -> tuple[Change, ...]:
    return tuple(
        Change(
            key,
            number(a[key]) if key in a else None,
            number(b[key]) if key in b else None,
            b[key] - a[key] if key in a and key in b else None,
        )
        for key in sorted({*a, *b})
    )


def number(value: float) -> str:
    """The shortest text from which the same number is read again."""
    return repr(float(value))


def _source(a: Past, b: Past) -> tuple[Change, ...]:
    found = [Change("commit", a.commit or None, b.commit or None)]
    names = _text(a.tags.get("mlflow.source.name")), _text(b.tags.get("mlflow.source.name"))
    if not (a.commit or b.commit) and not (a.sources or b.sources):
        found.append(Change("program", *names))
    return tuple(found)


def _text(value: str | None) -> str | None:
    """The last name of a program: where it lay on somebody's disk says nothing."""
    return value.replace("\\", "/").rpartition("/")[2] if value else None


def _files(a: Past, b: Past) -> tuple[FileChange, ...]:
    """Files beside the commits: untracked ones as they are, others by their patches."""
    changed = [
        _file(path, a.sources.get(path), b.sources.get(path), path)
        for path in sorted({*a.sources, *b.sources})
        if a.sources.get(path) != b.sources.get(path)
    ]
    if a.patch != b.patch:
        before, after = _sections(a.patch), _sections(b.patch)
        changed += [
            _file(path, before.get(path), after.get(path), f"{path} (patch to the commit)")
            for path in sorted({*before, *after})
            if before.get(path) != after.get(path)
        ]
    return tuple(changed)


def _file(path: str, a: str | None, b: str | None, title: str) -> FileChange:
    return FileChange(path, _change(a, b), unified(a or "", b or "", title))


def unified(a: str, b: str, path: str) -> str:
    """A unified diff, three lines of context."""
    lines = difflib.unified_diff(a.splitlines(), b.splitlines(), f"a/{path}", f"b/{path}", lineterm="")
    return "\n".join(lines) + "\n"


def _sections(patch: str) -> dict[str, str]:
    """The patch of each file, by its path."""
    found = {}
    starts = [match.start() for match in _PATCHED.finditer(patch)]
    for start, end in zip(starts, [*starts[1:], len(patch)], strict=True):
        section = patch[start:end]
        match = _PATCHED.match(section)
        if match:
            found[match[1]] = section
    return found


def _environment(a: Past, b: Past, notes: list[str]) -> tuple[Change, ...]:
    # What was imported, where both say it: what lay unused beside it on one machine explains nothing.
    imported = pins(a.requirements), pins(b.requirements)
    before, after = (_normal(one) for one in (imported if all(imported) else (a.distributions, b.distributions)))
    if all(imported):
        # Imported by one alone, but there for both: what one did not import differs in its source, not in its packages.
        there = _normal(a.distributions), _normal(b.distributions)
        before |= {name: there[0][name] for name in after.keys() - before.keys() if name in there[0]}
        after |= {name: there[1][name] for name in before.keys() - after.keys() if name in there[1]}
    python = [Change("Python", a.python, b.python)] if a.python and b.python else []
    return (*python, *(_texts(before, after) if _both("packages", before, after, a, b, notes) else ()))


def _normal(found: Mapping[str, str]) -> dict[str, str]:
    return {normal(name): version for name, version in found.items()}


def _command(past: Past) -> dict[str, str]:
    command = past.command
    found = {"arguments": " ".join(command[1:])} if command else {}
    settings = past.environment.get("settings") or {}
    found |= {str(name): str(value) for name, value in settings.items()}
    for name, value in (past.environment.get("seeds") or {}).items():
        # A state without a seed is that of a generator that the system seeded: different in every process.
        seed = value.get("seed") if isinstance(value, dict) else value
        if seed is not None:
            found[f"seed of {name}"] = str(seed)
    return found


def _data(a: Past, b: Past) -> tuple[Change, ...]:
    return (*_texts(dict(_facts(a.data)), dict(_facts(b.data))), *_texts(_of_files(a), _of_files(b)))


def _facts(data: Iterable[Data]) -> Iterable[tuple[str, str]]:
    """What is known of each dataset: digest, rows, columns with their types, statistics."""
    for one in data:
        name = f"{one.name} ({one.context})" if one.context else one.name
        yield f"{name}: digest", one.digest
        for what, text in (("profile", one.profile), ("schema", one.schema)):
            for key, value in _flat(_parsed(text)):
                yield f"{name}: {what} {key}".rstrip(), value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return {"": text}


def _flat(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Leaves of JSON by their path; a list of named columns by their names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and all(isinstance(one, dict) and "name" in one for one in value):
        for one in value:
            rest = ", ".join(f"{key} {inner}" for key, inner in one.items() if key != "name")
            yield f"{path}[{one['name']}]", rest
    else:
        yield path, json.dumps(value)


def _of_files(past: Past) -> dict[str, str]:
    return {f"file {_text(one.path)}": f"sha256 {one.sha256}, {one.size} bytes" for one in past.files}


def _machine(past: Past) -> dict[str, str]:
    platform, processor = past.environment.get("platform") or {}, past.environment.get("processor") or {}
    found = {
        "system": platform.get("system"),
        "machine": platform.get("machine"),
        "C library": platform.get("libc"),
        "processor": processor.get("model"),
        "processors": processor.get("usable") or processor.get("count"),
    }
    return {name: str(value) for name, value in found.items() if value not in (None, "")}
