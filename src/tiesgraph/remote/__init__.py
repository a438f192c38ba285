"""SPARQL 1.1 stores that somebody else runs: asking them, and putting the graph into them.

Nothing here is needed by a server over a graph at hand, nor is the HTTP client imported before a store is asked.
"""
