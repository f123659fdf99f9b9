// What a message is to those who compare: its business id, and a name of its whole content that is the same each time it is sent.
#pragma once

#include "apps/demo/audit.hpp"
#include "store/message_store.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::durability {

struct message_record {
  demo::stored_message message;  // id and answers are empty unless it is of the application
  std::string content;           // "8 FILL-ORDER-17 #90ab…"; of an administrative message with its number
  bool is_application = false;
  bool is_gap_fill = false;      // stands for numbers, and is no message
  bool is_marked = false;        // PossDupFlag(43)=Y
};

[[nodiscard]] std::string name_of(protocol::submit_token token);  // "token 17"

// nullopt: no message.
[[nodiscard]] std::optional<message_record> record_of(std::string_view frame);

// All that a side has stored, in a file that is read when its process is gone.
struct stored_side {
  protocol::seq_num next_sender{1};
  protocol::seq_num next_target{1};
  std::vector<demo::stored_message> messages;  // of the application
  std::vector<demo::stored_message> contents;  // of all messages: id is the content
  std::vector<demo::stored_message> tokens;    // of those with one: id is name_of(token)
};

// What was there stays beside it: see before. Throws store_error, and std::runtime_error if the file cannot be written, or if one of
// the last messages is not found by its token.
[[nodiscard]] std::filesystem::path before(const std::filesystem::path& file);
void write_stored(store::message_store& from, const std::filesystem::path& file);
// Throws std::runtime_error naming the file and what is wrong with it.
[[nodiscard]] stored_side read_stored(const std::filesystem::path& file);

}  // namespace troupe::durability
