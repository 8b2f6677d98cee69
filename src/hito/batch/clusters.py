"""A folder or bucket of Parquet, predicted by somebody's Ray or Dask cluster.

    files of source ──> ray.data / dask.bag: a file to a worker ──> pieces ──> predicted(model, piece) ──> the same name in target

Each file comes out under its own name with its rows in their order; the cluster only decides who does which file. (Ray's
own read → map → write of rows was tried: it loses their order now and then, also when asked to preserve it.) The model
travels as bytes: its folder, packed by us, is unpacked once by every worker process, which loads it under the trust that
the caller gave. So workers need hito and the model's libraries, but neither a shared disk for it nor a tracking server.
"""

import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hito.batch import tables
from hito.batch.predict import predicted
from hito.core.artifacts import SafePath
from hito.core.errors import HitoError, InvalidArgument, NotFound, Unavailable
from hito.flavors.trust import Trust

ENGINES = ("ray", "dask")


def predict_folder(
    engine: str,
    folder: Path,
    source: str,
    target: str,
    *,
    cluster: str | None = None,
    keep: Sequence[str] = (),
    params: Mapping[str, Any] | None = None,
    rows: int = 10_000,
    trust: Trust,
) -> int:
    """Predict every row of a folder of Parquet files.

    Args:
        engine: one of ENGINES.
        folder: the model's, on this machine.
        source, target: a folder that all workers see, or a bucket's URI; target is made.
        cluster: its address; None: the one that the library finds (RAY_ADDRESS), else processes of this machine.
        rows: of a piece, at most.
    Returns: rows written.
    Raises: NotFound: no Parquet there; InvalidArgument: the library is not installed, or the input is not as the model
        wants it; Unavailable: the cluster does not answer.
    """
    names = _files(source)
    out, path = _place(target)
    out.create_dir(path)
    work = Work(pack_model(folder), source, target, list(keep), dict(params or {}), rows, trust)
    return _ray(work, names, cluster) if engine == "ray" else _dask(work, names, cluster)


class Work:
    """What is sent to the workers. Called with a file's name, it predicts that file and answers with its rows."""

    def __init__(
        self, model: bytes, source: str, target: str, keep: list[str], params: dict[str, Any], rows: int, trust: Trust
    ) -> None:
        self.model = model
        self.trust = trust
        self.source = source
        self.target = target
        self.keep = keep
        self.params = params
        self.rows = rows

    def __call__(self, name: str) -> int:
        parquet = tables.parquet()
        model = _loaded(self.model, self.trust)
        files, folder = _place(self.source)
        out, target = _place(self.target)
        final = f"{target}/{name}"
        # In a bucket a file appears when it is whole; in a folder it gets its name then.
        written = final if self.target.find("://") > 0 else f"{target}/.{name}.part"
        count, writer = 0, None
        try:
            with files.open_input_file(f"{folder}/{name}") as stream, out.open_output_stream(written) as sink:
                for batch in parquet.ParquetFile(stream).iter_batches(batch_size=self.rows):
                    answer = tables.arrow(predicted(model, batch.to_pandas(), self.keep, self.params), writer)
                    writer = writer or parquet.ParquetWriter(sink, answer.schema)
                    writer.write_table(answer)
                    count += batch.num_rows
                if writer is not None:
                    writer.close()
            if written != final:
                out.move(written, final)
        except BaseException:
            with suppress(OSError):
                out.delete_file(written)
            raise
        return count


_models: dict[str, Any] = {}
_loading = threading.Lock()


def _loaded(content: bytes, trust: Trust) -> Any:
    """The model, loaded once by each process, however many threads begin with it."""
    from hito.flavors import pyfunc

    name = hashlib.sha256(content).hexdigest()
    with _loading:
        if name not in _models:
            folder = Path(tempfile.mkdtemp(prefix="hito-"))
            try:
                unpack(content, folder)
                _models[name] = pyfunc.load(folder, trust=trust)
            finally:
                if not trust.pickle:  # a Python model may read its artifacts whenever it predicts
                    shutil.rmtree(folder, ignore_errors=True)
        return _models[name]


def pack_model(folder: Path) -> bytes:
    """A model's folder as bytes; the same folder gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write what `pack_model` packed; every name goes through SafePath."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            place = folder.joinpath(*SafePath.parse(entry.filename).parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(entry))


def _place(uri: str) -> tuple[Any, str]:
    """The file system of a folder or bucket, and the path in it."""
    import pyarrow
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(uri if "://" in uri else Path(uri).absolute().as_uri())
    except (pyarrow.ArrowInvalid, ValueError) as error:
        raise InvalidArgument(f"{uri!r} is neither a folder nor a bucket that can be opened: {error}") from None
    return system, path.rstrip("/")


def _files(source: str) -> list[str]:
    from pyarrow import fs

    system, folder = _place(source)
    try:
        found = system.get_file_info(fs.FileSelector(folder))
    except FileNotFoundError:
        raise NotFound(f"there is no folder {source}") from None
    names = sorted(entry.base_name for entry in found if entry.base_name.endswith((".parquet", ".pq")))
    if not names:
        raise NotFound(f"{source} holds no Parquet files")
    return names


def _ray(work: Work, names: list[str], cluster: str | None) -> int:
    try:
        import ray
        import ray.data
    except ModuleNotFoundError:
        raise InvalidArgument("--engine ray needs Ray: pip install 'hito[ray]'") from None
    begun = not ray.is_initialized()
    if begun:
        # Without an address, one of a cluster that runs here is found, or processes of this machine are started.
        place = {"address": cluster} if cluster else {"include_dashboard": False}
        try:
            ray.init(log_to_driver=False, configure_logging=False, **place)
        except (ConnectionError, ValueError) as error:
            raise Unavailable(f"the Ray cluster {cluster or ''} does not answer: {error}") from None
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        asked = ray.put(work)
        items = ray.data.from_items([{"name": name} for name in names], override_num_blocks=len(names))
        answers: Any = items.map(lambda row: {"rows": ray.get(asked)(row["name"])})
        return int(answers.sum("rows"))
    except (ray.exceptions.RayTaskError, ray.exceptions.UserCodeException) as error:
        raise _cause(error) from None
    finally:
        if begun:
            ray.shutdown()


def _dask(work: Work, names: list[str], cluster: str | None) -> int:
    try:
        import dask.bag
    except ModuleNotFoundError:
        raise InvalidArgument("--engine dask needs Dask: pip install 'hito[dask]'") from None
    client: Any = None
    if cluster:
        import distributed

        try:
            connect: Any = distributed.Client
            client = connect(cluster, timeout=10)
        except (OSError, ValueError) as error:
            raise Unavailable(f"the Dask cluster {cluster} does not answer: {error}") from None
    try:
        bag: Any = dask.bag
        answers = bag.from_sequence(names, npartitions=len(names)).map(work).sum()
        # Without a cluster: threads, as the model's libraries leave the interpreter's lock while they work.
        return int(answers.compute() if client else answers.compute(scheduler="threads"))
    finally:
        if client is not None:
            client.close()


def _cause(error: BaseException | None) -> Exception:
    """Our own error inside one of Ray's, or a short one: the worker's traceback helps nobody who gave a wrong file."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    while error is not None:
        if isinstance(error, HitoError):
            return error
        error = getattr(error, "cause", None) or error.__cause__
    return InvalidArgument(lines[-1] if lines else "the cluster failed and did not say why")
