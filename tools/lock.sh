#!/bin/sh
# Which exact versions do we stand on? Compiles pyproject.toml's groups to requirements/*.txt and
# to the layers' requirements.txt: every version with its hashes, and no registry named anywhere.
# Versions that are locked already stay; `tools/lock.sh --upgrade` moves them on.
set -eu

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"$(tools/toolchain.sh python)" -m venv "$room"
"$room/bin/python" -m pip install --quiet --disable-pip-version-check uv

compile() {
  "$room/bin/uv" pip compile --quiet --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links "$@"
}

# One set for every Python and system we run on. ministack names one botocore, not boto3's; it reads
# service models from it and nothing else, and `make contracts` runs it on ours.
echo 'botocore>=1.44' >"$room/overrides.txt"
compile --universal --python-version 3.11 --override "$room/overrides.txt" \
  --group pyproject.toml:dev -o requirements/dev.txt "$@"
compile --universal --python-version 3.11 --override "$room/overrides.txt" \
  --group pyproject.toml:run -c requirements/dev.txt -o requirements/run.txt "$@"
compile --universal --python-version 3.11 --group pyproject.toml:sam -o requirements/sam.txt "$@"
compile --universal --python-version 3.11 --group pyproject.toml:fuzz -o requirements/fuzz.txt "$@"

# Lambda's Python and processor; botocore and what comes with it are part of the runtime.
compile --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
  --no-emit-package botocore --no-emit-package python-dateutil --no-emit-package six \
  --no-emit-package urllib3 --group pyproject.toml:layer -c requirements/run.txt \
  -o layers/teahouse/requirements.txt "$@"

compile --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
  --group pyproject.toml:images -c requirements/run.txt -o layers/images/requirements.txt "$@"
