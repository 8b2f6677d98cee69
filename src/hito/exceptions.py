"""`hito.exceptions`: what can go wrong; see `hito.core.errors` for the tree."""

from hito.core.errors import AlreadyExists, HitoError, InvalidArgument, NotFound, PermissionDenied, Unavailable

MlflowException = HitoError
RestException = HitoError

__all__ = [
    "AlreadyExists",
    "HitoError",
    "InvalidArgument",
    "MlflowException",
    "NotFound",
    "PermissionDenied",
    "RestException",
    "Unavailable",
]
