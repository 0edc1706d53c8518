# heddle replay --gdb: gdb stops ahead of a step, lists contexts, and shows the stack of one that is
# suspended.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

trace=$SOURCE_DIR/traces/corpus/loop/close_races_remove/b-use_after_free.trace
expect 0 replay "$trace" --until 30 --here
prints 'the execution is over'
expect 0 replay "$trace" --until 3000 --here
prints 'the execution is over before step 3000'
expect 2 replay "$trace" --until 0 --here
refuse 2 "cannot read the trace 'absent.trace'" replay absent.trace --gdb
if ! command -v gdb >/dev/null || [[ $(uname -m) != x86_64 ]]; then
  printf 'there is no gdb, or not for this processor: the rest is left out\n'
  exit "$status"
fi

printf '%s\n' 'heddle contexts' 'heddle stack closer' 'backtrace 1' 'heddle stack remover' \
  'heddle stack nobody' 'heddle step' 'heddle contexts' 'continue' quit >commands
timeout 100 "$HEDDLE" replay "$trace" --until 30 --gdb <commands >gdb.txt 2>&1 ||
  complain "gdb ended with $?"
# said PATTERN: gdb printed a line with it.
said() {
  grep --quiet -- "$1" gdb.txt || complain "gdb does not say '$1': $(<gdb.txt)"
}
said 'after step 29'
said '1  cpu0  closer .*exchange .*refcount.hpp:'
said '\* *2  cpu1  remover '
said '^(gdb) closer on cpu0'
said 'BlockLayer::put_disk (this=.*'
said 'Machine::enter (argument='
said "there is no context 'nobody', but: boot, closer, remover"
said 'after step 30'
# The registers are as before: the stop is still where it was.
said '#0 .*heddle_before_step'
exit "$status"
