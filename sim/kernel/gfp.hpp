// Allocation flags, as of Linux 3.10 (include/linux/gfp.h).
#pragma once

namespace heddle::sim::kernel {

using gfp_t = unsigned;

inline constexpr gfp_t __GFP_WAIT = 0x10;    ///< may sleep and reclaim
inline constexpr gfp_t __GFP_HIGH = 0x20;    ///< may use emergency reserves
inline constexpr gfp_t __GFP_IO = 0x40;      ///< reclaim may start I/O
inline constexpr gfp_t __GFP_FS = 0x80;      ///< reclaim may call into filesystems
inline constexpr gfp_t __GFP_ZERO = 0x8000;  ///< cleared memory

inline constexpr gfp_t GFP_ATOMIC = __GFP_HIGH;
inline constexpr gfp_t GFP_NOIO = __GFP_WAIT;
inline constexpr gfp_t GFP_NOFS = __GFP_WAIT | __GFP_IO;
inline constexpr gfp_t GFP_KERNEL = __GFP_WAIT | __GFP_IO | __GFP_FS;
/// Looks like GFP_KERNEL and is not: without __GFP_WAIT nothing is ever reclaimed.
inline constexpr gfp_t GFP_IOFS = __GFP_IO | __GFP_FS;

}  // namespace heddle::sim::kernel
