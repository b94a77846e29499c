"""How fast Xingke is beside its peers: ratios from one run, never timed tests.

Each bench is a module with ``prepare(*, size)``, which makes its data, and ``run(*, size)``, which checks the answers
first and then returns lines. Every step runs in a process of its own, with a data folder of its own.
"""
