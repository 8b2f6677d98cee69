"""Files as a person looks at them: shown in place, sandboxed, or a whole folder as one archive."""

from typing import ClassVar

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject

_READ = Right(Action.READ, Subject.ARTIFACT)


class RunFile(Message):
    """A file of a run, or of a logged model (`model_id`), or of a version (`name`, `version`).

    It is shown in an origin of its own, where it reaches nothing; `scripts` lets those of an HTML file run in there.
    """

    run_id: str = ""
    model_id: str = ""
    name: str = ""
    version: str = ""
    path: str = ""
    scripts: bool = False
    required: ClassVar[tuple[str, ...]] = ("path",)


class Folder(Message):
    """As RunFile; an empty path is everything."""

    run_id: str = ""
    model_id: str = ""
    name: str = ""
    version: str = ""
    path: str = ""


VIEW_FILE = Endpoint("GET", "/hito/artifacts/view", takes=RunFile, gives=bytes, needs=_READ)
ZIP_FOLDER = Endpoint("GET", "/hito/artifacts/zip", takes=Folder, gives=bytes, needs=_READ)
