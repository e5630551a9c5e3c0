#!/bin/sh
# Which Python, which Node? `toolchain.sh python` prints the path of the first that is new enough,
# `toolchain.sh node` says nothing when Node is; otherwise one sentence, and an exit code of 1.

python() {
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      if ! "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$candidate lacks venv or ensurepip; on Debian and Ubuntu: apt install python3-venv." >&2
        exit 1
      fi
      command -v "$candidate"
      exit 0
    fi
  done
  found=$("${PYTHON:-python3}" --version 2>&1) || found="none at all"
  echo "Teahouse needs Python 3.11 or newer and found $found; PYTHON=/path/to/python names another." >&2
  exit 1
}

node_version() {
  if ! found=$(node --version 2>/dev/null); then
    echo "Teahouse needs Node 20 or newer and found none; get it from nodejs.org." >&2
    exit 1
  fi
  if ! command -v npm >/dev/null; then
    echo "Teahouse needs npm, which comes with Node, and found none." >&2
    exit 1
  fi
  major=${found#v}
  if [ "${major%%.*}" -lt 20 ]; then
    echo "Teahouse needs Node 20 or newer and found $found; get it from nodejs.org." >&2
    exit 1
  fi
}

case "$1" in
  python) python ;;
  node) node_version ;;
  *) echo "usage: toolchain.sh python|node" >&2; exit 2 ;;
esac
