// Which of the low tags a message has had so far. A mark says which message had the tag last, so that nothing is cleared between two.
#pragma once

#include "protocol/tag_kinds.hpp"

#include <array>
#include <cstdint>

namespace troupe::protocol {

class tag_marks {
 public:
  // Those of one message. Ends with the next `begin`.
  class of_message {
   public:
    // Of tags below `low_tags`. False: it was there.
    bool insert(std::uint32_t tag) const {
      if (last_[tag] == now_) return false;
      last_[tag] = now_;
      return true;
    }

   private:
    friend class tag_marks;
    of_message(std::uint16_t* last, std::uint16_t now) : last_(last), now_(now) {}

    std::uint16_t* last_;
    std::uint16_t now_;
  };

  // The next message.
  [[nodiscard]] of_message begin() {
    if (++now_ == 0) {
      last_.fill(0);
      now_ = 1;
    }
    return {last_.data(), now_};
  }

 private:
  std::array<std::uint16_t, low_tags> last_{};
  std::uint16_t now_ = 0;
};

}  // namespace troupe::protocol
