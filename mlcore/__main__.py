"""`python -m mlcore`: the studio without a browser."""

import sys

from mlcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
