#!/bin/sh
# Put requirements/SET.txt (SET: run or dev) and this project, editable, into .venv.
#
# The environment is made anew where the requirements or pyproject.toml have changed. It is made by venv.sh, with
# the Python that PYTHON names, else the newest that can make one. Works with any POSIX shell.
set -eu

set_name=$1
cd "$(dirname "$0")/.."
made=$(cat pyproject.toml requirements/*.txt | cksum)

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The line that mends it here; PACKAGE is what Debian and its kin call what is missing.
mend() {
    if [ "$(uname -s)" = Darwin ]; then
        echo "    brew install python@3.12"
    elif [ -f /etc/debian_version ]; then
        echo "    sudo apt-get install $1"
    else
        echo "    install Python 3.11 or later, with venv and pip, from your system's packages"
    fi
}

# Print the newest Python of 3.11 or later that can make an environment; else say what is missing.
find_python() {
    too_old=""
    without_venv=""
    for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            too_old=$version
        elif "$candidate" -c 'import venv' 2>/dev/null; then
            command -v "$candidate"
            return
        else
            without_venv=$candidate # ends as python3 where that is new enough
        fi
    done
    if [ -n "$without_venv" ]; then
        stop "$without_venv cannot make environments: venv is missing. Mend it with:" "$(mend "$without_venv-venv")"
    elif [ -n "$too_old" ]; then
        stop "Python $too_old is too old: 3.11 or later is needed. Mend it with:" "$(mend python3.11-venv)" \
            "    or install uv, which brings a Python where your system has none"
    fi
    stop "There is no Python on PATH; 3.11 or later is needed. Mend it with:" "$(mend python3-venv)"
}

if [ "$(cat .venv/.made 2>/dev/null || true)" != "$made" ]; then
    rm -rf .venv
    if [ -n "${PYTHON:-}" ]; then
        python=$PYTHON
    elif command -v uv >/dev/null; then
        python='>=3.11,<3.15'
    else
        python=$(find_python)
    fi
    echo "Making .venv with $python"
    if ! sh requirements/venv.sh "$python" .venv; then
        rm -rf .venv
        stop "No .venv was made. Mend it with:" "$(mend python3-venv)"
    fi
fi

if command -v uv >/dev/null; then
    install() { uv pip install --quiet --python .venv/bin/python "$@"; }
else
    install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
fi
install --require-hashes -r "requirements/$set_name.txt"
install --no-deps --no-build-isolation -e .

echo "$made" >.venv/.made
touch .venv/.run
if [ "$set_name" = dev ]; then
    touch .venv/.dev
fi
