"""hito answers what MLflow answers, but for the differences that are written down.

The pairs in `*.json` were recorded from MLflow. To play them against any running server, MLflow itself included:
CONFORMANCE_URL=http://127.0.0.1:5000 pytest tests/conformance
"""

import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import differences
import pytest
from player import Player, problem_with

HERE = Path(__file__).parent
STORIES = {
    f"{path.stem}: {story['scenario']}": story["steps"]
    for path in sorted(HERE.glob("*.json"))
    for story in json.loads(path.read_text(encoding="utf-8"))
}


GIVEN = os.environ.get("CONFORMANCE_URL", "").rstrip("/")


@pytest.fixture(scope="session", params=["given"] if GIVEN else ["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The server under test: the one named in the environment, else a fresh hito over each database."""
    fixture = {"sqlite": "hito_server", "postgres": "hito_server_on_postgres"}
    return GIVEN or str(request.getfixturevalue(fixture[request.param]).url)


@pytest.fixture(scope="session")
def is_mlflow(url: str) -> bool:
    """MLflow answers an unknown path with a page of HTML; hito with JSON. Only hito may use the differences."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request("GET", "/api/2.0/mlflow/no-such-thing")
        return connection.getresponse().headers.get_content_type() == "text/html"
    finally:
        connection.close()


@pytest.mark.parametrize("title", STORIES)
def test_the_answers_are_the_recorded_ones(title: str, url: str, is_mlflow: bool) -> None:
    problems = list(problems_with(STORIES[title], url, is_mlflow))
    assert not problems, "\n" + "\n".join(problems)


def problems_with(steps: list[dict[str, Any]], url: str, is_mlflow: bool) -> Iterator[str]:
    """Play the story to its end and tell of every step that was answered otherwise."""
    with Player(url) as player:
        for step in steps:
            expect = step["expect"] if is_mlflow or "differs" not in step else step["differs"]["expect"]
            problem = problem_with(player.play(step), expect)
            if problem:
                yield f"  {step['name']} ({step['method']} {step['path']})\n      {problem}"


def test_a_step_is_named_once_in_its_story() -> None:
    for title, steps in STORIES.items():
        names = [step["name"] for step in steps if not step["name"].startswith("given ")]
        assert len(names) == len(set(names)), title


def test_every_difference_is_told_in_the_documentation() -> None:
    told = differences.PAGE.read_text(encoding="utf-8").split(differences.MARK + "\n")[1]
    assert told == differences.tables(), "run: python tests/conformance/differences.py"
