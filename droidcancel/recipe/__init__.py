"""Recipes: from YAML to a checked record, the loop that runs it, and its result."""
