"""The `.hito` folder: where everything lies that no option places elsewhere."""

from pathlib import Path

NAME = ".hito"


def nearest_folder(start: Path | None = None) -> Path:
    """The `.hito` of the working directory or of the first folder above that has one; else where one is to be made."""
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / NAME).is_dir():
            return folder / NAME
    return here / NAME
