"""Many phones on many hosts, on Dask distributed (docs/fleet.md).

Importing this package is cheap; Dask, of the extra `fleet`, is imported by `cluster` and `host`.
"""
