#!/bin/sh
# Make an environment: sh venv.sh PYTHON DIRECTORY. Works with any POSIX shell.
#
# It is made with uv where that is on PATH, otherwise with venv, and has pip, which messages name. Debian and its kin
# ship Python without ensurepip, which brings pip: there pip comes from the package index.
set -eu

here=$(dirname "$0")
if command -v uv >/dev/null; then
    uv venv --quiet --seed --python "$1" "$2"
elif "$1" -c 'import ensurepip' 2>/dev/null; then
    "$1" -m venv "$2"
else
    "$1" -m venv --without-pip "$2"
    "$2/bin/python" "$here/get_pip.py" "$here/pip.txt"
fi
