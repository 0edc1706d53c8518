// The tracked references: init, add, del, set_at, fini and the reports. Source of the behaviour:
// the patch "staging/lustre/obdclass: restore lu_ref" as posted on 2013-07-23.
#include "models/lu_ref/lu_ref.hpp"

#include <array>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/printk.hpp"
#include "sim/kernel/string.hpp"

namespace heddle::models::lu_ref {

using namespace kernel;

Module::Module(const Parameters& parameters)
    : parameters_(parameters),
      refs_guard_(has(Defect::init_resets_refs_guard) ? spinlock_t{}
                                                      : SPIN_LOCK_UNLOCKED("refs_guard")),
      chain_length_max_(parameters.chain_length_max) {
  INIT_LIST_HEAD(&all_);
  INIT_LIST_HEAD(&marker_.marker.linkage);
  marker_.module = this;
}

void Module::tell(const Operation& operation) {
  if (parameters_.listener != nullptr) parameters_.listener->linearized(operation);
}

// ---- module -------------------------------------------------------------------------------------

int Module::global_init() {
  if (has(Defect::init_resets_refs_guard)) spin_lock_init(&refs_guard_, "refs_guard");
  link_cache_ = kmem_cache_create("lu_ref_link_kmem", sizeof(Link));
  if (link_cache_ == nullptr) return -ENOMEM;
  const int error = create_proc_file();
  if (error != 0) {
    kmem_cache_destroy(link_cache_);
    link_cache_ = nullptr;
  }
  return error;
}

void Module::global_fini() {
  remove_proc_file();
  if (!has(Defect::shutdown_ignores_users)) wait_for_users();
  kmem_cache_destroy(link_cache_);
  link_cache_ = nullptr;
}

void Module::wait_for_users() {
  for (;;) {
    unsigned long flags = 0;
    lock_refs(flags);
    const bool in_use = !list_empty(&all_);
    unlock_refs(flags);
    if (!in_use) return;
    cpu_relax();
  }
}

// ---- life of a ref ------------------------------------------------------------------------------

void Module::init(Ref* ref, const char* func, int line) {
  unsigned long flags = 0;
  if (!has(Defect::misuse_goes_unnoticed)) {
    lock_refs(flags);
    const bool twice = is_linked(ref);
    if (twice) tell({Operation::Kind::init, ref});
    unlock_refs(flags);
    if (twice) {
      lbug("the ref is not initialised yet", parameters_.lbug);
      return;
    }
  }
  ref->refs = 0;
  ref->func = func;
  ref->line = line;
  if (!has(Defect::init_leaves_failed)) {
    ref->failed = 0;
    ref->flags = 0;
  }
  spin_lock_init(&ref->guard, "guard");
  INIT_LIST_HEAD(&ref->list);
  lock_refs(flags);
  ref->serial = ++serials_;
  tell({Operation::Kind::init, ref});
  list_add(&ref->linkage, &all_);
  unlock_refs(flags);
}

bool Module::is_linked(const Ref* ref) const {
  for (const list_head* at = all_.next; at != &all_; at = at->next)
    if (at == &ref->linkage) return true;
  return false;
}

void Module::fini(Ref* ref) {
  const bool guarded = !has(Defect::fini_reads_unguarded);
  const bool reports_guarded = !has(Defect::fini_reports_unguarded);
  const auto refuse_fini = [&](const char* condition, unsigned long& flags) {
    if (guarded && !reports_guarded) unlock(ref, flags);
    if (!guarded && reports_guarded) lock(ref, flags);
    return refuse(ref, condition, flags);
  };

  unsigned long flags = 0;
  if (guarded) lock(ref, flags);
  const bool empty = list_empty(&ref->list);
  if (!empty) {
    tell({Operation::Kind::fini, ref});
    if (!refuse_fini("the list of links is empty", flags)) return;
  }
  const bool counted = ref->refs != 0;
  if (empty) tell({Operation::Kind::fini, ref});
  if (counted && !refuse_fini("no link is counted", flags)) return;
  if (!has(Defect::misuse_goes_unnoticed)) ref->flags |= flag_dead;

  if (has(Defect::fini_nests_guards)) {
    unsigned long refs_flags = 0;
    lock_refs(refs_flags);
    list_del_init(&ref->linkage);
    unlock_refs(refs_flags);
    if (guarded) unlock(ref, flags);
    return;
  }
  if (guarded) unlock(ref, flags);
  lock_refs(flags);
  list_del_init(&ref->linkage);
  unlock_refs(flags);
}

// ---- links --------------------------------------------------------------------------------------

Link* Module::add(Ref* ref, const char* scope, const void* source) {
  might_sleep();
  const gfp_t gfp = has(Defect::add_never_waits) ? GFP_IOFS : GFP_NOFS;
  return add_context(ref, gfp, scope, source);
}

Link* Module::add_atomic(Ref* ref, const char* scope, const void* source) {
  return add_context(ref, GFP_ATOMIC, scope, source);
}

Link* Module::add_context(Ref* ref, gfp_t gfp, const char* scope, const void* source) {
  Link* link = nullptr;
  if (link_cache_ != nullptr) link = typed<Link>(kmem_cache_alloc(link_cache_, gfp | __GFP_ZERO));
  if (link == nullptr) {
    note_failed_add(ref, scope, source);
    return ERR_PTR<Link>(-ENOMEM);
  }
  const auto fill = [&] {
    link->ref = ref;
    link->scope = scope;
    if (!has(Defect::scope_is_not_copied)) {
      strncpy(link->scope_copy, scope, scope_bytes - 1);
      link->scope = link->scope_copy;
    }
    link->source = source;
  };
  const bool publish_unfilled = has(Defect::link_published_unfilled);
  if (!publish_unfilled) fill();

  unsigned long flags = 0;
  lock(ref, flags);
  tell({Operation::Kind::add, ref, scope, source});
  if (!has(Defect::misuse_goes_unnoticed) && (ref->flags & flag_dead) != 0) {
    kmem_cache_free(link_cache_, link);
    if (refuse(ref, "the ref is not finalised", flags)) unlock(ref, flags);
    return ERR_PTR<Link>(-ENOMEM);
  }
  list_add_tail(&link->linkage, &ref->list);
  if (!has(Defect::refs_raised_outside_guard)) count(ref->refs, 1);
  unlock(ref, flags);
  if (has(Defect::refs_raised_outside_guard)) count(ref->refs, 1);
  if (publish_unfilled) fill();
  return link;
}

void Module::note_failed_add(Ref* ref, const char* scope, const void* source) {
  unsigned long flags = 0;
  if (has(Defect::failed_raised_outside_guard)) {
    count(ref->failed, 1);
    lock(ref, flags);
  } else {
    lock(ref, flags);
    count(ref->failed, 1);
  }
  tell({Operation::Kind::add_failed, ref, scope, source});
  unlock(ref, flags);
}

bool Module::matches(const Link* link, const char* scope, const void* source) const {
  return link->source == source && strcmp(link->scope, scope) == 0;
}

Link* Module::find(Ref* ref, const char* scope, const void* source) {
  unsigned length = 0;
  for (list_head* at = ref->list.next; at != &ref->list; at = at->next) {
    ++length;
    Link* link = container_of(at, &Link::linkage);
    if (!matches(link, scope, source)) continue;
    note_chain_length(length);
    return link;
  }
  return nullptr;
}

void Module::note_chain_length(unsigned length) {
  if (has(Defect::shared_debug_state)) {
    if (length <= chain_length_max_) return;
    printk("a search went through %u links\n", length);
    chain_length_max_ = length * 3 / 2;
    return;
  }
  if (length <= READ_ONCE(chain_length_max_)) return;
  WRITE_ONCE(chain_length_max_, length * 3 / 2);
}

// Posted: any failed add makes up for any one mismatch. Fixed: a ref that missed an add does not
// know its links any more, so it stops judging mismatches.
bool Module::absorbs_mismatch(const Ref* ref) const { return ref->failed > 0; }

void Module::absorb_mismatch(Ref* ref) {
  if (has(Defect::failed_counts_for_everyone)) count(ref->failed, -1);
}

void Module::remove(Ref* ref, Link* link, const Operation& operation, unsigned long flags) {
  const bool free_early = has(Defect::link_freed_under_guard);
  if (free_early) kmem_cache_free(link_cache_, link);
  list_del(&link->linkage);
  tell(operation);
  count(ref->refs, -1);
  unlock(ref, flags);
  if (!free_early) kmem_cache_free(link_cache_, link);
}

void Module::del(Ref* ref, const char* scope, const void* source) {
  unsigned long flags = 0;
  lock(ref, flags);
  const Operation operation = {Operation::Kind::del, ref, scope, source};
  if (Link* link = find(ref, scope, source); link != nullptr) {
    remove(ref, link, operation, flags);
    return;
  }
  tell(operation);
  if (!absorbs_mismatch(ref) && !refuse(ref, "a failed add makes up for the missing link", flags))
    return;
  absorb_mismatch(ref);
  if (has(Defect::absorbed_del_lowers_refs)) count(ref->refs, -1);
  unlock(ref, flags);
}

void Module::set_at(Ref* ref, Link* link, const char* scope, const void* source0,
                    const void* source1) {
  unsigned long flags = 0;
  lock(ref, flags);
  const bool failed = IS_ERR(link);
  tell({Operation::Kind::set_at, ref, scope, source0, source1, failed});
  if (failed) {
    if (!absorbs_mismatch(ref) && !refuse(ref, "an add has failed", flags)) return;
    unlock(ref, flags);
    return;
  }
  if (link->ref != ref && !refuse(ref, "the link belongs to the ref", flags)) return;
  if (!matches(link, scope, source0) && !refuse(ref, "the link is the one named", flags)) return;
  const bool outside = has(Defect::set_at_writes_outside_guard);
  if (!outside) link->source = source1;
  unlock(ref, flags);
  if (outside) link->source = source1;
}

void Module::del_at(Ref* ref, Link* link, const char* scope, const void* source) {
  unsigned long flags = 0;
  lock(ref, flags);
  const bool failed = IS_ERR(link);
  const Operation operation = {Operation::Kind::del_at, ref, scope, source, nullptr, failed};
  if (failed) {
    tell(operation);
    if (!absorbs_mismatch(ref) && !refuse(ref, "an add has failed", flags)) return;
    absorb_mismatch(ref);
    unlock(ref, flags);
    return;
  }
  const bool ours = link->ref == ref;
  const bool named = ours && matches(link, scope, source);
  if (!named) {
    tell(operation);
    const char* condition = ours ? "the link is the one named" : "the link belongs to the ref";
    if (!refuse(ref, condition, flags)) return;
  }
  remove(ref, link, operation, flags);
}

// ---- reports ------------------------------------------------------------------------------------

bool Module::refuse(Ref* ref, const char* condition, unsigned long& flags) {
  print_locked(ref);
  atomic_inc(&reports_);
  unlock(ref, flags);
  print_all();
  lbug(condition, parameters_.lbug);
  if (!has(Defect::report_drops_guard)) return false;
  lock(ref, flags);
  return true;
}

void Module::print_locked(const Ref* ref) {
  printk("ref %p: %d links, %d failed, from line %d\n", static_cast<const void*>(ref), ref->refs,
         ref->failed, ref->line);
  for (const list_head* at = ref->list.next; at != &ref->list; at = at->next) {
    const Link* link = container_of(at, &Link::linkage);
    printk("  %.*s %p\n", static_cast<int>(strlen(link->scope)), link->scope, link->source);
  }
}

void Module::wait_for_report() {
  while (atomic_read(&reports_) == 0) cpu_relax();
}

void Module::print(Ref* ref) {
  if (has(Defect::print_trusts_caller)) {
    print_locked(ref);
    return;
  }
  unsigned long flags = 0;
  lock(ref, flags);
  print_locked(ref);
  unlock(ref, flags);
}

void Module::print_all() {
  if (has(Defect::print_all_nests_guards)) {
    print_all_nested();
    return;
  }
  unsigned long refs_flags = 0;
  lock_refs(refs_flags);
  for (list_head* at = all_.next; at != &all_; at = at->next) {
    Ref* ref = container_of(at, &Ref::linkage);
    if (is_marker(ref) && !has(Defect::print_all_takes_marker)) continue;
    unsigned long flags = 0;
    lock(ref, flags);
    print_locked(ref);
    unlock(ref, flags);
  }
  unlock_refs(refs_flags);
}

void Module::print_all_nested() {
  std::array<Ref*, 8> refs{};
  std::size_t count = 0;
  unsigned long flags = 0;
  lock_refs(flags);
  for (list_head* at = all_.next; at != &all_ && count < refs.size(); at = at->next) {
    Ref* ref = container_of(at, &Ref::linkage);
    if (!is_marker(ref)) refs[count++] = ref;
  }
  unlock_refs(flags);
  for (std::size_t i = 0; i < count; ++i) {
    unsigned long refs_flags = 0;
    lock(refs[i], flags);
    lock_refs(refs_flags);
    print_locked(refs[i]);
    unlock_refs(refs_flags);
    unlock(refs[i], flags);
  }
}

// ---- what invariants read -----------------------------------------------------------------------

bool Module::refs_equal_links(const Ref* ref) const {
  std::int32_t links = 0;
  for (const list_head* at = ref->list.next; at != &ref->list; at = at->next) ++links;
  return links == ref->refs;
}

int Module::linked_refs() const {
  int refs = 0;
  for (const list_head* at = all_.next; at != &all_; at = at->next)
    refs += is_marker(container_of(at, &Ref::linkage)) ? 0 : 1;
  return refs;
}

int Module::linked_markers() const {
  int markers = 0;
  for (const list_head* at = all_.next; at != &all_; at = at->next)
    markers += is_marker(container_of(at, &Ref::linkage)) ? 1 : 0;
  return markers;
}

bool Module::links_lead_back(const Ref* ref) const {
  for (const list_head* at = ref->list.next; at != &ref->list; at = at->next)
    if (container_of(at, &Link::linkage)->ref != ref) return false;
  return true;
}

}  // namespace heddle::models::lu_ref
