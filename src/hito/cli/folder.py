"""The `.hito` folder: where everything lies that no option places elsewhere; the same for server and client."""

from hito.client.folder import NAME
from hito.client.folder import home_folder as nearest_folder

__all__ = ["NAME", "nearest_folder"]
