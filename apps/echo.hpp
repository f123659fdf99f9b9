// What `Application=echo` answers: NewOrderSingle(D), SecurityDefinition(d) and Email(C) come back as they came, byte for
// byte, in the order received, without what the session stamps itself.
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"

#include <optional>
#include <set>
#include <string>

namespace troupe::apps {

enum class echo_answer : unsigned char { sent_back, ignored, unsupported };

struct echoed {
  echo_answer what = echo_answer::unsupported;
  protocol::outgoing_message message;
};

// Of one session.
class echo {
 public:
  // An order with PossResend(97)=Y, or a possible duplicate, that was seen since the logon is ignored.
  [[nodiscard]] echoed on_message(const protocol::message_view& message, bool is_possible_duplicate);
  void on_logout() { seen_.clear(); }

 private:
  std::set<std::string, std::less<>> seen_;  // ClOrdID(11)
};

}  // namespace troupe::apps
