#include "scenarios/families/lu_ref_support.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/slab.hpp"

namespace heddle::scenarios::lu_ref {

using sim::Machine;

// ---- Subject ------------------------------------------------------------------------------------

namespace {
Parameters with(Parameters parameters, DefectBits defects, SequentialSpec& spec) {
  parameters.defects = Defects(defects);
  parameters.listener = &spec;
  return parameters;
}
}  // namespace

Subject::Subject(World& world, DefectBits defects, Parameters parameters)
    : world_(world),
      spec_(world.create<SequentialSpec>()),
      module_(world.create<Module>(with(parameters, defects, spec_))) {
  world.name(module_, "lu_ref");
  world.name(module_.refs_guard(), "refs_guard");
  world.name(module_.all(), "all_refs");
}

void Subject::load() { module_.global_init(); }
void Subject::unload() { module_.global_fini(); }

Owner* Subject::owner() {
  auto* owner = static_cast<Owner*>(kernel::kzalloc(sizeof(Owner), kernel::GFP_KERNEL));
  name(owner);
  init(&owner->ref);
  return owner;
}

void Subject::name(const Owner* owner) {
  struct Names {
    const char* ref;
    const char* guard;
    const char* list;
    const char* refs;
    const char* failed;
    const char* linkage;
  };
  static constexpr std::array<Names, 3> names = {{
      {"x", "x.guard", "x.list", "x.refs", "x.failed", "x.linkage"},
      {"y", "y.guard", "y.list", "y.refs", "y.failed", "y.linkage"},
      {"z", "z.guard", "z.list", "z.refs", "z.failed", "z.linkage"},
  }};
  const Names& chosen = names[owners_++ % names.size()];
  world_.name(owner->ref, chosen.ref);
  world_.name(owner->ref.guard, chosen.guard);
  world_.name(owner->ref.list, chosen.list);
  world_.name(owner->ref.refs, chosen.refs);
  world_.name(owner->ref.failed, chosen.failed);
  world_.name(owner->ref.linkage, chosen.linkage);
}

void Subject::retire(Owner* owner) {
  fini(&owner->ref);
  kernel::kfree(owner);
}

void Subject::returned() {
  if (kernel::still_expects_assertion())
    world_.fail(FindingKind::not_linearizable,
                "the call returned, where the specification asks for a report");
}

void Subject::init(Ref* ref) {
  module_.init(ref, "owner", 7);
  returned();
}
void Subject::fini(Ref* ref) {
  module_.fini(ref);
  returned();
}
Link* Subject::add(Ref* ref, const char* scope, const void* source) {
  Link* link = module_.add(ref, scope, source);
  returned();
  return link;
}
Link* Subject::add_atomic(Ref* ref, const char* scope, const void* source) {
  Link* link = module_.add_atomic(ref, scope, source);
  returned();
  return link;
}
void Subject::del(Ref* ref, const char* scope, const void* source) {
  module_.del(ref, scope, source);
  returned();
}
void Subject::set_at(Ref* ref, Link* link, const char* scope, const void* source0,
                     const void* source1) {
  module_.set_at(ref, link, scope, source0, source1);
  returned();
}
void Subject::del_at(Ref* ref, Link* link, const char* scope, const void* source) {
  module_.del_at(ref, link, scope, source);
  returned();
}

void Subject::watch(Owner* owner) {
  Module* module = &module_;
  const Ref* ref = &owner->ref;
  world_.invariant("refs equals the number of links", &owner->ref.guard,
                   [module, ref] { return module->refs_equal_links(ref); });
  world_.invariant("every link leads back to its ref", &owner->ref.guard,
                   [module, ref] { return module->links_lead_back(ref); });
}

void Subject::clean_up_at_end(Owner* first, Owner* second) {
  world_.finally([this, first, second] {
    retire(first);
    if (second != nullptr) retire(second);
    unload();
  });
}

// ---- Cat ----------------------------------------------------------------------------------------

int Cat::open() {
  kernel::file* opened = kernel::sys_open(&module_.proc(), "lu_refs");
  if (kernel::IS_ERR(opened)) return static_cast<int>(kernel::PTR_ERR(opened));
  file_ = opened;
  return 0;
}

bool Cat::read_all(std::size_t bytes, int reads_max) {
  for (int reads = 0; reads < reads_max && size_ < bytes_max; ++reads) {
    const std::size_t wanted = std::min(bytes, bytes_max - size_);
    const kernel::ssize_t got = kernel::sys_read(file_, text_ + size_, wanted);
    if (got <= 0) return got == 0;
    size_ += static_cast<std::size_t>(got);
  }
  return false;
}

void Cat::rewind() { kernel::sys_lseek(file_, 0); }
void Cat::close() { kernel::sys_close(file_); }

int Cat::times_shown(const Ref* ref) const {
  const Machine::EngineScope engine(Machine::running());
  std::array<char, 32> wanted{};
  std::snprintf(wanted.data(), wanted.size(), "ref %p links", static_cast<const void*>(ref));
  const std::string_view text(text_, size_);
  int times = 0;
  for (std::size_t at = text.find(wanted.data()); at != std::string_view::npos;
       at = text.find(wanted.data(), at + 1))
    ++times;
  return times;
}

}  // namespace heddle::scenarios::lu_ref
