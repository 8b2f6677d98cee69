"""A model from where it comes to where it answers: fetched, checked, compiled, asked once.

source ──> folder ──> digest = the one it was registered with? ──> <cache>/models/<digest> ──> compiled ──> warm
"""

import logging
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from hito.flavors import digest
from hito.flavors import profile as profiles
from hito.flavors.profile import Profile
from hito.flavors.trust import Trust
from hito.serve.compiling import Compiled, compiled
from hito.serve.parity import PYTHON
from hito.serve.predictor import Identity, Predictor
from hito.serve.surroundings import differences

log = logging.getLogger("hito.serve")
_KEPT_SECONDS = 30 * 24 * 3600.0
"""How long a model that nobody serves stays in the cache."""


class Source(Protocol):
    """Where models come from. Called from one thread at a time."""

    def wanted(self) -> dict[str, Identity]:
        """Which model should answer at which route. Raises: HitoError: it cannot be said now."""

    def find(self, route: str) -> Identity | None:
        """The model of a route that `wanted` does not name, such as an old version; None: there is none."""

    def fetch(self, identity: Identity, folder: Path) -> Path:
        """Bring a model's folder here. Raises: HitoError."""

    def rows(self, identity: Identity, folder: Path) -> Path | None:
        """Bring a table of rows that the model was evaluated on; None: there is none."""

    def profile(self, identity: Identity, folder: Path) -> Profile | None:
        """What is known elsewhere of the training data of a model that has no profile in its folder.

        Args:
            folder: where files may be put meanwhile.
        """

    def tell(self, identity: Identity, verdict: str) -> None:
        """The model is served, and compiled with this verdict. A source that cannot keep that ignores it."""

    def keep(self, line: str) -> None:
        """Keep a sampled request, a line of JSON."""

    def end(self) -> None:
        """Nothing more is asked; write what waits."""


class Settings(Protocol):
    """What loading a model needs to know; `run.Options` is one."""

    @property
    def cache(self) -> str: ...
    @property
    def compile(self) -> bool: ...
    @property
    def trust_pickle(self) -> bool: ...
    @property
    def predict_seconds(self) -> float: ...


def prepared(source: Source, identity: Identity, settings: Settings) -> tuple[Path, str, Compiled, Path | None]:
    """A model, fetched, checked and compiled: its folder, their digest, what is known of its
    compiled form, and where that is.

    Raises: HitoError.
    """
    cache = Path(settings.cache)
    folder, found = brought(source, identity, cache)
    if not settings.compile:
        return folder, found, Compiled(verdict=PYTHON, reason="compiling is switched off"), None

    def rows(place: Path) -> Path | None:
        return source.rows(identity, place)

    known, made = compiled(folder, cache, found, trust_pickle=settings.trust_pickle, rows=rows)
    return folder, found, known, made


def loaded(source: Source, identity: Identity, settings: Settings) -> Predictor:
    """A model, ready to answer.

    Raises: HitoError: it cannot be had, is not what was registered, or does not answer its own example.
    """
    folder, found, known, made = prepared(source, identity, settings)
    profile = profiles.read(folder)
    if profile is None:
        with tempfile.TemporaryDirectory(prefix="hito-") as space:
            profile = source.profile(identity, Path(space))
    predictor = Predictor(identity, folder, found, known, made, Trust(settings.trust_pickle), profile)
    predictor.warm()
    for difference in differences(folder):
        log.warning("%s: %s", identity.uri, difference)
    why = f": {known.reason}" if known.reason else f", proven on {known.rows} rows" if made is not None else ""
    log.info("%s is ready; compiled: %s%s", identity.uri, predictor.verdict, why)
    return predictor


def brought(source: Source, identity: Identity, cache: Path) -> tuple[Path, str]:
    """The folder of a model on this machine, and its digest, which is that with which it was registered, if any.

    A folder that lies on this machine already is used where it lies.
    """
    models = cache / "models"
    if identity.digest and (models / identity.digest).is_dir():
        if digest.digest(models / identity.digest) == identity.digest:
            (models / identity.digest).touch()
            return models / identity.digest, identity.digest
        log.warning("the copy of %s in the cache was changed, and is fetched again", identity.uri)
        shutil.rmtree(models / identity.digest, ignore_errors=True)
    models.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".coming-", dir=models) as coming:
        folder = source.fetch(identity, Path(coming))
        found = digest.digest(folder)
        if identity.digest and found != identity.digest:
            digest.verify(folder, identity.digest)
        if not folder.is_relative_to(coming):
            return folder, found
        place = models / found
        with suppress(OSError):  # another process was faster
            folder.rename(place)
    digest.verify(place, found)
    return place, found


def tidied(cache: Path) -> None:
    """Remove from the cache what was not served for a month."""
    for kind in ("models", "compiled"):
        for place in (cache / kind).glob("*"):
            with suppress(OSError):
                if time.time() - place.stat().st_mtime > _KEPT_SECONDS:
                    shutil.rmtree(place)
