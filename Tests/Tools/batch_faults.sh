#!/usr/bin/env bash
# Ends `limn batch` in every way that machines do, starts it again, and compares what comes of it with an undisturbed run.
#
#   Tests/Tools/batch_faults.sh .build/release/limn [KILLS] [PICTURES]
#   Tests/Tools/batch_faults.sh .build/release/limn 4 40     # in less than a minute
#
# The part with a full disk mounts a small file system, for which it must be root; it is left out otherwise.
set -euo pipefail
limn=$(realpath "$1") kills=${2:-20} pictures=${3:-240}
work=$(mktemp -d) && cd "$work"
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "batch_faults: $1" >&2; exit 1; }
# What a command ends with.
status() { local code=0; "$@" >log 2>&1 || code=$?; echo $code; }
same() { diff -r "$1" "$2" >difference 2>&1 || { head -5 difference; fail "$3"; }; }

"$limn" scenes -o scenes --count "$pictures" --side 96
options=(scenes/images.npy --methods 'grad-cam,integrated-gradients' --metrics sparseness --save npy,zarr,report)
start=$(date +%s%N)
"$limn" batch "${options[@]}" -o whole >log
took=$((($(date +%s%N) - start) / 1000000))
echo "undisturbed: $took ms"

# Killed at random moments, until one attempt comes through; more attempts after that find everything finished.
killed=0
for attempt in $(seq 1 400); do
  "$limn" batch "${options[@]}" -o killed >log 2>&1 & child=$!
  [ "$killed" -lt "$kills" ] || { wait $child; break; }
  python3 -c "import random, time; time.sleep(random.uniform(0, $took / 1000 * 0.5))"
  if kill -9 $child 2>/dev/null; then killed=$((killed + 1)); fi
  wait $child 2>/dev/null || true
  # Half of the time from the beginning, lest only the end be tried.
  if [ -e killed/manifest.json ] && [ $((attempt % 2)) -eq 0 ]; then same killed whole "a killed run differs"; rm -rf killed; fi
done
same killed whole "what runs killed $killed times left differs from an undisturbed run"
[ ! -e killed/.unfinished ] || fail "something unfinished is left"
echo "killed $killed times: the same"

# A signal that asks: the picture at hand is finished, nothing unfinished stays, and the status says that it may be tried
# again.
stopped=0
for part in 1 2 3 4 5; do
  rm -rf asked
  "$limn" batch "${options[@]}" -o asked >log 2>&1 & child=$!
  python3 -c "import time; time.sleep(0.3 + $took / 1000 * 0.15 * $part)"
  kill -TERM $child 2>/dev/null || true
  code=0; wait $child || code=$?
  case $code in
    75) stopped=$((stopped + 1)); [ ! -e asked/manifest.json ] || fail "SIGTERM ends with 75, and all is done" ;;
    0) [ -e asked/manifest.json ] || fail "SIGTERM ends with 0, and not all is done" ;;
    *) fail "SIGTERM ends with $code: $(cat log)" ;;
  esac
  [ ! -e asked/.unfinished ] || fail "after SIGTERM something unfinished is left: $(ls -R asked/.unfinished | head -5)"
  "$limn" batch "${options[@]}" -o asked >log
  same asked whole "a run that was asked to stop differs"
done
[ $stopped -gt 0 ] || fail "SIGTERM came too late each time"
echo "SIGTERM: $stopped of 5 stopped with 75, nothing left, then the same"

# Two at once.
"$limn" batch "${options[@]}" -o two >log1 2>&1 & first=$!
"$limn" batch "${options[@]}" -o two >log2 2>&1 & second=$!
wait $first && wait $second || fail "one of two runs failed: $(cat log1 log2)"
same two whole "two runs at once differ"
echo "two at once: the same"

# Half-written leftovers.
cp -r whole leftovers
mkdir -p leftovers/.unfinished/1-2 && echo half >leftovers/.unfinished/1-2/3 && : >leftovers/.unfinished/1-2/lock
for file in $(find leftovers/records leftovers/maps leftovers/thumbnails -type f | sort | awk 'NR % 7 == 0'); do
  truncate -s "$(($(stat -c %s "$file") / 2))" "$file"
done
rm leftovers/manifest.json
"$limn" batch "${options[@]}" -o leftovers >log
same leftovers whole "half-written files were taken for whole"
echo "half-written leftovers: the same"

# Shards on several processes, one of them killed.
printf '%s\n' 0 1 2 3 | xargs -P 2 -I{} "$limn" batch "${options[@]}" -o shards --shard {}/4 >log
[ "$(status "$limn" merge shards)" -eq 0 ] || fail "the shards do not merge: $(cat log)"
rm shards/shards/00002-of-00004/manifest.json
[ "$(status "$limn" merge shards)" -eq 75 ] || fail "a missing shard is merged: $(cat log)"
"$limn" batch "${options[@]}" -o shards --shard 2/4 >log
"$limn" merge shards >log
rm -rf shards/shards
same shards whole "merged shards differ"
echo "shards: the same"

# A folder that may not be written; root may write anywhere but into what is read-only.
mkdir readonly && chmod a-w readonly
if [ "$(id -u)" -ne 0 ]; then
  [ "$(status "$limn" batch "${options[@]}" -o readonly/out)" -eq 73 ] || fail "a read-only folder: $(cat log)"
  echo "read-only folder: 73"
fi
[ "$(status "$limn" batch "${options[@]}" -o /proc/limn)" -eq 73 ] || [ "$(status "$limn" batch "${options[@]}" -o /proc/limn)" -eq 75 ] \
  || fail "an impossible folder: $(cat log)"

# A disk that is full, and then is not.
mkdir small
if mount -t tmpfs -o size=400k tmpfs small 2>/dev/null; then
  [ "$(status "$limn" batch "${options[@]}" -o small/out)" -eq 75 ] || fail "a full disk: $(cat log)"
  mount -o remount,size=64m small
  "$limn" batch "${options[@]}" -o small/out >log
  same small/out whole "after a full disk the results differ"
  mount -o remount,ro small
  [ "$(status "$limn" batch "${options[@]}" --again -o small/other)" -eq 73 ] || fail "a read-only disk: $(cat log)"
  echo "full disk: 75, then the same; read-only disk: 73"
else
  echo "full disk: left out, it takes the right to mount"
fi

# A long list, nearly all of whose names are wrong.
seq 1 100000 | sed 's|.*|nowhere/&.jpg|' >long.txt
"$limn" batch scenes/images.npy --methods grad-cam --save none --shard 0/$pictures -o tmp >log
[ "$(status "$limn" batch --list long.txt --methods grad-cam --save none -o long)" -eq 3 ] || fail "a long list: $(cat log)"
[ "$(wc -l <long/results.jsonl)" -eq 100000 ] || fail "a long list has $(wc -l <long/results.jsonl) results"
echo "100000 names: all told"

# What no attempt mends.
[ "$(status "$limn" batch scenes --model nowhere.onnx -o x)" -eq 66 ] || fail "a missing network: $(cat log)"
[ "$(status "$limn" batch scenes/images.npy --methods nonsense -o x)" -eq 64 ] || fail "a wrong method: $(cat log)"
[ "$(status "$limn" batch nowhere -o x)" -eq 66 ] || fail "a missing folder: $(cat log)"
echo "mistakes: never to be tried again"
