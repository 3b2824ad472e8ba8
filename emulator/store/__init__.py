"""Rows: the only place that imports SQLAlchemy. Queries take a transaction first and return frozen dataclasses."""
