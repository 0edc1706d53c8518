// Which of a model's defects are switched on.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace heddle::sim {

/// A set of enumerators of `Defect`, whose values are 0..63 and stand for one bit each.
template <class Defect>
class DefectSet {
 public:
  constexpr DefectSet() = default;
  constexpr explicit DefectSet(std::uint64_t bits) : bits_(bits) {}
  constexpr DefectSet(std::initializer_list<Defect> defects) {
    for (Defect defect : defects) bits_ |= bit(defect);
  }
  constexpr bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  constexpr std::uint64_t bits() const { return bits_; }

 private:
  static constexpr std::uint64_t bit(Defect defect) {
    return std::uint64_t{1} << static_cast<unsigned>(defect);
  }
  std::uint64_t bits_ = 0;
};

}  // namespace heddle::sim
