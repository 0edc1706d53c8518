#include "scenarios/cli/named_file.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "scenarios/cli/input_error.hpp"

namespace heddle::cli {

namespace fs = std::filesystem;

void check_apart(const std::vector<NamedFile>& files) {
  std::map<fs::path, std::string> names;
  for (const NamedFile& file : files) {
    if (file.path.empty() || file.path == "-") continue;
    std::error_code error;
    const fs::file_status status = fs::status(file.path, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) continue;
    const fs::path one = fs::weakly_canonical(fs::absolute(file.path, error), error);
    if (error) continue;  // whoever opens it says why it cannot be used
    const auto [at, is_new] = names.emplace(one, file.name);
    if (!is_new)
      throw InputError(fmt::format("{} and {} are the same file, '{}': give each one of its own",
                                   at->second, file.name, file.path));
  }
}

}  // namespace heddle::cli
