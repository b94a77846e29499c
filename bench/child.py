"""Steps of one bench in a process of their own: ``python -m bench.child cells usual run`` prints its lines as JSON."""

import importlib
import json
import logging
import os
import sys
from dataclasses import asdict


def main(bench: str, size: str, *steps: str) -> None:
    """Set Django up in the data folder the environment names, then do the steps."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "xingke.config.settings"
    import django

    django.setup()
    logging.disable(logging.INFO)
    module = importlib.import_module(f"bench.{bench}")
    if "prepare" in steps:
        module.prepare(size=size)
    if "run" in steps:
        for line in module.run(size=size):
            print(json.dumps(asdict(line), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
