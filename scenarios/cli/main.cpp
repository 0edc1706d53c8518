// The program `heddle`. It holds code under test (the properties), so it stays a single call.
#include "scenarios/cli/entry.hpp"

int main(int count, char** arguments) { return heddle::cli::run(count, arguments); }
