#!/bin/sh
# Makes an AOT cache (JEP 514), with which a JVM that loads a run and scores starts in a fraction of
# the time: java -XX:AOTCache=CACHE -cp JARS:... (docs/COLDSTART.md).
#
#   aot-cache.sh RUN CACHE                    of a JVM that has the five jars that score on its class
#                                             path, in the order that this script prints; its own
#                                             jars stand behind them
#   aot-cache.sh RUN CACHE -- FLAGS... MAIN ARGS...
#                                             of a program of one's own: what stands behind -- is
#                                             what follows "java", and it must end by itself
#
# RECALLRANK_JAVA or JAVA_HOME say which JDK; the JVM that uses the cache must be the same build.
# With AOT_JVM_OPTS (flags such as --add-modules jdk.incubator.vector) the JVM must be started with
# the same flags. The jars are those of cli/target/lib; AOT_JARS names another folder.
set -eu

say() { printf 'aot-cache.sh: %s\n' "$*" >&2; }

usage() {
  say "expected RUN CACHE [-- what follows java], found $# arguments"
  exit 2
}

[ $# -ge 2 ] || usage "$@"
run=$1 cache=$2
shift 2
[ -f "$run/model.safetensors" ] || {
  say "$run: expected a run folder with model.safetensors, found none"
  exit 2
}

root=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)
home=${RECALLRANK_JAVA:-${JAVA_HOME:-}}
java=${home:+$home/bin/}java javac=${home:+$home/bin/}javac jar=${home:+$home/bin/}jar

if [ $# -gt 0 ]; then
  [ "$1" = -- ] && [ $# -gt 1 ] || usage "$run" "$cache" "$@"
  shift
  # shellcheck disable=SC2086
  exec "$java" -XX:AOTCacheOutput="$cache" ${AOT_JVM_OPTS:-} "$@"
fi

# A cache serves every class path that begins as the one that it was made with: what stands behind
# may differ, so the rehearsal is in a jar of its own at the end.
jars=
folder=${AOT_JARS:-$root/cli/target/lib}
for name in gson recallrank-kernels recallrank-tensor recallrank-autograd recallrank-rar-model; do
  for found in "$folder/$name"-[0-9]*.jar; do
    [ -f "$found" ] || {
      say "$folder: expected $name-VERSION.jar, found none; build first (mvn -DskipTests package)"
      exit 2
    }
    jars=$jars$found:
  done
done
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
"$javac" -cp "$jars" -d "$work/classes" "$root/rar-model/src/aot/Rehearsal.java"
"$jar" -c -f "$work/rehearsal.jar" -C "$work/classes" .
# shellcheck disable=SC2086
"$java" -XX:AOTCacheOutput="$cache" ${AOT_JVM_OPTS:-} -cp "$jars$work/rehearsal.jar" Rehearsal "$run"
printf 'use: java -XX:AOTCache=%s -cp %s...\n' "$cache" "$jars"
