"""Measurements of speed, each a module that runs by itself."""
