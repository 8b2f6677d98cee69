"""The reports of the demo's two models as pictures, in both languages, for the docs: docs/pictures/report-*.png.

    python examples/gallery.py [FOLDER]            needs Chromium

Trains what `train_hito.py` trains, evaluates it into a store in a temporary folder, and photographs the first screen of the
reports in English and Spanish (one of them dark), their explanations, the comparison of the two, and a narrow screen.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from PIL import Image
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

import hito
from hito.fluent.configuration import client
from hito.fluent.report import report_of_comparison, report_of_run

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDTH = 920
COLOURS = 64
"""Of a picture; what is drawn has few, and a palette makes it a quarter as large."""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as scratch:
        hito.set_tracking_uri(f"sqlite:///{scratch}/hito.db")
        runs = evaluated()
        pages = {
            f"{name}-{language}": report_of_run(client(), run_id, language)
            for name, run_id in runs.items()
            for language in ("en", "es")
        }
        pages["comparison-en"] = report_of_comparison(client(), *runs.values())
        for name, page in pages.items():
            path = Path(scratch) / f"{name}.html"
            path.write_text(page, "utf-8")
            photograph(path, folder / f"report-{name}.png", 1500)
        forest, boost = Path(scratch) / "forest-en.html", Path(scratch) / "xgboost-es.html"
        photograph(forest, folder / "report-forest-dark.png", 1500, dark=True)
        photograph(forest, folder / "report-explanations.png", 1500, at="explanations")
        photograph(boost, folder / "report-narrow-es.png", 1500, width=500)


def evaluated() -> dict[str, str]:
    """The two runs, by name."""
    data = load_breast_cancer(as_frame=True)
    x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, random_state=7, stratify=data.target)
    models = {
        "forest": RandomForestClassifier(n_estimators=100, max_depth=10, random_state=7),
        "xgboost": XGBClassifier(n_estimators=150, max_depth=4, learning_rate=0.1, random_state=7),
    }
    hito.set_experiment("breast cancer")
    runs = {}
    for name, model in models.items():
        with hito.start_run(run_name=type(model).__name__) as run:
            hito.log_params({key: getattr(model, key) for key in ("n_estimators", "max_depth", "random_state")})
            model.fit(x_train, y_train)
            hito.evaluate(model, x_test, y_test, train=(x_train, y_train), name="tumours kept for the test", budget=600)
        runs[name] = run.info.run_id
    return runs


def photograph(page: Path, target: Path, height: int, *, width: int = WIDTH, dark: bool = False, at: str = "") -> None:
    """One screen of a page, from its top or from one of its sections on."""
    if at:  # what stands before the section is not shown
        text = page.read_text("utf-8")
        hidden = f"<style>header,section:has(~#{at}){{display:none}}</style>"
        page = page.with_name(f"{page.stem}-{at}.html")
        page.write_text(text.replace("</head>", f"{hidden}</head>"), "utf-8")
    made = page.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={made}",
            *(["--blink-settings=preferredColorScheme=0"] if dark else []), page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.open(made).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.name}  {target.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
