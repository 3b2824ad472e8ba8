"""Telling other services: one function a service, over the seams of `outside`."""
