// Misuse of memory: accesses after a free or outside of every block, reads of bytes that nobody
// wrote, double frees. By the shadow's state of each byte; stacks are not checked.
//
// Uninitialised bytes: what memcpy and memmove carry along stays uninitialised, and reading it as
// part of a copy is fine. A scalar read is a finding if none of its bytes was written, since
// compilers copy small structures, padding included, by one read and one write. A read that
// discloses bytes to the user is a finding if any of them was not written.
//
// `free` is expected before the block is freed; with event_not_a_block if it must not be freed.
#pragma once

#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"

namespace heddle::checkers {

class HeapChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  bool wants_accesses() const override { return true; }
  std::uint8_t needs_not() const override { return sim::noted_bytes; }
  void begin(sim::Machine& machine) override { shadow_ = &machine.shadow(); }
  void event(sim::Machine& machine, const sim::Event& event) override;
  void access(sim::Machine& machine, const sim::Access& access) override;
  bool heeds_past() const override { return false; }
  bool archive(sim::Archive&) override { return true; }
  void copy(sim::Machine& machine, std::uintptr_t to, std::uintptr_t from,
            std::size_t size) override;

 private:
  /// What is done to bytes of the heap, and by whom.
  struct Use {
    std::uintptr_t address = 0;
    std::size_t size = 0;
    bool reads = false;  // and must find something written there
    bool writes = false;
    sim::Place place;
    const char* verb = "";
  };

  void check(sim::Machine& machine, const Use& use);
  void check_disclosed(sim::Machine& machine, const sim::Access& access);
  void check_free(sim::Machine& machine, const sim::Event& event);
  bool is_unwritten(const Use& use) const;
  bool have_all(std::uintptr_t address, std::size_t size, unsigned bits) const;
  void report_inaccessible(sim::Machine& machine, const Use& use, std::uintptr_t byte);
  void report_unwritten(sim::Machine& machine, const Use& use);

  sim::Shadow* shadow_ = nullptr;
};

}  // namespace heddle::checkers
