"""The version, where packaging and the server find it."""

VERSION = "0.1.0"
