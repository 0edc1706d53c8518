// The table of the nfs model's defects, in the order of models::nfs::Defect.
#include <array>

#include "scenarios/families/nfs_support.hpp"

namespace heddle::scenarios::nfs {
namespace {

constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count_)> table = {{
    posted("NFS-1", "reply_precedes_flush", "UMOUNT is answered before its work is done"),
    posted("NFS-2", "flush_is_global", "one client's UMOUNT drops what is held for all"),
    posted("NFS-3", "pins_outlive_clients",
           "what a client that crashed has left pins for the caches' half hour"),
    posted("NFS-4", "anybody_may_flush", "UMOUNT by who has nothing mounted drops what is cached"),
    posted("NFS-5", "unavailable_is_loud",
           "a server that does not know UMOUNT makes every unmount log an error"),
    posted("NFS-6", "flushes_initial_namespace", "a server in another namespace is never flushed"),
    posted("NFS-7", "queue_failure_ignored",
           "a server whose workqueue could not be created says OK and does nothing"),
    posted("NFS-8", "locks_outlive_clients", "a client that crashed with a lock pins for ever"),
    posted("NFS-9", "flush_takes_nfsd_mutex",
           "the last thread waits, under the nfsd mutex, for work that takes it"),
    posted("NFS-10", "failed_mount_sends_umount", "a mount that failed sends UMOUNT"),
    posted("NFS-11", "argument_unchecked", "the argument is read before its size is looked at"),
    posted("NFS-12", "umount_precedes_writeback",
           "UMOUNT is sent before dirty pages are written back, which may find nothing then"),
    posted("NFS-13", "flush_is_lost",
           "the flush of a client that leaves undoes the administrator's, without a lock"),
    posted("NFS-14", "superblock_held",
           "s_umount is held while the network is waited for, and sync with it"),
    posted("NFS-15", "upcall_outlives_revoke",
           "what mountd said before an export was taken back is entered afterwards"),
    posted("NFS-16", "flush_spares_its_second",
           "what was entered within the second of a flush outlives it"),
    posted("NFS-17", "work_queued_before_init",
           "the workqueue can be seen before the work for it is set up"),
    mutation("a", "clients_clock", "a lease is counted by the clock of the client"),
    mutation("b", "no_grace", "a file system can be unmounted right after a reboot"),
    mutation("c", "removed_by_host", "UMOUNT of one mount removes the host's others"),
    mutation("e", "export_flushed_alone", "the export's pin is dropped, not the expkey's"),
    mutation("f", "check_not_atomic", "a mount may come between umount's check and umount"),
    mutation("g", "lapses_at_deadline", "a lease ends a moment before its last one"),
    mutation("h", "replies_not_cached", "a retransmitted mount is executed again"),
    mutation("i", "replied_before_registering", "a mount is answered before it is known"),
    mutation("j", "renewed_by_anything", "a late call makes a mount count that was given up"),
    mutation("k", "queue_dangles", "work is queued after the workqueue has gone"),
    mutation("l", "flushed_after_shutdown",
             "the last thread waits for work after the exports went"),
    mutation("m", "commit_not_resent", "a client does not look whether the server has rebooted"),
    mutation("n", "grace_grants_locks", "after a reboot, locks are given before old ones are back"),
    mutation("o", "revoke_does_not_drain", "an export is taken back while requests are under way"),
    design("A-administrator", "administrator_revokes",
           "the administrator takes the export back before each umount"),
    design("B-idle-expiry", "idle_expiry", "what pins lapses when it was not used for long"),
    design("D-mount-table", "mount_table",
           "a table of mounts on disk, whose entries lapse when they are not used for long"),
}};

}  // namespace

const Model model = {"nfs", "the UMOUNT procedure for NFSv3, as posted in 2012", table};

}  // namespace heddle::scenarios::nfs
