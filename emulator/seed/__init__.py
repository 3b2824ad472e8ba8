"""Seed files: a state of SES in YAML or TOML, checked as a whole, applied in one transaction, and written again.

A file becomes a tree (`documents`), the tree a `format.Seed` (`reading`, over what `members` says of the format's
classes), that a state (`applying`); the state becomes a Seed (`exporting`), and that a file again (`writing`). A noun
of SES has one module, which puts and which lists.
"""
