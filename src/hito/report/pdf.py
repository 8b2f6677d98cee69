"""The page on paper: printed by WeasyPrint if it is installed, else by a Chromium that is on this machine.

A browser gets the page as a file, and its own policy forbids it to load or run anything.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hito.core.errors import InvalidArgument, Unavailable
from hito.report.page import style

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_SECONDS = 120


def write_pdf(html: str, path: Path) -> None:
    """Print a page of `page.page`.

    Raises:
        InvalidArgument: neither is here.
        Unavailable: it is, and does not print.
    """
    try:
        from weasyprint import HTML  # an optional library
    except (ImportError, OSError):  # or its own libraries of the system are missing
        _by_browser(html, path)
        return
    HTML(string=pictures_dressed(html)).write_pdf(path)


def pictures_dressed(html: str) -> str:
    """The page with the rules of its pictures inside of each picture, where WeasyPrint looks for them.

    It draws an SVG as a document of its own, which the page's style does not reach, and knows no variables there.
    """
    print_tokens = style().rpartition("@media print {\n:root {")[2].partition("}")[0]
    tokens = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]+)", style().partition("}")[0]))
    tokens |= dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]+)", print_tokens))
    rules = re.findall(r"(?<![\w-])((?:svg |path\.|\.[fs]-)[\w .-]+)\{([^}]*)\}", style())
    made = "".join(f"{name.strip()}{{{body.strip()}}}" for name, body in rules)
    made = re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: tokens.get(found[1], "#000"), made)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{made}</style>", html)


def _by_browser(html: str, path: Path) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise InvalidArgument(
            "A PDF needs WeasyPrint (pip install weasyprint) or Chromium on this machine; neither was found. "
            "The HTML page can be printed from any browser."
        )
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        page, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        page.write_text(html, "utf-8")
        # Root has no sandbox to give away; everybody else keeps it.
        as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        command = [
            browser, "--headless", *as_root, "--disable-gpu", "--disable-extensions", "--no-first-run",
            f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={made}", page.as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - a browser of the list above, and a page of ours
                command, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"{Path(browser).name} did not print the report: {error}") from None
        if not made.is_file():
            said = done.stderr.strip().splitlines()
            raise Unavailable(f"{Path(browser).name} printed nothing: {said[-1] if said else 'no message'}")
        shutil.copyfile(made, path)
