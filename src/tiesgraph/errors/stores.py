"""Errors with a store elsewhere, which a server stands before or a graph is uploaded to."""

from tiesgraph.errors.base import TiesgraphError

__all__ = ["NotAtHand", "StoreFailed", "StoreRefused", "StoreUnreachable"]


class NotAtHand(TiesgraphError):
    """What is made from a graph at hand, asked of a server whose graph is in a store elsewhere and is another."""

    http_status = 501


class StoreFailed(TiesgraphError):
    """A store elsewhere that does not do what is asked of it: it breaks, or answers what makes no sense."""

    http_status = 502


class StoreRefused(StoreFailed):
    """A store elsewhere that does not let us in, is not at this address, or takes no such request."""


class StoreUnreachable(StoreFailed):
    """A store elsewhere to which there is no connection, or with which it broke."""
