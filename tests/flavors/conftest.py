"""What the tests of flavors share: the catalogue of estimators (`zoo`) and the official clients (`mlflow_clients`)."""

import sys
from pathlib import Path

# Files here are imported by name; pytest's importlib mode adds no folder by itself.
sys.path.insert(0, str(Path(__file__).parent))
