"""What a client may ask before it asks anything else (rest-tracking.md, 2)."""

from msgspec import Struct

from hito.wire.endpoint import Action, Endpoint, Message, Right, Subject

MLFLOW_VERSION = "3.17.2"
"""The MLflow whose protocol this is: what `GET /version` says, which its client reads for a hint."""


class Nothing(Message):
    """An endpoint that takes no arguments."""


class Features(Struct, frozen=True):
    gateway: bool = False


class ServerInfo(Struct, frozen=True):
    """`takes_run_ids` is ours: runs may be created under an id that the client chose (see `CreateRun`)."""

    store_type: str = "SqlStore"
    workspaces_enabled: bool = False
    trace_archival_enabled: bool = False
    multipart_uploads_enabled: bool = False
    multipart_downloads_enabled: bool = False
    presigned_upload_run_id_supported: bool = True
    presigned_upload_model_id_supported: bool = True
    features_enabled: Features = Features()
    takes_run_ids: bool = True


SERVER_INFO = Endpoint(
    "GET",
    "/mlflow/server-info",
    takes=Nothing,
    gives=ServerInfo,
    needs=Right(Action.OPEN, Subject.SERVER),
    version="3.0",
)
