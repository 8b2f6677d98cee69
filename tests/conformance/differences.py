"""The documented differences, gathered from the stories: python tests/conformance/differences.py rewrites the page.

docs/conformance.md holds facts written by hand and, below a mark, tables made from `*.json`. A test compares the two,
so that no difference can be recorded without being told.
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "conformance.md"
MARK = "<!-- Below this line: python tests/conformance/differences.py -->"


def tables() -> str:
    """How much was recorded, and each difference with its reason, grouped by reason."""
    counts, reasons = ["| file | scenarios | pairs | differences |", "|---|---|---|---|"], {}
    total = [0, 0, 0]
    for path in sorted(HERE.glob("*.json")):
        stories = json.loads(path.read_text(encoding="utf-8"))
        steps = [(path.stem, step) for story in stories for step in story["steps"]]
        differing = [(noun, step) for noun, step in steps if "differs" in step]
        row = [len(stories), len(steps), len(differing)]
        total = [a + b for a, b in zip(total, row, strict=True)]
        counts.append(f"| {path.stem} | {row[0]} | {row[1]} | {row[2]} |")
        for noun, step in differing:
            reasons.setdefault(step["differs"]["why"], []).append((noun, step))
    counts.append(f"| **all** | {total[0]} | {total[1]} | {total[2]} |")
    lines = ["", "## How much", "", *counts, "", "## Each difference", ""]
    for why, places in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += [f"### {why[0].upper()}{why[1:]}", "", "| where | request | MLflow | hito |", "|---|---|---|---|"]
        for noun, step in places:
            request = f"{step['method']} `{_short(step['path'])}`"
            answers = f"{_told(step['expect'])} | {_told(step['differs']['expect'])}"
            lines.append(f"| {noun}: {_cell(step['name'])} | {request} | {answers} |")
        lines.append("")
    return "\n".join(lines)


def _short(path: str) -> str:
    return path.removeprefix("/api/2.0/mlflow/")


def _told(expect: dict) -> str:
    body = expect.get("json")
    code = body.get("error_code") if isinstance(body, dict) else None
    return f"{expect['status']} {code}" if code else str(expect["status"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    by_hand = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    PAGE.write_text(by_hand + MARK + "\n" + tables(), encoding="utf-8")
