// libFuzzer's harness for the trace reader: whatever the bytes are, it ends with a trace or with a
// sentence, and what it accepts is written and read again without a difference. Built and run by
// trace_reader.sh.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "traces/format.hpp"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "the trace reader: %s does not hold\n", what);
  std::abort();
}

/// The text with the checksum that its lines have: mutations get past the check, into the rest.
std::string mended(std::string_view text) {
  const std::size_t at = text.rfind("checksum ");
  if (at == std::string_view::npos || (at != 0 && text[at - 1] != '\n')) return {};
  const heddle::traces::Result<heddle::traces::Trace> read =
      heddle::traces::from_text(text, "fuzzed");
  if (read) return {};
  constexpr std::string_view before = "the lines above give ";
  const std::size_t sum = read.error().find(before);
  if (sum == std::string::npos) return {};
  return std::string(text.substr(0, at)) + "checksum " +
         read.error().substr(sum + before.size(), 16) + "\n";
}

void check(std::string_view text) {
  const heddle::traces::Result<heddle::traces::Trace> read =
      heddle::traces::from_text(text, "fuzzed");
  if (!read) {
    require(!read.error().empty() && read.error().find('\n') == std::string::npos,
            "an error is a sentence");
    return;
  }
  const std::string written = heddle::traces::to_text(*read);
  const heddle::traces::Result<heddle::traces::Trace> again =
      heddle::traces::from_text(written, "written");
  require(bool(again), "what is written is read");
  require(*again == *read, "what is written is what was read");
  require(heddle::traces::to_text(*again) == written, "equal traces are written alike");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  const std::string with_sum = mended(text);
  if (!with_sum.empty()) check(with_sum);
  return 0;
}
