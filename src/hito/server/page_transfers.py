"""The page's own transfers: files that are looked at, archives, exports."""

from hito.server import exports, files
from hito.server.transfers import Transfer, authorised
from hito.wire.endpoint import Any_Endpoint
from hito.wire.ui import files as wire_files
from hito.wire.ui.runs import EXPORT

PAGE_TRANSFERS: dict[Any_Endpoint, Transfer] = {
    wire_files.VIEW_FILE: authorised(files.view),
    wire_files.ZIP_FOLDER: authorised(files.archive),
    EXPORT: authorised(exports.export),
}
