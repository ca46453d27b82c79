#!/bin/sh
# Makes a folder with which gpu.sh runs on a bare Linux x86-64 machine: a Java runtime, the
# benchmarks and gpu.sh itself. Builds what is not built.
#
#   jmh-benchmarks/gpu-bundle.sh FOLDER
set -eu

most=60000000 # bytes
# What the jar uses of the JDK. JDBC, which two libraries know, is not used.
modules=java.base,java.logging,java.management,jdk.management,jdk.incubator.vector

say() { printf 'gpu-bundle: %s\n' "$*" >&2; }

if [ $# -ne 1 ] || [ "$1" = --help ] || [ "$1" = -h ]; then
  echo 'usage: jmh-benchmarks/gpu-bundle.sh FOLDER' >&2
  exit 2
fi
folder=$1
if [ -e "$folder" ]; then
  say "$folder is there already; name a new folder"
  exit 2
fi
here=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)

# The launcher builds the jar and finds the JDK; which one, its JVM tells.
"$here/../recallrank" bench --list >/dev/null
java_home=$(RECALLRANK_JVM_OPTS=-XshowSettings:properties "$here/../recallrank" bench --list 2>&1 |
  sed -n 's/^ *java\.home = //p')
for tool in jlink jar; do
  if [ ! -x "$java_home/bin/$tool" ]; then
    say "the Java in $java_home has no $tool; install a JDK, or name one: RECALLRANK_JAVA=FOLDER"
    exit 2
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

"$java_home/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files \
  --compress=zip-9 --output "$folder/runtime"
# jlink leaves the table of local symbols in the JVM's library: some 5 MB.
if command -v strip >/dev/null; then
  find "$folder/runtime" -name '*.so' -exec strip --strip-unneeded {} +
fi

# The jar without JMH, which starts JVMs of its own, and without other systems' libraries.
(
  cd "$work"
  "$java_home/bin/jar" --extract --file "$here/target/benchmarks.jar"
  rm -r org/openjdk org/apache/commons/math3 joptsimple org/recallrank/bench/jmh_generated \
    META-INF/BenchmarkList META-INF/CompilerHints META-INF/MANIFEST.MF
  find lib -name '*JOCL*' ! -name '*linux-x86_64*' -exec rm {} +
)
"$java_home/bin/jar" --create --file "$folder/recallrank-gpu.jar" -C "$work" .
cp "$here/gpu.sh" "$folder"

size=$(find "$folder" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
echo "$folder: $((size / 1000000)) MB ($size bytes)"
if [ "$size" -ge "$most" ]; then
  say "expected less than $most bytes, found $size"
  exit 1
fi
