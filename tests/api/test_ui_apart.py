"""A program that logs without a server loads nothing of what only a page asks for."""

from pathlib import Path
from typing import Any

CODE = """
import sys
from hito import Client
client = Client(sys.argv[1])
run = client.create_run(client.create_experiment("e"))
client.log_metric(run.info.run_id, "a", 1.0)
client.set_terminated(run.info.run_id)
assert client.get_run(run.info.run_id).data.metrics == {"a": 1.0}
print(sorted(name for name in sys.modules if name.startswith(("hito.api.ui", "hito.wire.ui", "hito.server"))))
"""


def test_an_embedded_client_does_not_load_the_page_s_handlers(run_python: Any, tmp_path: Path) -> None:
    process = run_python(CODE, f"sqlite:///{tmp_path / 'hito.db'}")

    output, errors = process.communicate(timeout=60)

    assert (process.returncode, output) == (0, "[]\n"), errors
