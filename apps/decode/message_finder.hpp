// Finds FIX messages in a stream of bytes: logs with anything around the messages, captures without newlines. Bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::decode {

struct found_message {
  std::uint64_t line = 0;      // from 1
  std::uint64_t column = 0;    // from 1, in bytes
  std::uint64_t offset = 0;    // of its first byte, from the start of the input
  bool is_first = false;       // of its line
  std::string_view before{};   // what stands in front of it in its line, or its last part
  std::string_view bytes{};    // as they are in the input
  std::string_view separator{};
};

class message_finder {
 public:
  static constexpr std::size_t default_limit = 16 * 1024 * 1024;

  enum class outcome : std::uint8_t {
    message,    // in found()
    too_long,   // one longer than the limit; found() says where, without its bytes. It is skipped
    need_more,  // append more, or say that there is no more
  };

  explicit message_finder(std::size_t limit = default_limit) : limit_(limit) {}

  // `is_all`: nothing will be appended any more. Views in found() end with the next call of anything.
  void append(std::string_view bytes);
  [[nodiscard]] outcome next(bool is_all);
  [[nodiscard]] const found_message& found() const { return found_; }
  // As if the input began again.
  void reset() { *this = message_finder{limit_}; }

 private:
  [[nodiscard]] std::size_t find_begin();
  [[nodiscard]] outcome skip(std::size_t at);
  void locate(std::size_t at);
  void pass(std::size_t end);

  std::size_t limit_;
  std::string bytes_;
  std::size_t begin_ = 0;       // bytes in front of it are done with
  std::size_t scan_ = 0;        // and up to here hold no beginning
  std::size_t passed_ = 0;      // lines are counted up to here
  std::size_t retry_size_ = 0;  // it is no use to measure a long message before it has grown so much
  std::uint64_t dropped_ = 0;   // bytes of the input in front of bytes_
  std::uint64_t line_ = 1;
  std::uint64_t line_begin_ = 0;  // offset in the input
  std::uint64_t last_end_ = 0;    // offset behind the last message
  found_message found_;
};

}  // namespace troupe::decode
