"""The HTTP entrance: the only place that imports Flask."""
