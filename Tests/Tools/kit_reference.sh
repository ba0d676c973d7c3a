#!/usr/bin/env bash
# kit_reference.sh FOLDER: makes the kit's reference, a website, from its documentation comments and DocC catalogues.
#
# Anything that DocC warns of is an error. To read it: python3 -m http.server -d FOLDER, then
# http://localhost:8000/Tensors/documentation/tensors, and so on for Masks and AttributionKit.
set -euo pipefail
[ $# = 1 ] || { sed -n '2p' "$0" >&2; exit 64; }

kit=$(cd "$(dirname "$0")/../../Sources/LimnKit" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$1"
# As SwiftPM makes one for a folder of headers.
echo "module CLimnPlugin { umbrella \"$kit/CLimnPlugin/include\" export * }" >"$scratch/module.modulemap"

for module in Tensors Masks AttributionKit; do
  mkdir "$scratch/symbols"
  find "$kit/$module" -name '*.swift' -print0 | LC_ALL=C sort -z | xargs -0 swiftc -swift-version 6 \
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault \
    -enable-upcoming-feature MemberImportVisibility -parse-as-library -module-name "$module" -emit-module \
    -emit-module-path "$scratch/$module.swiftmodule" -emit-symbol-graph -emit-symbol-graph-dir "$scratch/symbols" \
    -symbol-graph-minimum-access-level public -symbol-graph-skip-synthesized-members -I "$scratch"
  # Extensions of the other module's types belong to its pages.
  find "$scratch/symbols" -name '*@*' -delete
  # Pages are served from a folder of the module's name.
  docc convert "$kit/$module/$module.docc" --additional-symbol-graph-dir "$scratch/symbols" \
    --fallback-display-name "$module" --fallback-bundle-identifier "limn.$module" --output-path "$1/$module" \
    --hosting-base-path "$module" --warnings-as-errors
  rm -r "$scratch/symbols"
done
