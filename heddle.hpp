// Everything that a scenario is written with.
#pragma once

#include "scenarios/registry/scenario.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/cond_load.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/kthread.hpp"
#include "sim/kernel/list.hpp"
#include "sim/kernel/module.hpp"
#include "sim/kernel/once.hpp"
#include "sim/kernel/preempt.hpp"
#include "sim/kernel/printk.hpp"
#include "sim/kernel/proc.hpp"
#include "sim/kernel/seq_file.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/string.hpp"
#include "sim/machine/defect_set.hpp"
#include "sim/machine/world.hpp"

namespace heddle {

namespace kernel = sim::kernel;
using scenarios::DefectBits;
using sim::Cpu;
using sim::FindingKind;
using sim::Level;
using sim::World;

}  // namespace heddle
