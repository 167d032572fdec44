#!/bin/sh
# Write both lock files from pyproject.toml: one version of each package for every Python.
# Versions already locked stay unless `--upgrade` is given.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
command -v "$uv" >/dev/null 2>&1 || {
    echo "comine: uv is needed to lock: pip install uv, or name it: make lock UV=/path/to/uv" >&2
    exit 1
}
compile() {
    "$uv" pip compile pyproject.toml --quiet --universal --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"
}
compile --extra build --extra dev --output-file requirements.lock "$@"
compile --extra build --constraint requirements.lock --output-file requirements-run.lock "$@"
