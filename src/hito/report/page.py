"""The page: one file with its style inside; it loads nothing and runs nothing.

The policy forbids everything but its own style, so that even a fault in escaping could run no script and call no server.
"""

from functools import cache
from importlib.resources import files

from hito.report.html import Html, join, tag
from hito.report.voice import Voice

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(title: str, kicker: str, about: str, sections: list[tuple[str, Html]], voice: Voice) -> str:
    """A whole document.

    Args:
        kicker: the line above the title; about: the one below.
        sections: key and content, in order; the contents list follows them.
    """
    links = [tag("a", voice.say(f"section.{key}"), href=f"#{key}") for key, _ in sections]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content="hito"),
        tag("title", title),
        Html(f"<style>{style()}</style>"),
    )
    body = tag(
        "body",
        tag(
            "header",
            tag("p", kicker, class_="kicker"),
            tag("h1", title),
            tag("p", about, class_="about"),
            tag("nav", links, aria_label=voice.say("contents")) if len(links) > 2 else None,
        ),
        tag("main", join(content for _, content in sections)),
        tag("footer", tag("p", voice.say("footer"))),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang=voice.language)}\n"


@cache
def style() -> str:
    """The style sheet without what only its writers read."""
    lines = files("hito.report").joinpath("style.css").read_text("utf-8").splitlines()
    return "".join(line.strip() + "\n" for line in lines if line.strip() and not line.strip().startswith("/*"))
