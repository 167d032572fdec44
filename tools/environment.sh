#!/bin/sh
# Make .venv and install the locked packages and comine itself into it.
#   tools/environment.sh run    what a study needs
#   tools/environment.sh dev    that, and what tests, checks and documentation need
# Nothing is done where .venv already holds what the lock files say.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
fail() {
    printf 'comine: %s\n' "$@" >&2
    exit 1
}

case ${1:-} in
    run) lock=requirements-run.lock ;;
    dev) lock=requirements.lock ;;
    *) fail "usage: tools/environment.sh run|dev" ;;
esac

key=$(cat requirements-run.lock requirements.lock pyproject.toml | cksum | tr ' ' '-')
stamp=.venv/comine-$1-$key
if [ -x .venv/bin/python ]; then
    [ -e "$stamp" ] && exit 0
    [ -e ".venv/comine-dev-$key" ] && exit 0
fi

command -v "$python" >/dev/null 2>&1 || fail \
    "there is no '$python'; Python 3.11 or newer is needed" \
    "on Debian or Ubuntu: apt-get install python3 python3-venv" \
    "or name one that you have: make run PYTHON=/path/to/python3.12"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail \
    "'$python' is $("$python" --version 2>&1); Python 3.11 or newer is needed" \
    "name a newer one if you have it: make run PYTHON=python3.12"
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || fail \
    "'$python' cannot make virtual environments (its module venv or ensurepip is missing)" \
    "on Debian or Ubuntu: apt-get install python3-venv"

# An environment that was begun and not finished, or moved here, is made anew.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "Installing $(grep -c '^[a-z]' "$lock") packages into .venv, once (one to three minutes)"
rm -f .venv/comine-*
pip() {
    .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"
}
pip install --require-hashes --no-deps -r "$lock" || fail \
    "the packages could not be installed; pip says why above" \
    "mostly: no network, a proxy that pip is not told of (HTTPS_PROXY), or no room on the disk"
pip install --no-deps --no-build-isolation --editable .
touch "$stamp"
