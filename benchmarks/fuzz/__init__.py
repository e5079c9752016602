"""Fuzzing: all that others can hand to droidcancel, handed to it damaged.

    python -m benchmarks.fuzz                         every target, a minute each
    python -m benchmarks.fuzz --seconds 600 --target parsers --target recipe
    python -m benchmarks.fuzz --engine mutate         without atheris

A target takes bytes and may raise nothing: what it is allowed to refuse, it refuses inside. Three
engines feed it: atheris, which is led by what the bytes reach (`pip install 'droidcancel[fuzz]'`),
Hypothesis, which draws from grammars, and a plain loop that damages samples. What a target raises,
takes too long for, or takes too much memory for, is a finding; each becomes a test.
"""
