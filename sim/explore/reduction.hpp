// Which executions an exhaustive search may leave out. Executions that differ only in the order of
// independent steps are equivalent (one Mazurkiewicz trace); and what follows from equal states is
// equal.
#pragma once

#include <cstdint>
#include <string_view>

namespace heddle::sim {

enum class Reduction : std::uint8_t {
  none,  ///< all executions are made (DepthFirstSearch): the oracle that the others are tested with
  sleep,    ///< sleep sets: every order is begun, and given up where it is seen to be redundant
  source,   ///< source-DPOR: only orders that reverse a race are begun; some are given up
  optimal,  ///< optimal DPOR: one execution for each trace
  states    ///< a state is explored once, however it is reached (DepthFirstSearch)
};
std::string_view word(Reduction reduction);
/// The inverse of word(). @returns false for a word that is none.
bool reduction_from(std::string_view word, Reduction& reduction);

}  // namespace heddle::sim
