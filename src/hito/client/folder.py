"""The `.hito` folder: where journals wait, and where everything lies that no option places elsewhere."""

import os
from pathlib import Path

NAME = ".hito"
VARIABLE = "HITO_HOME"


def home_folder(start: Path | None = None) -> Path:
    """The folder that `HITO_HOME` names; else the `.hito` of the working directory or of the first folder above that
    has one; else where one is to be made, in the working directory.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / NAME).is_dir():
            return folder / NAME
    return here / NAME
