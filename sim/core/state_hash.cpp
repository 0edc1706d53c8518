#include "sim/core/state_hash.hpp"

#include <xxhash.h>

namespace heddle::sim {

void StateHasher::bytes(const void* begin, std::size_t count) {
  const XXH128_hash_t hash = XXH3_128bits(begin, count);
  values(count, hash.low64, hash.high64);
}

StateHash StateHasher::end() const {
  const XXH128_hash_t hash = XXH3_128bits(words_.data(), used_ * sizeof words_[0]);
  return {hash.low64, hash.high64};
}

}  // namespace heddle::sim
