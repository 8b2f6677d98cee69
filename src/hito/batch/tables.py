"""Tables in files, a piece at a time: CSV, JSON lines (both need pandas), Parquet (needs pyarrow, too).

A text that is a number is read to the last bit, and a column that the signature calls a string is never taken for a
number ("007" stays "007"). What is written appears under its name when it is whole, not before.
"""

import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec

from hito.core.errors import InvalidArgument, NotFound
from hito.core.signature import Column, Scalar, Schema

FORMATS = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""What the end of a file's name says of its format."""

_FLOATS = frozenset({"float", "double"})


class Writer(Protocol):
    """Takes frames, one after the other, all of the same columns."""

    def write(self, frame: Any) -> None: ...

    def close(self) -> None: ...


def format_of(path: Path, given: str | None = None) -> str:
    """`csv`, `parquet` or `jsonl`: as told, else by the name's end.

    Raises: InvalidArgument: the name says nothing.
    """
    name = path.name.lower().removesuffix(".gz")
    found = given or FORMATS.get(Path(name).suffix)
    if found is None:
        raise InvalidArgument(
            f"the name {path.name!r} does not tell its format; say it, or let it end in {', '.join(FORMATS)}"
        )
    return found


def pieces(
    path: Path, kind: str, rows: int, inputs: Schema | None, keep: Sequence[str], told: Callable[[float], None]
) -> Iterator[Any]:
    """A file as frames of `rows` rows, the last perhaps shorter.

    Args:
        inputs: the model's columns; they decide what text becomes.
        keep: columns that are wanted back: those that the model does not take stay the texts that they are in CSV.
        told: is given the share of the file that was read, 0 to 1, after every piece.
    Raises: NotFound; InvalidArgument: the file is not of its format, or a text is no number where one is expected.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    if kind == "parquet":
        yield from _parquet(path, rows, told)
        return
    with path.open("rb") as stream:
        whole = max(1, os.fstat(stream.fileno()).st_size)
        read = _csv(stream, path, rows, inputs, keep) if kind == "csv" else _jsonl(stream, path, rows, inputs)
        seen = 0
        try:
            for frame in read:
                if frame.empty:  # a header and no rows
                    continue
                seen += len(frame)
                yield frame
                told(min(1.0, stream.tell() / whole))
        except (ValueError, UnicodeError, msgspec.DecodeError, OSError) as error:
            raise InvalidArgument(f"{path.name} cannot be read after row {seen}: {error}") from None


@contextmanager
def writing(path: Path, kind: str) -> Iterator[Writer]:
    """A writer into a file beside `path`, which gets the name when all went well, and is removed when not.

    Raises: NotFound: the folder does not exist.
    """
    if not path.parent.is_dir():
        raise NotFound(f"there is no folder {path.parent} to write {path.name} into")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    writers: dict[str, Callable[[Path], Writer]] = {
        "csv": _CsvWriter, "jsonl": _JsonlWriter, "parquet": _ParquetWriter,
    }  # fmt: skip
    writer = writers[kind](part)
    try:
        yield writer
        writer.close()
        part.replace(path)
    finally:
        writer.close()
        part.unlink(missing_ok=True)


def _csv(stream: Any, path: Path, rows: int, inputs: Schema | None, keep: Sequence[str]) -> Iterator[Any]:
    import pandas as pd

    types, dates = _types(inputs)
    names = {str(column.name) for column in inputs or ()}
    types |= {name: "str" for name in keep if name not in names}
    header = pd.read_csv(path, nrows=0, compression="infer").columns
    reader = pd.read_csv(
        stream,
        chunksize=rows,
        compression="gzip" if path.suffix == ".gz" else None,
        dtype={name: kind for name, kind in types.items() if name in header},
        parse_dates=[name for name in dates if name in header],
        **_exact(pd.__version__),
    )
    yield from reader


def _exact(version: str) -> dict[str, Any]:
    """Pandas reads numbers to the last bit since version 3, and only when told so before."""
    return {} if int(version.partition(".")[0]) >= 3 else {"float_precision": "round_trip"}


def _jsonl(stream: Any, path: Path, rows: int, inputs: Schema | None) -> Iterator[Any]:
    import pandas as pd

    dates = _types(inputs)[1]
    lines = gzip.GzipFile(fileobj=stream) if path.suffix == ".gz" else stream
    decoder = msgspec.json.Decoder(dict[str, Any])
    while records := [decoder.decode(line) for line in islice(lines, rows) if not line.isspace()]:
        frame = pd.DataFrame.from_records(records)
        for name in dates:
            if name in frame:
                frame[name] = pd.to_datetime(frame[name])
        yield frame


def _types(inputs: Schema | None) -> tuple[dict[str, str], list[str]]:
    """What CSV's texts become where the signature leaves no doubt, and the columns that are dates.

    Whole numbers are left to be found out: a missing one would make the file unreadable instead of the row refused.
    """
    columns = [column for column in inputs or () if isinstance(column, Column) and isinstance(column.type, Scalar)]
    types = {str(column.name): "str" for column in columns if _name(column) == "string"}
    types |= {str(column.name): "float64" for column in columns if _name(column) in _FLOATS}
    return types, [str(column.name) for column in columns if _name(column) == "datetime"]


def _name(column: Column) -> str:
    return column.type.name if isinstance(column.type, Scalar) else ""


def _parquet(path: Path, rows: int, told: Callable[[float], None]) -> Iterator[Any]:
    import pyarrow

    try:
        file = parquet().ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise InvalidArgument(f"{path.name} is no Parquet file: {error}") from None
    with file:
        whole, seen = max(1, file.metadata.num_rows), 0
        for batch in file.iter_batches(batch_size=rows):
            frame = batch.to_pandas()
            seen += len(frame)
            yield frame
            told(seen / whole)


def parquet() -> Any:
    """Pyarrow's module of Parquet files.

    Raises: InvalidArgument: it is not installed.
    """
    try:
        from pyarrow import parquet as found
    except ModuleNotFoundError:
        raise InvalidArgument("Parquet files need pyarrow: pip install 'hito[parquet]'") from None
    return found


class _CsvWriter:
    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="")
        self._begun = False

    def write(self, frame: Any) -> None:
        frame.to_csv(self._stream, index=False, header=not self._begun)
        self._begun = True

    def close(self) -> None:
        self._stream.close()


class _JsonlWriter:
    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8")

    def write(self, frame: Any) -> None:
        frame.to_json(self._stream, orient="records", lines=True, double_precision=15, date_format="iso")

    def close(self) -> None:
        self._stream.close()


class _ParquetWriter:
    """The first frame's types are the file's; later frames are fitted to them, or refused where they would lose."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def write(self, frame: Any) -> None:
        table = arrow(frame, self._file)
        if self._file is None:
            self._file = parquet().ParquetWriter(self._path, table.schema)
        self._file.write_table(table)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def arrow(frame: Any, writer: Any) -> Any:
    """A frame as pyarrow's table, with the types of what the ParquetWriter, if there is one yet, was begun with."""
    import pyarrow

    schema = None if writer is None else writer.schema
    return pyarrow.Table.from_pandas(frame, schema=schema, preserve_index=False)


def columns(names: Sequence[str], frame: Any) -> Any:
    """Some columns of a frame.

    Raises: InvalidArgument: one is not there.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InvalidArgument(f"there is no column {missing[0]!r}; the input has {', '.join(map(str, frame.columns))}")
    return frame[list(names)]
