"""The web child of ``xingke serve`` with the site that is measured: ``python -m bench.serving PORT``."""

import sys

from xingke.config import web

if __name__ == "__main__":
    web.main("127.0.0.1", int(sys.argv[1]), 1, "bench.bare_site:application")
