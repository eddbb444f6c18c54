#!/usr/bin/env bash
# Runs this example with the libraries and headers that scripts/setup put into
# the cache folder: run.sh [test]. graft links libtensorflow, so it needs both
# when it is built; gotf opens the same file when it runs.
#
#   VERSION  of TensorFlow, 2.18.0
#   LIB      a folder with the libraries, instead of the cache's
#   INCLUDE  a folder with the headers, instead of the cache's
set -euo pipefail
cd "$(dirname "$0")"

version=${VERSION:-2.18.0}
cache=${XDG_CACHE_HOME:-$HOME/.cache}
lib=${LIB:-$cache/gotf/tensorflow-cpu-$version}
include=${INCLUDE:-$lib/include}
for file in "$lib/libtensorflow_cc.so.2" "$include/tensorflow/c/c_api.h"; do
  [ -e "$file" ] || {
    echo "run.sh: $file is missing: run scripts/setup --version $version" >&2
    exit 1
  }
done

# The linker wants names without a version. The folder stays, since its name is
# part of what go's build cache remembers.
links=$cache/gotf-graft/$version
mkdir -p "$links"
for name in libtensorflow.so libtensorflow_cc.so.2; do
  ln -sf "$lib/libtensorflow_cc.so.2" "$links/$name"
done
ln -sf "$lib/libtensorflow_framework.so.2" "$links/libtensorflow_framework.so.2"

export CGO_ENABLED=1 CGO_CFLAGS="-I$include" CGO_LDFLAGS="-L$links -Wl,-rpath,$lib"
export GOTF_LIB=$lib
case ${1:-run} in
  run) exec go run . ;;
  test) shift && exec go test "$@" . ;;
  *)
    echo "usage: run.sh [run|test]" >&2
    exit 2
    ;;
esac
