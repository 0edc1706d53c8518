// Searches by reduction, and the executions that they make, to be compared one by one.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

#include "sim/choice/choice.hpp"
#include "sim/explore/dfs.hpp"
#include "sim/explore/execution.hpp"
#include "sim/explore/measured.hpp"
#include "sim/explore/order.hpp"

namespace heddle::tests {

/// More executions are not compared.
inline constexpr std::size_t made_max = 2'000;

/// A search with the memory that it lies in.
class SearchOf {
 public:
  explicit SearchOf(sim::Reduction reduction,
                    std::uint32_t preemptions = sim::no_preemption_bound) {
    const bool compares_states = reduction == sim::Reduction::states;
    if (reduction == sim::Reduction::none || compares_states)
      search_ = std::make_unique<sim::DepthFirstSearch>(
          memory_, order_,
          sim::DepthFirstSearch::Options{preemptions, choices_max, compares_states});
    else
      search_ = std::make_unique<sim::MeasuredDpor>(
          memory_, sim::Dpor::Options{reduction, 1'000, preemptions});
  }
  SearchOf(const SearchOf&) = delete;
  SearchOf& operator=(const SearchOf&) = delete;

  sim::SplitSearch* operator->() const { return search_.get(); }
  sim::SplitSearch& operator*() const { return *search_; }

  static constexpr std::size_t choices_max = 10'000;

 private:
  std::pmr::monotonic_buffer_resource memory_;
  sim::StayOrder order_;
  std::unique_ptr<sim::SplitSearch> search_;
};

/// An execution as far as searches are concerned.
struct Made {
  sim::Outcome outcome{};
  std::vector<sim::Choice> choices;
  friend bool operator==(const Made&, const Made&) = default;
};

inline Made make_next(sim::Execution& execution, sim::Strategy& search, std::uint64_t index) {
  std::vector<sim::Choice> room(SearchOf::choices_max);
  volatile std::uint64_t size = 0;
  Made made;
  made.outcome = execution.run(search.begin(index), {room.data(), room.size(), &size});
  search.end(made.outcome);
  made.choices.assign(room.data(), room.data() + size);
  return made;
}

/// All executions, at most made_max, that the search makes by itself.
inline std::vector<Made> explored_whole(sim::Execution& execution, sim::Reduction reduction,
                                        std::uint32_t preemptions = sim::no_preemption_bound) {
  std::vector<Made> all;
  SearchOf search(reduction, preemptions);
  while (search->has_next() && all.size() < made_max)
    all.push_back(make_next(execution, *search, all.size()));
  return all;
}

}  // namespace heddle::tests
