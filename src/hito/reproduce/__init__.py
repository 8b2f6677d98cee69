"""Where a run comes from: gathered while it runs, so that it can be run again.

    context     who, which program, which commit: some files are read, half a millisecond, part of the run from its beginning
    capture     everything else: source, packages, machine, seeds; gathered in the background

Nothing here talks to a server: tags and files are handed to whoever asked.
"""
