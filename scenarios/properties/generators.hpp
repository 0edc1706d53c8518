// What the generators of workloads share.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <rapidcheck.h>

namespace heddle::scenarios {

/// A whole number (or an enumerator) below `count`, whatever the size is: small ranges do not grow.
/// Shrinks to 0.
template <class Integer>
rc::Gen<Integer> below(int count) {
  return rc::gen::map(rc::gen::resize(100, rc::gen::inRange(0, count)),
                      [](int number) { return static_cast<Integer>(number); });
}

/// At most 1 + size * more / 100 of them.
template <class T>
rc::Gen<std::vector<T>> some(std::size_t more, rc::Gen<T> gen) {
  return rc::gen::withSize([more, gen = std::move(gen)](int size) {
    const auto most = 1 + static_cast<int>(static_cast<std::size_t>(size) * more / 100);
    return rc::gen::resize(most, rc::gen::container<std::vector<T>>(rc::gen::resize(size, gen)));
  });
}

}  // namespace heddle::scenarios
