// The messages of one segment, each found by what its index says.
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

 private:
  void go_to(std::uint32_t offset);
  [[nodiscard]] std::string_view bytes_at(std::uint64_t offset, std::size_t size);

  std::uint64_t segment_;
  std::uint32_t seed_;
  std::string_view mapped_;
  file_handle file_;
  std::optional<file_window> window_;
  std::uint32_t at_ = 0, row_ = 0;
  std::size_t frame_at_ = 0;
  std::optional<entry_view> entry_;
};

// The first that says something about `begin`: a range that begins before it, or a message.
[[nodiscard]] std::vector<reference>::const_iterator first_for(const std::vector<reference>& all, std::uint64_t begin);

}  // namespace troupe::store::journal
