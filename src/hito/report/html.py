"""HTML, escaped where it is made: what is not `Html` is text, and text cannot become markup.

Names of runs, tags, params and columns come from anybody. There is one way to make an element, and it escapes; control
characters and those that turn the direction of writing around are shown as what they are.
"""

import html
import re
from collections.abc import Iterable


class Html(str):
    """Markup that was made here."""

    __slots__ = ()


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
Child = str | None


def text(given: object) -> Html:
    """Any value as text."""
    return Html(html.escape(_UNSEEN.sub(_shown, str(given)), quote=True))


def tag(name: str, /, *children: "Child | Iterable[Child]", **attributes: object) -> Html:
    """An element. A trailing underscore of an attribute's name is dropped, inner ones become hyphens.

    An attribute that is None or False is left out; True has no value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: "Child | Iterable[Child]") -> Html:
    """Markup and texts one after the other; None is nothing."""
    parts = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            parts.append(child if isinstance(child, Html) else text(child))
        else:
            parts.append(join(*child))
    return Html("".join(parts))


_VOID = frozenset("br col hr meta wbr".split())


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(value)}"'


def _shown(found: re.Match[str]) -> str:
    code = ord(found.group())
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
