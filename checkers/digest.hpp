// The fingerprint of an execution: a hash over all of its events. Equal choices must give equal
// digests, in every process and with every compiler.
#pragma once

#include <cstdint>

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

/// Each event counts by kind, context, CPU, step, object and value; places do not, since they
/// differ from build to build. A value that looks like an address outside of simulated memory
/// (code, static data) counts as "some address", since the system places those anew in every
/// process.
class Digest final : public sim::Observer {
 public:
  sim::EventMask events() const override { return sim::EventMask::all(); }
  void begin(sim::Machine&) override { hash_ = 0; }
  void event(sim::Machine& machine, const sim::Event& event) override;
  bool archive(sim::Archive& archive) override {
    archive.values(hash_);
    return true;
  }

  /// Of the events so far since the last begin().
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

}  // namespace heddle::checkers
