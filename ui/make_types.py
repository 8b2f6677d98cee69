"""TypeScript for what the server's structs and endpoints say: `make types` writes src/api/types.gen.ts.

python make_types.py            writes the file
python make_types.py --check    says whether it is what it would write; exit code 1 if it is not
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from msgspec import inspect

from hito.wire import artifacts, experiments, models, registry, runs
from hito.wire.endpoint import Endpoint, Message
from hito.wire.ui import curves, files, live, views
from hito.wire.ui import experiments as ui_experiments
from hito.wire.ui import models as ui_models
from hito.wire.ui import runs as ui_runs

TARGET = Path(__file__).parent / "src" / "api" / "types.gen.ts"
MODULES: list[ModuleType] = [
    experiments, runs, models, registry, artifacts, ui_runs, curves, ui_experiments, ui_models, views, live, files,
]  # fmt: skip
HEAD = """\
/* Made by `make types` from the server's structs (src/hito/wire); do not edit. */

/** An endpoint of the server: where it is, what it takes and gives. Only the first two exist when the page runs. */
export interface Endpoint<Takes, Gives> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly takes?: Takes;
  readonly gives?: Gives;
}
"""
VERSIONED = "ajax-api/{version}{path}"


class Writer:
    """Collects the interfaces that endpoints need, each once."""

    def __init__(self) -> None:
        self.interfaces: dict[str, str] = {}

    def name(self, kind: type) -> str:
        """A struct's name in TypeScript; its interface is written when it is first asked for."""
        name = kind.__name__
        if name not in self.interfaces:
            self.interfaces[name] = ""  # a struct may hold itself
            self.interfaces[name] = self.interface(kind)
        return name

    def interface(self, kind: type) -> str:
        info: Any = inspect.type_info(kind)
        incoming = issubclass(kind, Message)
        left_out = incoming or kind.__struct_config__.omit_defaults  # type: ignore[attr-defined]
        required = set(kind.required) if incoming else set()
        lines = []
        for field in info.fields:
            has_default = field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT
            optional = has_default and left_out and field.encode_name not in required
            lines.append(f"  {field.encode_name}{'?' if optional else ''}: {self.written(field.type)};")
        return f"export interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}\n"

    def written(self, kind: Any) -> str:
        match kind:
            case inspect.IntType() | inspect.FloatType():
                return "number"
            case inspect.StrType():
                return "string"
            case inspect.BoolType():
                return "boolean"
            case inspect.NoneType():
                return "null"
            case inspect.BytesType():
                return "ArrayBuffer"
            case inspect.AnyType():
                return "unknown"
            case inspect.EnumType():
                return " | ".join(f'"{member.value}"' for member in kind.cls)
            case inspect.ListType():
                inner = self.written(kind.item_type)
                return f"({inner})[]" if " " in inner else f"{inner}[]"
            case inspect.DictType():
                return f"Record<string, {self.written(kind.value_type)}>"
            case inspect.UnionType():
                return " | ".join(dict.fromkeys(self.written(one) for one in kind.types))
            case inspect.StructType():
                return self.name(kind.cls)
        raise TypeError(f"No TypeScript is known for {kind!r}; add it to make_types.py.")


def text() -> str:
    """The whole file."""
    writer, constants = Writer(), []
    writer.name(live.News)  # no endpoint's answer: it comes by the stream of events
    for module in MODULES:
        for name, endpoint in vars(module).items():
            if not isinstance(endpoint, Endpoint):
                continue
            place = VERSIONED.format(version=endpoint.version, path=endpoint.path)
            path = place if endpoint.version else endpoint.path.lstrip("/")
            takes = writer.name(endpoint.takes)
            gives = "ArrayBuffer" if endpoint.gives is bytes else writer.name(endpoint.gives)
            constants.append(
                f"export const {name}: Endpoint<{takes}, {gives}> = "
                f'{{ method: "{endpoint.method}", path: "{path}" }};\n'
            )
    return "\n".join([HEAD, *writer.interfaces.values(), "".join(constants)])


def main() -> int:
    if sys.argv[1:] == ["--check"]:
        if TARGET.exists() and TARGET.read_text() == text():
            return 0
        print(f"{TARGET.name} is not what the server's structs say: run make types.", file=sys.stderr)
        return 1
    TARGET.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
