// A system of known faults: tasks that add to counters, with and without a lock.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <rapidcheck.h>

#include "heddle/property.hpp"

namespace heddle::tests {

/// How often each task adds to the counter.
struct Work {
  std::vector<int> adds;
  friend bool operator==(const Work&, const Work&) = default;

  std::string text() const {
    std::string text = "adds";
    for (const int count : adds) text += " " + std::to_string(count);
    return text;
  }
  static Result<Work> parse(std::string_view text) {
    TextReader reader(text);
    Work work;
    reader.expect("adds");
    while (reader.take(" ")) work.adds.push_back(static_cast<int>(reader.number(0, 9)));
    if (work.adds.size() > 4) reader.fail("expected at most 4 tasks");
    return reader.finish(std::move(work));
  }
  friend std::ostream& operator<<(std::ostream& stream, const Work& work) {
    return stream << work.text();
  }
};

}  // namespace heddle::tests

template <>
struct rc::Arbitrary<heddle::tests::Work> {
  static Gen<heddle::tests::Work> arbitrary() {
    const auto adds = gen::container<std::vector<int>>(gen::resize(100, gen::inRange(0, 4)));
    return gen::map(gen::resize(4, adds),
                    [](std::vector<int> counts) { return heddle::tests::Work{std::move(counts)}; });
  }
};
