"""Reading skops files of people one need not trust.

skops stores an object as a zip: `schema.json` describes it, arrays lie beside. It refuses types that are not on a list.
That keeps foreign code out, but a type is not its content: scikit-learn's C code walks the node arrays of a tree, the
vectors of an SVM or the indices of a sparse matrix without looking whether they stay inside, so a file made of allowed
types alone can crash the process, or read what it should not, at the first predict. skops therefore trusts no tree.

Here content is looked at too, before any object exists:

    bytes ─ archive ─> members: names, sizes, array headers          a zip bomb or a pickle inside ends here
          ─ document ─> nodes: only known loaders, types, members    a foreign type, a cycle, a hidden member ends here
          ─ checks ─> trees, neighbours, vectors, sparse matrices    an index that leaves its array ends here
          ─ rewritten: what was looked at, and nothing else ─> skops.io.load(trusted=what was met, all of it ours)

The rewriting closes the gap between two readers of one file: whatever skops could have read otherwise than we did (a
name twice in the zip, a key twice in the JSON, an id that means two things) is not in what skops gets to see.

    types       the lists of what may appear, each group with its reason
    archive     zip and arrays          document    schema.json as nodes
    trees neighbours vectors            content checks, by noun
    load        the way through all of it
"""
