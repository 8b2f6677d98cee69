"""Predictions for files: read in pieces, predicted, written in pieces; memory stays that of a piece.

tables      CSV, Parquet and JSON lines as a stream of frames, and back
predict     one file by this process
clusters    a folder or bucket of Parquet by somebody's Ray or Dask cluster
"""
