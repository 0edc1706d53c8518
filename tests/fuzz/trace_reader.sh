#!/usr/bin/env bash
# The trace reader under libFuzzer for a few seconds, from traces of the corpus: no crash, hang or
# unbounded memory on any bytes. Longer: FUZZ_RUNS=10000000 ./dev test -R fuzz
set -euo pipefail

if ! command -v clang++-19 >/dev/null ||
  [[ ! -e $(clang++-19 --print-file-name=libclang_rt.fuzzer-x86_64.a) &&
    ! -e $(clang++-19 --print-runtime-dir)/libclang_rt.fuzzer-x86_64.a &&
    ! -e $(clang++-19 --print-runtime-dir)/libclang_rt.fuzzer.a ]]; then
  echo 'there is no clang 19 with libFuzzer (libclang-rt-19-dev): left out'
  exit 77
fi

# Two pieces with several sources each: their headers are what takes time to compile. Undefined
# behaviour is looked for where AddressSanitizer does not see it anyhow.
include() {
  printf '#include "%s"\n' "$@"
}
include tests/fuzz/trace_reader.cpp traces/{format,nearest,reader,token,trace}.cpp \
  sim/choice/choice.cpp >first.cpp
include sim/core/{check,event,finding}.cpp sim/machine/config.cpp >second.cpp
undefined=signed-integer-overflow,shift,bounds,enum,bool,integer-divide-by-zero,float-cast-overflow
clang++-19 -std=c++20 -O1 -g0 "-fsanitize=fuzzer,address,$undefined" -fno-sanitize-recover=all \
  -I "$SOURCE_DIR" first.cpp second.cpp -o trace_reader -lfmt -lxxhash

# Small ones, one of each model, and one with a workload.
mkdir seeds
while IFS= read -r trace; do
  # Comments are many bytes that mean nothing.
  sed '/^#/d' "$trace" >"seeds/$(basename "$trace")"
done < <(find "$SOURCE_DIR/traces/corpus" -name '*.trace' -size -5k | sort | awk 'NR % 6 == 0')
cp "$SOURCE_DIR"/tests/fuzz/seeds/* seeds/

# The words of the format, for mutations.
./trace_reader -runs="${FUZZ_RUNS:-12000}" -seed=24301 -max_len=6000 -timeout=10 \
  -rss_limit_mb=512 -dict="$SOURCE_DIR/tests/fuzz/trace.dict" -print_final_stats=1 seeds \
  >fuzz.txt 2>&1 || {
  tail -n 40 fuzz.txt
  exit 1
}
grep 'stat::number_of_executed_units' fuzz.txt
