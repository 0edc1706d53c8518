// Data races: two contexts access the same bytes, one of them writes, not both accesses are atomic,
// and nothing orders them. Seen in every schedule in which both accesses happen, however far apart.
//
// Source: Flanagan and Freund, "FastTrack", CACM 2010, figure 5. Deviations: accesses are
// remembered by groups of bytes of a word, so that neighbouring fields are told apart, and for many
// words at once where all that happens to them is to be copied, cleared and freed together; atomic
// accesses, which race with plain ones only, are kept for each context; a plain access to bytes
// that its context has all written or read at that time of its own is not looked at again; freeing
// writes the whole block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkers/happens_before.hpp"
#include "sim/machine/config.hpp"
#include "sim/machine/machine.hpp"
#include "sim/machine/observer.hpp"
#include "sim/memory/shadow.hpp"

namespace heddle::checkers {

class RaceChecker final : public sim::Observer {
 public:
  sim::EventMask events() const override;
  bool wants_accesses() const override { return true; }
  std::uint8_t needs_not() const override { return sim::noted_order; }
  bool takes_order_from_accesses() const override { return true; }
  void begin(sim::Machine& machine) override;
  void event(sim::Machine& machine, const sim::Event& event) override;
  void access(sim::Machine& machine, const sim::Access& access) override;
  bool archive(sim::Archive& archive) override;

  /// The fields of heap blocks that were seen racing since this checker was made, over all
  /// executions; sorted, each once.
  const std::vector<sim::RacyField>& racy_fields() const { return racy_fields_; }

  const HappensBefore& order() const { return order_; }

 private:
  /// The last accesses of each context to a group, where one record is not enough.
  struct Wide {
    enum Row : unsigned { reads, atomic_reads, atomic_writes };
    static constexpr std::size_t row_count = 3;
    std::array<std::array<sim::AccessRecord, sim::contexts_max>, row_count> of;
    std::array<std::uint32_t, row_count> width{};  // how many entries of each row are in use
  };
  enum class Kind : std::uint8_t { read, write, atomic_read, atomic_write };
  static Kind kind_of(const sim::Access& access);
  static bool is_write(Kind kind) { return kind == Kind::write || kind == Kind::atomic_write; }
  static sim::Mode mode_of(Kind kind) {
    return is_write(kind) ? sim::Mode::write : sim::Mode::read;
  }
  static bool is_atomic(Kind kind) { return kind >= Kind::atomic_read; }

  struct Now;

  bool is_one_of_many_reads(const sim::Machine& machine, const sim::AccessGroup& group,
                            const sim::Access& access);
  void atomic_access(sim::Machine& machine, const sim::Access& access);
  bool is_ordered_atomic(const sim::Machine& machine, sim::AccessGroup& first,
                         const sim::Access& access);
  void share_tables();
  void look_closer(sim::Machine& machine, const sim::Access& access);
  void on_range(sim::Machine& machine, std::uintptr_t address, std::size_t size, const Now& now);
  void on_bytes(sim::Machine& machine, std::uintptr_t word, unsigned bytes, const Now& now);
  std::uint32_t remember_alike(sim::AccessLine& line, std::uint32_t words, const Now& now) const;
  bool is_ordered_plain(sim::AccessGroup& group, unsigned bytes, const Now& now);
  void on_word(sim::Machine& machine, std::uintptr_t word, unsigned bytes, const Now& now);
  void split(sim::AccessGroup& group, unsigned bytes);
  sim::AccessGroup* find_or_add(sim::AccessGroup& first, unsigned bytes);
  bool make_room();
  std::uint32_t add(const sim::AccessGroup& group);
  void check(sim::Machine& machine, std::uintptr_t word, const sim::AccessGroup& group,
             const Now& now);
  void check_row(sim::Machine& machine, std::uintptr_t word, const sim::AccessGroup& group,
                 Wide::Row row, const Now& now);
  void remember(sim::AccessGroup& group, const Now& now);
  /// Does what the context does now come after that access, or was there none?
  bool follows(const sim::AccessRecord& earlier, sim::ContextId context) const {
    return order_.ordered(earlier.context(), earlier.clock, context);
  }
  sim::AccessRecord record_of(const sim::Machine& machine, sim::ContextId context,
                              sim::Place place) const;
  Wide& wide_of(sim::AccessGroup& group);
  sim::AccessRecord& entry(Wide& wide, Wide::Row row, sim::ContextId id);
  void report(sim::Machine& machine, std::uintptr_t word, const sim::AccessGroup& group,
              const sim::AccessRecord& earlier, const char* verb, const Now& now);
  void add_racy_field(const sim::Machine& machine, std::uintptr_t address, unsigned size);

  HappensBefore order_;
  sim::Shadow* shadow_ = nullptr;
  std::vector<sim::AccessGroup> groups_;  // groups_[0] is nobody's
  std::vector<Wide> wides_;               // wides_[0] is nobody's
  std::size_t groups_used_ = 1;
  std::size_t wides_used_ = 1;
  std::vector<std::uint32_t> wides_free_;  // of those used
  std::vector<sim::RacyField> racy_fields_;
};

}  // namespace heddle::checkers
