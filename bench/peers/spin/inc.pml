// N processes add to a counter K times each: inc of bench/measure/programs.cpp, step by step.
int counter;
active [N] proctype adder() {
  byte round;
end:
  do
  :: d_step { round < K -> counter++; round++ }
  od
}
