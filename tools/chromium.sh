#!/bin/sh
# The tests open the report in a headless Chromium. Install one where that can be done without a
# question; otherwise say what is missing. Always succeeds: those tests are skipped without it.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root=sudo
else
    as_root=none
fi
if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium, in which the tests open the report"
    if $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium >/dev/null; then
        exit 0
    fi
    echo "comine: Chromium could not be installed; the tests that open the report are skipped" >&2
else
    echo "comine: no Chromium found; the tests that open the report in a browser are skipped" >&2
    echo "comine: to run them too: apt-get install chromium (or Google Chrome)" >&2
fi
