#include "sim/explore/checkpoint.hpp"

#include <utility>

#include "sim/explore/saved.hpp"
#include "sim/explore/wire.hpp"

namespace heddle::sim {

std::string to_bytes(const Checkpoint& checkpoint) {
  wire::Writer writer(wire::Type::bytes);
  writer.number(checkpoint.findings.size());
  for (const Found& found : checkpoint.findings)
    write(writer, found.report).number(found.first_index).number(found.count);
  writer.text(checkpoint.progress);
  return std::string(writer.payload());
}

bool from_bytes(std::string_view bytes, Checkpoint& checkpoint) {
  wire::Reader reader(wire::Type::bytes, bytes);
  checkpoint = {};
  for (std::uint64_t left = reader.number(); left != 0; --left) {
    Found found;
    if (!read(reader, found.report)) return false;
    found.first_index = reader.number();
    found.count = reader.number();
    checkpoint.findings.push_back(std::move(found));
  }
  checkpoint.progress = reader.text();
  return reader.ok();
}

std::string progress_bytes(const WorkerBlock& block, const Strategy& search) {
  wire::Writer writer(wire::Type::bytes);
  save(writer, block.counts);
  writer.number(block.taken).number(block.depth).number(block.findings_dropped);
  search.save(writer);
  return std::string(writer.payload());
}

bool take_progress(std::string_view bytes, WorkerBlock& block, Strategy& search) {
  wire::Reader reader(wire::Type::bytes, bytes);
  if (!load(reader, block.counts)) return false;
  block.taken = block.taken_end = reader.number();
  block.depth = reader.number();
  block.findings_dropped = reader.number();
  if (!search.load(reader) || !reader.ok()) return false;
  block.share_done = search.share_done();
  return true;
}

}  // namespace heddle::sim
