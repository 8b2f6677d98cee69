"""placeholder"""

WINDOW = 20_000
