#include "scenarios/cli/version.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <link.h>

#include "sim/core/rng.hpp"
#include "traces/format.hpp"

namespace heddle::cli {
namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// Mixes in the notes of a loaded module that name its build: the linker's hash of what it linked.
int mix_module(dl_phdr_info* module, std::size_t, void* into) {
  auto& identity = *static_cast<std::uint64_t*>(into);
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = module->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    std::string_view notes(reinterpret_cast<const char*>(module->dlpi_addr + header.p_vaddr),
                           header.p_memsz);
    ElfW(Nhdr) note;
    while (notes.size() >= sizeof note) {
      std::memcpy(&note, notes.data(), sizeof note);
      const std::size_t size = sizeof note + aligned(note.n_namesz) + aligned(note.n_descsz);
      if (note.n_type == NT_GNU_BUILD_ID)
        for (const char byte : notes.substr(0, size))
          identity = sim::mix(identity, static_cast<unsigned char>(byte));
      notes.remove_prefix(std::min(size, notes.size()));
    }
  }
  return 0;
}

}  // namespace

std::uint64_t build_identity() {
  std::uint64_t identity = 0;
  dl_iterate_phdr(mix_module, &identity);
  return identity;
}

std::string version_text() {
#ifdef __clang__
  constexpr const char* compiler = "clang " __clang_version__;
#else
  constexpr const char* compiler = "g++ " __VERSION__;
#endif
#ifdef __OPTIMIZE__
  constexpr const char* optimised = "optimised";
#else
  constexpr const char* optimised = "not optimised";
#endif
  return fmt::format("heddle {}\ncompiler: {}, {}\ntrace format: {}\n", HEDDLE_VERSION, compiler,
                     optimised, traces::format_version);
}

}  // namespace heddle::cli
