"""Mutation test of the shapes: faults that a curator may make, put into the real graph, and looked for.

`field` is the graph as a place where faults can be made, the `operators_…` modules make them (`table` lists all),
`judge` puts many into the graph at once and asks the check which of them it tells. `tests/mutants.py` is the command.
"""
