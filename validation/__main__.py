"""``python -m validation`` prints every deviation; it fails where one is beyond its limit."""

import sys

from validation.account import files, run
from validation.tables import page

if __name__ == "__main__":
    account = run(files())
    sys.stdout.write(page(account))
    sys.exit(bool(account.failed))
