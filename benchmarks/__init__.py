"""Measurements, and the wide rounds that are no tests; `make bench` runs `benchmarks.bench`.

The timing is our own (`benchmarks.measure`), not pytest-benchmark's or pyperf's, since what is
measured here are pairs: droidcancel, and what people use instead, in turn within each round of one
run, so that another load of the machine falls on both and the ratio holds. pytest-benchmark and
pyperf time one thing to its end before the next; pyperf does so in processes of its own, of which
each would boot phones and an adb server anew. The times that count are not those of a call either:
they run from the host's decision to what the phone notes, in another process (`lab.Timeline`).
Medians and percentiles over the rounds are told, with the machine and its load.
"""
