#!/bin/sh
# Put requirements/SET.txt (SET: run or dev) and this project, editable, into .venv.
#
# The environment is made anew where the requirements or pyproject.toml have changed. It is made with uv
# where that is on PATH, otherwise with the venv and pip of the newest Python that has both. Works with
# any POSIX shell.
set -eu

set_name=$1
cd "$(dirname "$0")/.."
made=$(cat pyproject.toml requirements/*.txt | cksum)

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The line that mends a missing Python or venv on this system.
mend() {
    if [ "$(uname -s)" = Darwin ]; then
        echo "brew install python@3.12"
    elif [ -f /etc/debian_version ]; then
        echo "sudo apt-get install python3-venv"
    else
        echo "install Python 3.11 or later, with venv and pip, from your system's packages"
    fi
}

# Print the first Python of 3.11 or later that can make an environment; else say what is missing.
find_python() {
    found=""
    for candidate in python3.13 python3.12 python3.11 python3; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        found="$found $version"
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
        found="$found (without venv)"
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    case $found in
        "") stop "There is no Python on PATH; 3.11 or later is needed. Mend it with:" "    $(mend)" ;;
        *without*) stop "Python cannot make environments here: venv is missing. Mend it with:" "    $(mend)" ;;
        *) stop "Python is too old: found$found, and 3.11 or later is needed. Mend it with:" "    $(mend)" ;;
    esac
}

if [ "$(cat .venv/.made 2>/dev/null || true)" != "$made" ]; then
    rm -rf .venv
    if command -v uv >/dev/null; then
        uv venv --quiet --python '>=3.11,<3.14' .venv
    else
        python=$(find_python)
        echo "Making .venv with $python"
        "$python" -m venv .venv
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
