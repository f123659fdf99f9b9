// A message from some text as the frame that it was: SOH between its fields, and what is wrong with BodyLength(9) and CheckSum(10).
#pragma once

#include "protocol/message_view.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::decode {

struct shown_field {
  std::uint32_t tag = 0;
  bool is_field = true;  // false: no integer and '=' in front; all of it is the value
  std::string_view tag_text{};
  std::string_view value{};
};

struct shown_fault {
  static constexpr std::size_t at_end = static_cast<std::size_t>(-1);
  std::size_t field = at_end;  // index of the field to blame
  std::uint32_t tag = 0;       // 0: none
  std::string text{};
};

// One for many messages, so that its memory is used again. Everything it gives refers to the message read last.
class frame_reader {
 public:
  // Lengths and sums are counted as if every separator were SOH. Never fails: what is no frame has its faults.
  void read(std::string_view bytes, std::string_view separator);

  [[nodiscard]] std::string_view frame() const { return frame_; }
  // Whether view() has it: the fields can be told apart, and the first three are what they should be.
  [[nodiscard]] bool is_indexed() const { return is_indexed_; }
  [[nodiscard]] const protocol::message_view& view() const { return view_; }
  // With an index the same fields by the same numbers.
  [[nodiscard]] const std::vector<shown_field>& fields() const { return fields_; }
  [[nodiscard]] const std::vector<shown_fault>& faults() const { return faults_; }

  // The value of the first field with this tag; empty if there is none.
  [[nodiscard]] std::string_view find(std::uint32_t tag) const;

 private:
  void join(std::string_view bytes, std::string_view separator);
  [[nodiscard]] bool is_true() const;
  void try_other_forms(std::string_view separator);
  void index();
  void check();
  void check_trailer();

  std::string_view frame_;
  std::string joined_, other_;
  protocol::message_view view_;
  bool is_indexed_ = false;
  std::vector<shown_field> fields_;
  std::vector<shown_fault> faults_;
};

// What masks write for a value: nothing can be checked.
[[nodiscard]] inline bool is_masked(std::string_view value) { return value == "***"; }

}  // namespace troupe::decode
