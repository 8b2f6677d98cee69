"""The player is a module beside the tests, so that `record.py` can use it as a plain script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
