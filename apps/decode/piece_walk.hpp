// Walks over the fields of a message as it stands in some text, with a separator of any kind and no trust.
//
// With SOH every separator ends a field. A readable separator also stands inside of values (Text(58)=a|b), so there it ends a
// field only in front of another `tag=`, of the end of the line, or where a data field's length leads to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::decode {

enum class piece_end : std::uint8_t {
  separator,
  line,   // a newline, or CR newline, that is no separator
  bytes,  // there are no more; whether more will come is not known here
};

struct piece {
  std::uint32_t tag = 0;  // 0: none that is valid
  bool is_field = false;  // an integer and '=' stand in front
  std::size_t begin = 0;
  std::size_t value = 0;  // begin, if it is no field
  std::size_t end = 0;    // of the value
  std::size_t next = 0;   // where the next piece begins
  piece_end how = piece_end::bytes;
};

class piece_walk {
 public:
  enum class extent : std::uint8_t {
    growing,  // more bytes may come: a data field that is longer than what is there ends with the bytes
    line,     // these are all the bytes, but a newline may end the message before
    whole,    // the bytes are one message: a newline is a byte like others
  };

  piece_walk(std::string_view text, std::string_view separator, extent is)
      : text_(text), separator_(separator), is_(is), crosses_lines_(is == extent::whole || separator.find('\n') != std::string_view::npos) {}

  // False: at the end of the text or of the line.
  [[nodiscard]] bool next();
  [[nodiscard]] const piece& at() const { return at_; }
  [[nodiscard]] std::string_view value() const { return text_.substr(at_.value, at_.end - at_.value); }

 private:
  void read_head();
  void find_end(std::size_t from);
  [[nodiscard]] bool find_data_end(std::uint32_t length_tag, std::string_view length_value);
  [[nodiscard]] bool is_true_separator(std::size_t at) const;
  void end_at(std::size_t end, piece_end how, std::size_t length);

  std::string_view text_;
  std::string_view separator_;
  extent is_;
  bool crosses_lines_;
  piece at_;
};

// `digits=` stands there.
[[nodiscard]] bool begins_field(std::string_view text, std::size_t at);

}  // namespace troupe::decode
