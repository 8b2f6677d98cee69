"""One chart each: results in, a `Figure` out. Nothing here knows how it is drawn."""
