// What `Application=echo` answers: NewOrderSingle(D), SecurityDefinition(d) and Email(C) come back as they came, byte for
// byte, in the order received, without what the session stamps itself.
#pragma once

#include "apps/recent_ids.hpp"
#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"

#include <cstddef>

namespace troupe::apps {

enum class echo_answer : unsigned char { sent_back, ignored, unsupported };

struct echoed {
  echo_answer what = echo_answer::unsupported;
  protocol::outgoing_message message;
};

// Of one session.
class echo {
 public:
  // Remembers so many ClOrdIDs, the newest since the logon.
  explicit echo(std::size_t remembers = 100'000) : seen_(remembers) {}

  // An order with PossResend(97)=Y, or a possible duplicate, that was seen since the logon is ignored.
  [[nodiscard]] echoed on_message(const protocol::message_view& message, bool is_possible_duplicate);
  void on_logout() { seen_.forget_all(); }

 private:
  recent_ids seen_;  // ClOrdID(11)
};

}  // namespace troupe::apps
