// One entry of a journal: written into memory that is mapped, read from bytes that may be damaged.
#pragma once

#include "protocol/commit.hpp"
#include "store/journal_format.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::store::journal {

// All that an entry may hold; what it refers to must live while it is written.
struct entry_content {
  entry_kind kind{};
  std::uint16_t flags = 0;
  std::uint32_t slot = 0;
  std::uint32_t name_check = 0;  // CRC-32C of the session's name: the checks of records and submits go on from it
  entry_numbers numbers;
  std::string_view name;                            // of a session entry
  const protocol::commit_batch* batch = nullptr;    // its records
  std::span<const protocol::parked_submit> parked;  // ascending
  std::span<const std::uint64_t> unparked{};        // places that wait no longer
};

// 0: it is too large for any segment.
[[nodiscard]] std::uint64_t entry_size(const entry_content& content);
// All but the first four bytes, the size, which `publish_entry` writes when the rest stands there: whoever is killed in between leaves no entry.
void write_entry(char* to, std::uint64_t size, std::uint64_t place, std::uint32_t seed, const entry_content& content);
void publish_entry(char* to, std::uint64_t size);

// The check that all of a journal go on from.
[[nodiscard]] std::uint32_t seed_of(std::uint64_t store);

// Refers to the bytes it was read from.
class entry_view {
 public:
  // nullopt: there is no entry of this journal at this place, or its numbers are damaged. `bytes` may reach beyond it.
  [[nodiscard]] static std::optional<entry_view> read(std::string_view bytes, std::uint64_t place, std::uint32_t seed);

  // As above, of an entry of which only what is in front of its messages is at hand.
  [[nodiscard]] static std::optional<entry_view> read_without_frames(std::string_view bytes, std::uint64_t place, std::uint32_t seed);

  [[nodiscard]] const entry_head& head() const { return head_; }
  [[nodiscard]] const entry_numbers& numbers() const { return numbers_; }
  [[nodiscard]] std::string_view name() const { return {bytes_ + meta_size(head_.records, head_.parked), head_.name}; }
  [[nodiscard]] record_row record(std::uint32_t row) const;
  // Of a damaged one is_damaged, and no frame.
  [[nodiscard]] protocol::stored_record stored(std::uint32_t row, std::size_t frame_at, std::uint32_t name_check) const;
  // Whatever its checksum says.
  [[nodiscard]] std::string_view frame(const record_row& row, std::size_t frame_at) const { return part(frame_at, row.size_and_kind & largest_frame); }
  [[nodiscard]] std::size_t frames_begin() const { return meta_size(head_.records, head_.parked) + head_.name; }
  // Each of them, in order; the frame's offset as `stored` wants it.
  template <class F>
  void for_each_record(F&& f) const {
    auto at = frames_begin();
    for (std::uint32_t i = 0; i < head_.records; ++i) {
      const auto row = record(i);
      f(i, row, at);
      at += row.size_and_kind & largest_frame;
    }
  }
  [[nodiscard]] std::vector<protocol::parked_submit> parked(std::uint32_t name_check) const;
  [[nodiscard]] std::vector<std::uint64_t> unparked() const;

 private:
  entry_view(const char* bytes, const entry_head& head, const entry_numbers& numbers) : bytes_(bytes), head_(head), numbers_(numbers) {}
  [[nodiscard]] std::string_view part(std::size_t at, std::size_t size) const;

  const char* bytes_;
  entry_head head_;
  entry_numbers numbers_;
};

// A session's entry in a snapshot that is damaged somewhere, if it is of this name: that stands where it should, or a submit's own checksum says so.
// Of the submits those that do not fit theirs are damaged; one of which not even the token can be told has token 0.
struct damaged_session {
  std::vector<protocol::parked_submit> parked;
  std::uint64_t size = 0;  // of the entry: no more than it can be told to be
};
[[nodiscard]] std::optional<damaged_session> session_in_damage(std::string_view bytes, std::string_view name, std::uint32_t name_check);

// What a row says, without the message.
[[nodiscard]] protocol::stored_record told_by(const record_row& row);
// Its message is as it was written, for the session and in the numbering for which it was.
[[nodiscard]] bool fits(const record_row& row, std::string_view frame, std::uint64_t generation, std::uint32_t name_check);

[[nodiscard]] inline protocol::record_kind kind_of(const record_row& row) { return static_cast<protocol::record_kind>(row.size_and_kind >> 30); }
[[nodiscard]] inline std::uint64_t last_of(const record_row& row) { return kind_of(row) == protocol::record_kind::skipped ? row.token : row.number; }
[[nodiscard]] inline std::uint64_t token_of(const record_row& row) { return kind_of(row) == protocol::record_kind::skipped ? 0 : row.token; }

// A name as it stands in a session entry, and back; nullopt: it is none.
[[nodiscard]] std::string packed(const protocol::session_id& id);
[[nodiscard]] std::optional<protocol::session_id> unpacked(std::string_view name);

}  // namespace troupe::store::journal
