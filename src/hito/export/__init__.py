"""A model with all that serving it needs, in a folder that needs neither a tracking server nor a registry.

folder      what stands in it, and in which order it is made
lock        its requirements, every version and hash
"""
