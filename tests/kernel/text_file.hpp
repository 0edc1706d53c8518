// A kernel file of given records, for the tests of seq_file and proc: it counts what is asked of it
// and can be told to fail.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/proc.hpp"

namespace heddle::tests {

struct TextFile {
  std::vector<std::string> records;  ///< one that is empty prints nothing
  std::size_t first_bytes = 4096;
  int show_fails_at = -1;   ///< the record that show() has -EIO for
  int start_fails_at = -1;  ///< the position that start() has -EIO for
  int skip_at = -1;         ///< the record that show() prints and then says to skip
  int open_error = 0;

  int shown = 0;    ///< calls of show()
  int nexts = 0;    ///< calls of next()
  int started = 0;  ///< calls of start(), less those of stop()

  /// What the file says when nothing fails.
  std::string text() const {
    std::string all;
    for (const std::string& record : records) all += record;
    return all;
  }

  static const sim::kernel::file_operations& operations() {
    static constexpr sim::kernel::file_operations table = {&open, &sim::kernel::seq_read,
                                                           &sim::kernel::seq_lseek, &release};
    return table;
  }

 private:
  static TextFile& of(sim::kernel::seq_file* seq) {
    return *static_cast<TextFile*>(seq->private_data);
  }
  void* at(sim::kernel::loff_t pos) {
    return static_cast<std::size_t>(pos) < records.size() ? &records[static_cast<std::size_t>(pos)]
                                                          : nullptr;
  }
  static int open(sim::kernel::inode* inode, sim::kernel::file* file) {
    auto* self = static_cast<TextFile*>(inode->data);
    if (self->open_error != 0) return self->open_error;
    static constexpr sim::kernel::seq_operations table = {&start, &stop, &next, &show};
    const int error = sim::kernel::seq_open(file, &table, self->first_bytes);
    if (error == 0) static_cast<sim::kernel::seq_file*>(file->private_data)->private_data = self;
    return error;
  }
  static int release(sim::kernel::inode*, sim::kernel::file* file) {
    sim::kernel::seq_release(file);
    return 0;
  }
  static void* start(sim::kernel::seq_file* seq, sim::kernel::loff_t* pos) {
    TextFile& self = of(seq);
    ++self.started;
    if (*pos == self.start_fails_at) return sim::kernel::ERR_PTR<void>(-EIO);
    return self.at(*pos);
  }
  static void stop(sim::kernel::seq_file* seq, void*) { --of(seq).started; }
  static void* next(sim::kernel::seq_file* seq, void*, sim::kernel::loff_t* pos) {
    ++of(seq).nexts;
    return of(seq).at(++*pos);
  }
  static int show(sim::kernel::seq_file* seq, void* record) {
    TextFile& self = of(seq);
    const auto& text = *static_cast<std::string*>(record);
    const auto index = static_cast<int>(&text - self.records.data());
    ++self.shown;
    if (index == self.show_fails_at) return -EIO;
    sim::kernel::seq_printf(seq, "%s", text.c_str());
    return index == self.skip_at ? 1 : 0;
  }
};

}  // namespace heddle::tests
