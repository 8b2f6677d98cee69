"""docs/ui-api.md names every endpoint of the page, as it is declared."""

import re
from pathlib import Path

from hito.api.ui import catalogue
from hito.server.page_transfers import PAGE_TRANSFERS
from hito.wire.ui.live import EVENTS


def test_the_list_in_the_docs_is_the_list_of_endpoints() -> None:
    text = (Path(__file__).parents[2] / "docs" / "ui-api.md").read_text("utf-8")
    listed = re.findall(r"^\| (GET|POST) \| `(/hito/[^`]*)` \|", text, re.MULTILINE)

    declared = {(one.method, one.path) for one in (*dict(catalogue.INSIDE), *PAGE_TRANSFERS, EVENTS)}
    assert len(listed) == len(set(listed))
    assert set(listed) == declared
