#!/usr/bin/env bash
# abi_hash.sh write|check|print [KIT]: a hash of what a compiled plugin takes for granted about the kit.
#
# A plugin reads the kit's values where its compiler found them, so an added field, case or requirement that the linker
# does not notice makes it read something else. The hash stands in a header of the kit, goes from there into every
# plugin's stamp, and changes with
#   * the interface the compiler prints of each module: declarations in the order that decides their layout, private
#     stored properties, default arguments, and the bodies of inlinable functions without their comments;
#   * the size of every public type, and with it what is stored inside types that the interface does not show.
# It does not change with comments, with the bodies of other functions, or from one checkout to another.
#
# The compiler goes into the stamp by itself. Another one may print the same interface in other words, so `check`
# compares only with the one that wrote the header, and says so otherwise.
set -euo pipefail
export LC_ALL=C

action=${1:-check}
kit=$(cd "${2:-$(dirname "$0")/../../Sources/LimnKit}" && pwd)
header=$kit/CLimnPlugin/include/limn_abi_hash.h
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compiler=$(swiftc --version 2>/dev/null | sed -n 's/.*\(Swift version [^ ]*\).*/\1/p' | head -1)
features=(-swift-version 6)
for feature in ExistentialAny InternalImportsByDefault MemberImportVisibility; do
  features+=(-enable-upcoming-feature "$feature")
done

# As SwiftPM makes one for a folder of headers.
echo "module CLimnPlugin { umbrella \"$kit/CLimnPlugin/include\" export * }" >"$scratch/module.modulemap"

# The interface is asked of modules without library evolution, which is when it shows private storage; hence the
# warning that is left out.
described() {
  local module=$1 sources=()
  while read -r file; do sources+=("$file"); done < <(find "$kit/$module" -name '*.swift' | sort)
  swiftc "${features[@]}" -suppress-warnings -parse-as-library -module-name "$module" -emit-module \
    -emit-module-path "$scratch/$module.swiftmodule" -emit-module-interface-path "$scratch/$module.swiftinterface" \
    -module-cache-path "$scratch/cache" -I "$scratch" "${sources[@]}" >&2
  # Where comments stood in the bodies of inlinable functions, blanks are left.
  sed -e '/^\/\/ swift-/d' -e 's/[[:blank:]]\{1,\}/ /g' -e '/^ *$/d' "$scratch/$module.swiftinterface"
  echo "import $module" >"$scratch/sizes.swift"
  swiftc -frontend -dump-type-info -module-name Sizes -module-cache-path "$scratch/cache" -I "$scratch" \
    "$scratch/sizes.swift" | sed -n "/^Name: *$module\$/,/^\.\.\./p"
}

for module in Tensors Masks AttributionKit; do described $module; done >"$scratch/text"
hash=$({ sha256sum 2>/dev/null || shasum -a 256; } <"$scratch/text" | cut -c1-16)

written() { cat <<H; }
#ifndef LIMN_ABI_HASH_H
#define LIMN_ABI_HASH_H

/// The kit's interface and layout in short, written by Tests/Tools/abi_hash.sh with $compiler.
#define LIMN_ABI_HASH "$hash"

#endif
H

case $action in
print) echo "$hash" ;;
write)
  # Left alone where it is right, so that nothing is built again.
  [ "$(cat "$header" 2>/dev/null)" = "$(written)" ] || written >"$header"
  echo "$hash"
  ;;
check)
  if [ -f "$header" ] && ! grep -q "with $compiler\." "$header"; then
    echo "abi_hash.sh: not compared: the header was written with another compiler than $compiler"
  elif ! grep -qs "\"$hash\"" "$header"; then
    echo "abi_hash.sh: the kit's interface has changed: run Tests/Tools/abi_hash.sh write and commit" \
      "Sources/LimnKit/CLimnPlugin/include/limn_abi_hash.h" >&2
    exit 1
  fi
  ;;
*)
  sed -n '2p' "$0" >&2
  exit 64
  ;;
esac
