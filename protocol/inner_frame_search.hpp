// Finds a whole, true frame inside what another frame's BodyLength claims: then the claim is a lie.
//
// Walks the fields behind the outer header and passes over data fields, so that a FIX message that travels in RawData
// or XmlData is never taken for one. The latest BeginString(8) found is the one that counts, which makes this one pass
// with constant memory, and the outcome independent of how much had arrived when it was asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::protocol {

class inner_frame_search {
 public:
  // `arrived` begins with the outer frame and only ever grows; its body is [body, body_end). Goes on where the last
  // call stopped. Gives the offset at which the inner frame begins, as soon as all of that has arrived.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view arrived, std::size_t body, std::size_t body_end);

  void restart() { *this = inner_frame_search{}; }

 private:
  struct field {
    std::uint32_t tag = 0;  // 0: no tag
    std::size_t value = 0;
    std::size_t end = 0;  // of the value
  };

  // `known` is the part of [0, limit) that has arrived. False: the answer is in bytes to come.
  [[nodiscard]] bool note_begin(std::string_view known, std::size_t limit);
  [[nodiscard]] bool read_field(std::string_view known, std::size_t limit, field& into);
  [[nodiscard]] std::optional<std::size_t> claimed_end(const field& data, std::string_view known, std::size_t limit) const;

  std::size_t at_ = 0;      // start of the field to look at next; 0: not begun
  std::size_t looked_ = 0;  // it has no SOH before here
  field previous_;
  std::size_t begin_ = 0;   // the latest inner header; 0: none
  std::size_t end_ = 0;     // and where it says its frame ends
};

}  // namespace troupe::protocol
