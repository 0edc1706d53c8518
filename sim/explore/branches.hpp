// Branches of a search that helper processes explore ahead of their time (split.hpp). The leader,
// the process that has the search, offers branches; the parent hands them to helpers that have
// nothing to do, and what came of them to the leader when it asks for it.
//
// Only what has no finding is taken over: a branch in which something is found, or a process lost,
// is explored again by the leader, so that findings are told in one order, and once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/explore/campaign.hpp"
#include "sim/explore/counts.hpp"
#include "sim/explore/split.hpp"
#include "sim/explore/wire.hpp"
#include "sim/explore/worker.hpp"

namespace heddle::sim {

/// The parent's side.
class BranchExchange {
 public:
  explicit BranchExchange(CampaignControl& control) : control_(control) {}

  /// What an earlier leader has offered is forgotten.
  void leader_starts(int socket);
  /// @param helper  0, 1, 2, …
  void helper_starts(std::size_t helper, int socket, WorkerBlock& block);
  void helper_is_lost(std::size_t helper);
  /// Takes a message of the leader. @returns false if it is none.
  bool take_leaders(wire::Reader& message);
  bool take_helpers(std::size_t helper, wire::Reader& message);
  /// The campaign ends: nobody waits any longer.
  void stop();

 private:
  struct Branch {
    std::uint32_t frame = 0;
    std::string state;
    bool is_explored_by_some = false;
    bool is_done = false;
    std::string result;
  };
  struct Helper {
    int socket = -1;
    WorkerBlock* block = nullptr;
    std::uint64_t branch = 0;  // 0: it has nothing to do
  };
  void drop(std::uint64_t id);
  void answer(std::uint64_t id, const std::string& result);
  void hand_out();

  CampaignControl& control_;
  std::map<std::uint64_t, Branch> branches_;
  std::vector<Helper> helpers_;
  int leader_ = -1;
  std::uint64_t wanted_ = 0;  // the branch that the leader waits for; 0: none
};

/// The leader's side, in its process.
class BranchLeader {
 public:
  /// @param scratch  a search that was built alike.
  BranchLeader(SplitSearch& search, SplitSearch& scratch, CampaignControl& control,
               WorkerBlock& block, int socket)
      : search_(search), scratch_(scratch), control_(control), block_(block), socket_(socket) {}

  /// Between two executions: takes over what is explored already, and offers what is not.
  void go_on();

 private:
  struct Offer {
    std::uint64_t id = 0;
    std::string branch;
  };
  bool take_over(const Offer& offer);
  void offer(std::uint32_t frame);

  SplitSearch& search_;
  SplitSearch& scratch_;
  CampaignControl& control_;
  WorkerBlock& block_;
  int socket_;
  wire::Inbox inbox_;
  std::map<std::uint32_t, Offer> offers_;  // by frame
  std::uint64_t last_id_ = 0;
};

/// Explores branches in a helper process, until the parent is gone.
void help_with_branches(Subject& subject, SplitSearch& search, CampaignControl& control,
                        WorkerBlock& block, ChoiceLog log, int socket);

}  // namespace heddle::sim
