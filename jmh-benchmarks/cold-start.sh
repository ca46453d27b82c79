#!/usr/bin/env bash
# Compares cold starts: a JVM loads a DCN-V2 and scores one request of 100 candidates, by us and by
# onnxruntime in turns, each without and with an AOT cache (JEP 514) of its own. Prints medians over
# whole processes. Builds what is not built.
#
#   jmh-benchmarks/cold-start.sh [PROCESSES]      of each side; 20 unless given
#
#   OURS_JVM_OPTS, THEIRS_JVM_OPTS   JVM flags of a side, such as --add-modules jdk.incubator.vector
set -eu

case ${1:-20} in
  *[!0-9]* | 0*)
    echo 'usage: jmh-benchmarks/cold-start.sh [PROCESSES]' >&2
    exit 2
    ;;
esac
processes=${1:-20}
here=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)

# The launcher builds the jar and finds the JDK; which one, its JVM tells.
"$here/../recallrank" bench --peers --help >/dev/null
java_home=$(RECALLRANK_JVM_OPTS=-XshowSettings:properties "$here/../recallrank" bench --peers --help \
  2>&1 | sed -n 's/^ *java\.home = //p')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A jar for each side with what a service would have, as a JVM reads the index of all its jars.
jar_of() {
  mkdir "$work/$1"
  (cd "$work/$1" && "$java_home/bin/jar" --extract --file "$here/target/peers/benchmarks.jar" "${@:2}")
  "$java_home/bin/jar" --create --file "$work/$1.jar" -C "$work/$1" .
}
jar_of ours org/recallrank/kernels org/recallrank/tensor org/recallrank/autograd \
  org/recallrank/model org/recallrank/bench/coldstart com/google/gson META-INF/services
jar_of theirs ai/onnxruntime org/recallrank/bench/coldstart org/recallrank/bench/peers/maven

all() { "$java_home/bin/java" -cp "$here/target/peers/benchmarks.jar" "$@" 2>/dev/null; }
all org.recallrank.bench.coldstart.ColdStartRun "$work/run"
all org.recallrank.bench.peers.maven.OnnxExport "$work/run" "$work/dcnv2.onnx"

# Word splitting of the flags is wanted. The arguments are more flags.
# shellcheck disable=SC2086
ours() {
  "$java_home/bin/java" "$@" ${OURS_JVM_OPTS:-} -cp "$work/ours.jar" \
    org.recallrank.bench.coldstart.RecallRankColdStart "$work/run"
}
# shellcheck disable=SC2086
theirs() {
  "$java_home/bin/java" --enable-native-access=ALL-UNNAMED "$@" ${THEIRS_JVM_OPTS:-} \
    -cp "$work/theirs.jar" org.recallrank.bench.peers.maven.OnnxColdStart "$work/dcnv2.onnx"
}
ours_cached() { ours -XX:AOTCache="$work/ours.aot" -XX:AOTMode=on; }
theirs_cached() { theirs -XX:AOTCache="$work/theirs.aot" -XX:AOTMode=on; }
ours -XX:AOTCacheOutput="$work/ours.aot" >/dev/null 2>&1
theirs -XX:AOTCacheOutput="$work/theirs.aot" >/dev/null 2>&1

TIMEFORMAT='%R %U %S'
timed() {
  if ! { time "$1" >"$work/$1.answer" 2>"$work/$1.messages"; } 2>>"$work/$1.times"; then
    cat "$work/$1.messages" >&2
    exit 1
  fi
}

for ((i = 0; i < processes; i++)); do
  if ((i % 2 == 0)); then
    timed ours && timed theirs && timed ours_cached && timed theirs_cached
  else
    timed theirs_cached && timed ours_cached && timed theirs && timed ours
  fi
  paste "$work/ours.answer" "$work/ours_cached.answer" | awk '
    $1 != $2 { print "with a cache the answer is " $2 ", without " $1; exit 1 }'
  paste "$work/ours.answer" "$work/theirs.answer" | awk '
    { difference = $1 - $2 }
    difference > 1e-5 || difference < -1e-5 { print "the sides answer " $1 " and " $2; exit 1 }'
done

# Milliseconds: the median of a sum of columns.
median() {
  awk "{ print 1000 * ($2) }" "$work/$1.times" | sort -n |
    awk '{ v[NR] = $1 } END { printf "%.0f", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
printf '%-14s %14s %8s\n' '' 'processor, ms' 'wall, ms'
for side in ours theirs ours_cached theirs_cached; do
  printf '%-14s %14s %8s\n' "$side" "$(median $side '$2 + $3')" "$(median $side '$1')"
done
