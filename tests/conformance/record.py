"""Record what MLflow answers: python tests/conformance/record.py http://127.0.0.1:5000 [noun …]

Plays the stories of `scenarios/<noun>.py` against that server and writes `<noun>.json` beside this file. The server
must be a fresh MLflow (requirements in docs/conformance.md), never hito: a contract is not recorded from the one who
signed it. Review the change of the JSON like code.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from player import VARIABLE, Player, problem_with

HERE = Path(__file__).parent


def main(url: str, nouns: list[str]) -> None:
    """Record the named files, or all."""
    total = 0
    for source in sorted((HERE / "scenarios").glob("*.py")):
        if nouns and source.stem not in nouns:
            continue
        stories = importlib.import_module(f"scenarios.{source.stem}").SCENARIOS
        recorded = [record(url, story) for story in stories]
        (HERE / f"{source.stem}.json").write_text(as_text(recorded), encoding="utf-8")
        count = sum(len(story["steps"]) for story in recorded)
        total += count
        print(f"{source.stem}: {len(recorded)} scenarios, {count} pairs")
    print(f"{total} pairs")


def record(url: str, story: dict[str, Any]) -> dict[str, Any]:
    """The story with MLflow's answers filled in."""
    steps = []
    with Player(url) as player:
        for step in story["steps"]:
            for text in (step["path"], json.dumps(step.get("body")), json.dumps(step.get("query"))):
                for variable in VARIABLE.findall(text):
                    if variable not in player.variables:
                        raise SystemExit(f"{story['scenario']} / {step['name']}: nothing kept {{{variable}}}")
            answer = player.play(step)
            if "differs" in step and problem_with(answer, step["differs"]["expect"]) is None:
                print(f"  {story['scenario']} / {step['name']}: MLflow answers so itself, drop `differs`")
                step = {key: value for key, value in step.items() if key != "differs"}
            if answer.status >= 400 and step.get("keep"):
                raise SystemExit(f"{story['scenario']} / {step['name']}: {answer.as_expectation()}")
            steps.append({**step, "expect": answer.as_expectation()})
    return {"scenario": story["scenario"], "steps": steps}


def as_text(stories: list[dict[str, Any]]) -> str:
    """JSON in which each step keeps its request on one line and its answer on the next, to be read as a diff."""
    lines = ["["]
    for s, story in enumerate(stories):
        lines += [f" {{{_json('scenario')}: {_json(story['scenario'])}, {_json('steps')}: ["]
        for i, step in enumerate(story["steps"]):
            request = {key: value for key, value in step.items() if key not in {"expect", "differs"}}
            lines.append("  " + _json(request)[:-1] + ",")
            lines.append(f"   {_json('expect')}: {_json(step['expect'])}" + ("," if "differs" in step else ""))
            if "differs" in step:
                lines.append(f"   {_json('differs')}: {_json(step['differs'])}")
            lines[-1] += "}" + ("," if i < len(story["steps"]) - 1 else "")
        lines += [" ]}" + ("," if s < len(stories) - 1 else "")]
    return "\n".join([*lines, "]", ""])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2:])
