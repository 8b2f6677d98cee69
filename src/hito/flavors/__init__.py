"""A model as a folder: written so that MLflow reads it, read so that its writer need not be trusted.

Nothing here talks to a network: `fluent` uploads what `save` wrote and downloads what `load` reads.
"""
