"""The client: everything that a program may ask of a tracking server, as methods, without global state.

The methods stand in one file per noun, as everywhere here; this is where they meet:

    Session ─┬─ Experiments
             ├─ Runs                 what is logged goes through `writer` and the shipper
             └─ Artifacts ── LoggedModels ── RegisteredModels
"""

from hito.client.experiments import Experiments
from hito.client.registered_models import RegisteredModels
from hito.client.runs import Runs


class TransportClient(Experiments, Runs, RegisteredModels):
    """The client over given transports; `hito.connect.Client` finds them by URI."""
