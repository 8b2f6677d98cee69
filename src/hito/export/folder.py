"""The exported folder:

    README.md           how to start it
    serve.sh            makes an environment beside itself the first time, then serves
    Dockerfile          the same as an image
    requirements.txt    every package with version and hashes
    wheels/hito-…whl    hito itself
    model/              the model's files, as they were registered

It is made beside its place and gets its name when it is whole.
"""

import shutil
import tempfile
from pathlib import Path
from string import Template

import yaml

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied
from hito.export import lock
from hito.flavors import environment, pyfunc
from hito.flavors.trust import Trust
from hito.reproduce import wheel

_SERVE = """#!/bin/sh
# Serves the model beside this file:  ./serve.sh        PORT=8080 HOST=0.0.0.0 ./serve.sh --workers 2
# The first start makes an environment in .venv, for which it needs Python $python and a package index.
set -eu
here=$$(CDPATH='' cd -- "$$(dirname -- "$$0")" && pwd)
if [ ! -e "$$here/.venv/.ready" ]; then
    $${PYTHON:-python$python} -m venv --clear "$$here/.venv"
    "$$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$$here/requirements.txt"
    "$$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$$here"/wheels/hito-*.whl
    touch "$$here/.venv/.ready"
fi
exec "$$here/.venv/bin/hito" models serve -m "$$here/model" -p "$${PORT:-5001}" --host "$${HOST:-127.0.0.1}"$trust "$$@"
"""

_DOCKERFILE = """FROM python:$python-slim
RUN useradd --create-home --uid 1000 hito
WORKDIR /home/hito
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY wheels wheels
RUN pip install --no-cache-dir --no-deps wheels/hito-*.whl
COPY --chown=hito model model
USER hito
EXPOSE 8080
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health', timeout=2)"]
CMD ["hito", "models", "serve", "-m", "model", "-p", "8080", "--host", "0.0.0.0"$trust]
"""

_README = """# $name

Serves a model over HTTP, as `hito models serve` does, without a tracking server.

    ./serve.sh                                    # http://127.0.0.1:5001; the first start makes .venv
    docker build -t model . && docker run -p 8080:8080 model

    curl http://127.0.0.1:5001/invocations -H 'content-type: application/json' -d @request.json

Taken from `$uri`$digest. Python $python; every package and its hash stand in requirements.txt.
"""


def export(model: Path, uri: str, target: Path, *, digest: str | None, trust: Trust) -> None:
    """Write the folder.

    Args:
        model: the model's folder, whole and checked.
        uri: where it comes from, for the README.
        target: the folder to make; it must not exist, or be empty.
        digest: of the version, if it has one.
        trust: whether the model may be one that runs its author's code; the start script then says so, too.
    Raises: AlreadyExists: there is something at target; NotFound: its parent is missing; InvalidArgument: the model
        cannot be read here, or no set of packages fits; PermissionDenied: it runs code, and is not trusted.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise AlreadyExists(f"{target} exists already; name a new folder")
    if not target.absolute().parent.is_dir():
        raise NotFound(f"there is no folder {target.absolute().parent}")
    pyfunc.load(model, trust=trust)  # what cannot be read here will not be read there
    python = _python(model)
    needs_trust = trust.pickle and not _reads_untrusted(model)
    words = {
        "python": python, "uri": uri, "name": target.name, "digest": f", files sha256:{digest}" if digest else "",
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as place:
        made = Path(place) / "made"
        made.mkdir(mode=0o755)
        shutil.copytree(model, made / "model", ignore=shutil.ignore_patterns("registered_model_meta"))
        lock.lock(model, python, made / "requirements.txt")
        (made / "wheels").mkdir()
        wheel.write(made / "wheels")
        (made / "README.md").write_text(Template(_README).substitute(words), encoding="utf-8")
        _write(made / "serve.sh", _SERVE, words | {"trust": " --trust-pickle" if needs_trust else ""})
        _write(made / "Dockerfile", _DOCKERFILE, words | {"trust": ', "--trust-pickle"' if needs_trust else ""})
        (made / "serve.sh").chmod(0o755)
        if target.exists():
            target.rmdir()
        made.replace(target)


def _write(path: Path, text: str, words: dict[str, str]) -> None:
    path.write_text(Template(text).substitute(words), encoding="utf-8")


def _python(model: Path) -> str:
    """The minor version of Python that the model was made with, `3.11`.

    Raises: InvalidArgument: python_env.yaml does not say it.
    """
    try:
        found = yaml.safe_load((model / environment.PYTHON_ENV).read_text("utf-8"))
        major, minor, *_ = str(found["python"]).split(".")
        return f"{int(major)}.{int(minor)}"
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        raise InvalidArgument(
            f"{environment.PYTHON_ENV} of this model does not say which Python it was made with; log the model again"
        ) from None


def _reads_untrusted(model: Path) -> bool:
    try:
        pyfunc.load(model, trust=Trust())
    except PermissionDenied:
        return False
    return True
