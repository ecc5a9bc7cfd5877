#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs Trapline from its archive, without a compiler: run.sh [VERB] [--accel tcg ...].

here=$(dirname "$0")
found=$(sh "$here/harness/deps.sh" python 2>/dev/null) || found=
for python in "$found" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$here/run.py" "$@"
    fi
done
echo 'trapline: wants Python 3.11 or newer' >&2
exit 2
