// The messages of one segment, each found by what its index says.
//
// A message is read by itself, and vouched for by its own checksum: what it costs does not depend on how large its entry is, but for the sizes of
// those in front of it, which are added up once. Only of one that does not fit, the entry tells what it was.
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_entry.hpp"
#include "store/journal_scan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::store::journal {

class messages_of_segment {
 public:
  // `mapped` must outlive it.
  messages_of_segment(std::uint64_t segment, std::uint32_t seed, std::string_view mapped) : segment_(segment), seed_(seed), mapped_(mapped) {}
  // Throws file_failure.
  messages_of_segment(std::uint64_t segment, std::uint32_t seed, const std::string& path);

  // The message that a reference names; without its entry, one that is damaged. Cheap beside the one before. Throws file_failure.
  [[nodiscard]] protocol::stored_record at(const reference& r, std::uint32_t name_check);
  // More was written behind what was mapped.
  void grow(std::string_view mapped) { mapped_ = mapped; }

 private:
  void go_to(std::uint32_t offset);
  void go_to_row(std::uint32_t row);
  [[nodiscard]] record_row row_at(std::uint32_t row);
  [[nodiscard]] bool is_vouched_for();
  [[nodiscard]] std::string_view bytes_at(std::optional<file_window>& window, std::uint64_t offset, std::uint64_t size);

  std::uint64_t segment_;
  std::uint32_t seed_;
  std::string_view mapped_;
  file_handle file_;
  // Rows and messages of an entry are far from each other.
  std::optional<file_window> rows_, frames_;
  // The entry as it says of itself, which its messages' checksums may contradict.
  std::uint32_t at_ = 0, row_ = 0;
  std::uint64_t frame_at_ = 0;  // of that row's message, in the entry
  entry_head head_;
  std::uint64_t generation_ = 0;
  std::optional<bool> is_vouched_for_;  // by the checksum of all that is in front of its messages, once somebody asked
};

// The first that says something about `begin`: a range that begins before it, or a message.
[[nodiscard]] std::vector<reference>::const_iterator first_for(const std::vector<reference>& all, std::uint64_t begin);

}  // namespace troupe::store::journal
