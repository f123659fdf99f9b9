// The files in which QuickFIX keeps a session: numbers, messages, and when they began. Only reads them.
//
//                 QuickFIX C++, /n              QuickFIX/Go                     QuickFIX/J
//   numbers       .seqnums "7 : 9"              .senderseqnums, .targetseqnums   the same, as Java writes UTF (two bytes of length)
//   places        .header "34,offset,size " …   the same                         16 bytes each: int, long, int, big endian
//   messages      .body                         the same                         the same; `size` counts characters
//   beginning     .session 20261126-07:00:00    2026-11-26T07:00:00Z             as C++, as Java writes UTF
//
// Of two places of one number the later counts, as it does for them. One at or behind the next number was stored and never sent.
#pragma once

#include "protocol/types.hpp"
#include "store/file_layer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::apps {

enum class quickfix_layout : std::uint8_t { cpp_or_n, go, java };
[[nodiscard]] std::string_view to_text(quickfix_layout layout);

// How they tell a session by its files.
struct quickfix_name {
  protocol::session_id id;
  std::string sender_sub_id, sender_location_id, target_sub_id, target_location_id;  // no part of the name in QuickFIX C++
};
// What its files may be called, without the ending.
[[nodiscard]] std::vector<std::string> quickfix_prefixes(const quickfix_name& name);

class quickfix_files {
 public:
  // `prefix`: with the folder. nullopt: there is no store of this name. Throws store_error: it cannot be understood; says which file, what was
  // expected and what came.
  [[nodiscard]] static std::optional<quickfix_files> open(const std::string& prefix);

  [[nodiscard]] quickfix_layout layout() const { return layout_; }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] protocol::seq_num next_sender() const { return next_sender_; }
  [[nodiscard]] protocol::seq_num next_target() const { return next_target_; }
  [[nodiscard]] std::optional<protocol::utc_time> creation_time() const { return creation_time_; }
  // What was gone around.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  // Numbers for which the header names a place, ascending; those that were sent.
  [[nodiscard]] std::vector<protocol::seq_num> numbers() const;

  struct message {
    std::string frame;  // empty: it cannot be had
    std::string why;    // not
  };
  // One of `numbers`. Throws file_failure.
  [[nodiscard]] message read(protocol::seq_num number) const;
  // They are as they were when they were opened: nobody writes them.
  [[nodiscard]] bool are_at_rest() const;

 private:
  struct place {
    std::uint64_t offset = 0, size = 0;
  };
  void read_numbers();
  void read_creation_time();
  void read_header();
  void take_place(std::uint64_t number, place where);
  [[nodiscard]] std::string path(std::string_view ending) const { return prefix_ + std::string{ending}; }
  [[nodiscard]] static std::string all_of(const std::string& file);

  std::string prefix_;
  quickfix_layout layout_{};
  protocol::seq_num next_sender_{}, next_target_{};
  std::optional<protocol::utc_time> creation_time_;
  std::map<std::uint64_t, place> places_;
  std::vector<std::string> notes_;
  store::file_handle body_;
  std::uint64_t body_size_ = 0;
};

}  // namespace troupe::apps
