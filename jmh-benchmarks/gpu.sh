#!/bin/sh
# Checks and measures the OpenCL backend on this machine, which needs an OpenCL driver but neither
# Java nor Maven: both come with the folder that gpu-bundle.sh makes.
#
#   FOLDER/gpu.sh [OPTION]...                   as it lies in that folder
#   jmh-benchmarks/gpu.sh FOLDER [OPTION]...    the same from the sources; --help tells the options
#
#   RECALLRANK_JVM_OPTS  more JVM flags, for example -Xmx8g
set -eu

folder=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)
if [ ! -x "$folder/runtime/bin/java" ]; then
  folder=${1:-}
  if [ ! -x "$folder/runtime/bin/java" ]; then
    echo 'gpu.sh: expected as first argument the folder that gpu-bundle.sh has made,' \
      "found '${1:-}'" >&2
    exit 2
  fi
  shift
fi

# As in the launcher: OpenCL drivers replace signal handlers of the JVM, and libjsig keeps both.
jsig=$folder/runtime/lib/libjsig.so
[ ! -r "$jsig" ] || export LD_PRELOAD="$jsig${LD_PRELOAD:+:$LD_PRELOAD}"

# The heap holds 100 million signatures and what it takes to train with 65536 rows a step.
# shellcheck disable=SC2086 # several flags
exec "$folder/runtime/bin/java" --add-modules jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED -XX:Tier3DelayOn=100000 -XX:MaxRAMPercentage=60 \
  ${RECALLRANK_JVM_OPTS:-} -cp "$folder/recallrank-gpu.jar" org.recallrank.bench.gpu.GpuCommand "$@"
