"""The client's methods about files of runs.

A file goes to the server at once, in pieces. When the server does not answer, a copy of it waits beside the journal and
is uploaded in its turn: a training that ends without a server keeps its plots and models, too.
"""

import contextlib
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from hito.client import voice
from hito.client.journal import ARTIFACT, FILES, Artifact
from hito.client.lane import pieces
from hito.client.session import FINISH_SECONDS, Session
from hito.core.artifacts import FileInfo, SafePath
from hito.core.errors import InvalidArgument, NotFound, Unavailable
from hito.wire import runs as wire

TABLES_TAG = "mlflow.loggedArtifacts"
"""The tag of a run that lists its tables, which MLflow's page reads."""


class Artifacts(Session):
    # --- writing ---

    def log_artifact(self, run_id: str, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Store a file, or a folder under its own name, below `artifact_path`."""
        self._log(run_id, Path(local_path), artifact_path, keep_name=True)

    def log_artifacts(self, run_id: str, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Store what is in a folder below `artifact_path`."""
        self._log(run_id, Path(local_dir), artifact_path, keep_name=False)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        with self._written(run_id, artifact_file) as file:
            file.write_text(text, "utf-8")

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Store a dict or list: as YAML if the name ends in .yml or .yaml, else as JSON."""
        if Path(artifact_file).suffix in (".yml", ".yaml"):
            import yaml  # only for those who want it

            text = yaml.safe_dump(dictionary, default_flow_style=False, allow_unicode=True, sort_keys=False)
        else:
            text = json.dumps(dictionary, indent=2, default=_plain)
        self.log_text(run_id, text, artifact_file)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
    ) -> None:
        """Store a figure of matplotlib (in the format that the name ends with) or plotly (html, else a picture)."""
        with self._written(run_id, artifact_file) as file:
            if hasattr(figure, "savefig"):
                figure.savefig(file, **(save_kwargs or {}))
            elif hasattr(figure, "write_html"):
                if file.suffix in (".html", ".htm"):
                    figure.write_html(file, **{"include_plotlyjs": "cdn", **(save_kwargs or {})})
                else:
                    figure.write_image(file, **(save_kwargs or {}))
            else:
                raise InvalidArgument(
                    f"log_figure takes figures of matplotlib and plotly, not a {type(figure).__name__}; use log_artifact."
                )

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Store a picture: of PIL, or an array of (height, width) or (height, width, 1, 3 or 4).

        Give either the name of a file, or a key with a step: pictures of one key are shown as a series.
        """
        from hito.client import images  # Pillow and numpy: only for those who have pictures

        if (artifact_file is None) == (key is None):
            raise InvalidArgument("Give either artifact_file, or key with step.")
        picture = images.picture(image)
        if artifact_file is not None:
            with self._written(run_id, artifact_file) as file:
                picture.save(file)
            return
        for name, small in images.names(key or "", step or 0, timestamp):
            with self._written(run_id, name) as file:
                (images.thumbnail(picture) if small else picture).save(file)

    def log_stream(self, run_id: str, stream: BinaryIO, artifact_file: str) -> None:
        """Store what a binary stream gives until its end."""
        with self._written(run_id, artifact_file) as file, file.open("wb") as target:
            shutil.copyfileobj(stream, target, 1 << 20)

    def log_table(self, run_id: str, data: Any, artifact_file: str) -> None:
        """Store rows, after those that the file holds already. `data`: a DataFrame, or a dict of columns.

        The file is JSON as pandas writes it with orient="split": `{"columns": […], "data": [[…], …]}`.
        """
        columns, rows = _table(data)
        try:
            known = self._read_json(run_id, artifact_file)
        except (NotFound, Unavailable):
            known = None
        if known is not None:
            missing = [name for name in columns if name not in known["columns"]]
            merged = [*known["columns"], *missing]
            place = {name: at for at, name in enumerate(columns)}
            rows = [
                *([*row, *([None] * len(missing))] for row in known["data"]),
                *([row[place[name]] if name in place else None for name in merged] for row in rows),
            ]
            columns = merged
        text = json.dumps({"columns": columns, "data": rows}, default=_plain)
        self.log_text(run_id, text, artifact_file)
        self._name_table(run_id, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> Any:
        """The rows of a table of many runs, as one DataFrame.

        Args:
            run_ids: None: all active runs of the experiment that have the table.
            extra_columns: `run_id`, or attributes of a run's info, params and tags, to add to each row.
        """
        import pandas  # a DataFrame is what is asked for

        frames = []
        for run in self._runs_with(experiment_id, artifact_file, run_ids):
            try:
                table = self._read_json(run["info"]["run_id"], artifact_file)
            except NotFound:
                continue
            frame = pandas.DataFrame(table["data"], columns=table["columns"])
            for name in extra_columns or ():
                frame[name] = _attribute(run, name)
            frames.append(frame)
        if not frames:
            raise NotFound(f"No run of experiment {experiment_id} has the table '{artifact_file}'.")
        return pandas.concat(frames, ignore_index=True)

    # --- reading ---

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """The entries of a folder; their paths begin at the run's root. Nothing for what is no folder."""
        self._settle(run_id)
        return self._listed(self._root_of(run_id), path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | Path | None = None) -> str:
        """Copy a file, or a folder with all that is in it, to `dst_path` (None: a new temporary folder).

        Returns: the local path of the copy.
        Raises: NotFound.
        """
        self._settle(run_id)
        return self.download(self._root_of(run_id), path, dst_path)

    def download(self, root: str, path: str, dst_path: str | Path | None = None) -> str:
        """The same below any artifact URI that this server can open."""
        target = Path(tempfile.mkdtemp(prefix="hito-")) if dst_path is None else Path(dst_path)
        target.mkdir(parents=True, exist_ok=True)
        wanted = SafePath.folder(path)
        files = list(self._walk(root, wanted)) if wanted.is_root or self._tracking.list_files(root, str(wanted)) else []
        if not files and not wanted.is_root:
            self._fetch(root, wanted, target)
        for file in files:
            self._fetch(root, file, target)
        return str(target.joinpath(*wanted.parts))

    # --- how ---

    def _root_of(self, run_id: str) -> str:
        """The artifact URI of a run."""
        server_id = self._server_id(run_id)
        root = self._roots.get(server_id)
        if root is None:
            info = self._call(wire.GET_RUN, wire.RunId(run_id=server_id))["run"]["info"]
            root = self._roots[server_id] = str(info["artifact_uri"])
        return root

    def _log(self, run_id: str, local: Path, artifact_path: str | None, *, keep_name: bool) -> None:
        for file, path in _files(local, artifact_path, keep_name):
            self._put(run_id, file, path)

    def _send(self, root: str, local: Path, artifact_path: str | None, *, keep_name: bool) -> None:
        """Upload to an artifact URI; nothing is kept if the server does not answer."""
        for file, path in _files(local, artifact_path, keep_name):
            self._upload(root, file, path)

    def _put(self, run_id: str, file: Path, path: str) -> None:
        """Upload a file of a run, or keep it until that is possible."""
        writer = self.writer(run_id)
        SafePath.parse(path)
        waits = writer.create is not None and not writer.server_run_id
        if writer.carrying or waits:  # what was logged before must be there before
            writer.carrying = not self._shipper.flush([writer], FINISH_SECONDS, polite=True)
        if not writer.carrying and not self._shipper.is_down(self._tracking.destination):
            try:
                self._upload(self._root_of(run_id), file, path)
            except Unavailable as error:
                self._unanswered(error)
            else:
                return
        name = f"{run_id}-{uuid.uuid4().hex}"
        folder = self._journals() / FILES
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)
        except OSError as error:
            writer.lost += 1
            voice.warn(
                "files",
                f"hito: {path} can neither be uploaded now nor be kept in {folder} ({error}). It is not logged.",
            )
            return
        writer.carrying = True
        writer.append(ARTIFACT, Artifact(path, name))

    def _upload(self, root: str, file: Path, path: str) -> None:
        with file.open("rb") as opened:
            self._tracking.upload(root, path, pieces(opened), os.fstat(opened.fileno()).st_size)

    def _listed(self, root: str, path: str) -> list[FileInfo]:
        folder = SafePath.folder(path)
        found = self._tracking.list_files(root, str(folder))
        return [FileInfo(str(folder / file.path), file.is_dir, file.file_size) for file in found]

    def _walk(self, root: str, folder: SafePath) -> Iterator[SafePath]:
        for entry in self._tracking.list_files(root, str(folder)):
            path = folder / entry.path  # a SafePath: what a server names cannot lead out of the target
            if entry.is_dir:
                yield from self._walk(root, path)
            else:
                yield path

    def _fetch(self, root: str, path: SafePath, target: Path) -> None:
        local = target.joinpath(*path.parts)
        local.parent.mkdir(parents=True, exist_ok=True)
        unfinished = local.with_name(f"{local.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            with self._tracking.download(root, str(path)) as chunks, unfinished.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            unfinished.replace(local)
        finally:
            unfinished.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _written(self, run_id: str, artifact_file: str) -> Iterator[Path]:
        """A temporary file to be written, which is then stored under the name that is given."""
        path = SafePath.parse(artifact_file)
        with tempfile.TemporaryDirectory(prefix="hito-") as folder:
            file = Path(folder) / path.name
            yield file
            self._put(run_id, file, str(path))

    def _read_json(self, run_id: str, artifact_file: str) -> Any:
        with tempfile.TemporaryDirectory(prefix="hito-") as folder:
            return json.loads(Path(self.download_artifacts(run_id, artifact_file, folder)).read_text("utf-8"))

    def _name_table(self, run_id: str, artifact_file: str) -> None:
        """Add a table to the tag that lists them."""
        try:
            tags = self._call(wire.GET_RUN, wire.RunId(run_id=self._settle(run_id)))["run"]["data"].get("tags", ())
        except (Unavailable, NotFound):
            return
        known = json.loads(next((tag.get("value", "") for tag in tags if tag["key"] == TABLES_TAG), "") or "[]")
        entry = {"path": artifact_file, "type": "table"}
        if entry not in known:
            message = wire.SetTag(run_id=self._server_id(run_id), key=TABLES_TAG, value=json.dumps([*known, entry]))
            self._call(wire.SET_TAG, message)

    def _runs_with(self, experiment_id: str, artifact_file: str, run_ids: Sequence[str] | None) -> list[dict[str, Any]]:
        if run_ids is not None:
            return [self._call(wire.GET_RUN, wire.RunId(run_id=self._settle(one)))["run"] for one in run_ids]
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            message = wire.SearchRuns(
                experiment_ids=[str(experiment_id)],
                filter=f"tags.`{TABLES_TAG}` LIKE '%{artifact_file}%'",
                page_token=token,
            )
            answer = self._call(wire.SEARCH_RUNS, message)
            found += answer.get("runs", ())
            token = answer.get("next_page_token") or ""
            if not token:
                return found


def _files(local: Path, artifact_path: str | None, keep_name: bool) -> Iterator[tuple[Path, str]]:
    """Local files, and the paths under which they are stored."""
    below = [artifact_path.strip("/")] if artifact_path else []
    if local.is_dir():
        top = [*below, local.resolve().name] if keep_name else below
        for folder, folders, names in os.walk(local):
            folders.sort()
            inner = Path(folder).relative_to(local).parts
            for name in sorted(names):
                yield Path(folder) / name, "/".join([*top, *inner, name])
        return
    if not keep_name:
        raise InvalidArgument(f"'{local}' is no folder; log_artifact takes files.")
    if not local.is_file():
        raise InvalidArgument(f"There is no file '{local}'.")
    yield local, "/".join([*below, local.name])


def _table(data: Any) -> tuple[list[str], list[list[Any]]]:
    if isinstance(data, dict):
        columns = {
            str(name): list(values) if isinstance(values, list | tuple) or hasattr(values, "__array__") else [values]
            for name, values in data.items()
        }
        if len({len(values) for values in columns.values()}) > 1:
            raise InvalidArgument("The columns of the table differ in length.")
        return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]
    if hasattr(data, "columns") and hasattr(data, "to_json"):
        split = json.loads(data.to_json(orient="split", index=False))
        return [str(name) for name in split["columns"]], split["data"]
    raise InvalidArgument(f"A table is a DataFrame or a dict of columns, not a {type(data).__name__}.")


def _attribute(run: dict[str, Any], name: str) -> Any:
    if name in run["info"]:
        return run["info"][name]
    for kind in ("params", "tags", "metrics"):
        for one in run["data"].get(kind, ()):
            if one["key"] == name:
                return one.get("value", "")
    return None


def _plain(value: Any) -> Any:
    """Arrays and their numbers as JSON can have them; anything else as its text."""
    convert = getattr(value, "tolist", None) or getattr(value, "item", None)
    return convert() if convert is not None else str(value)
