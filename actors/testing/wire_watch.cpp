#include "actors/testing/wire_watch.hpp"

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"

#include <algorithm>

namespace troupe::actors::testing {

void wire_watch::in(const protocol::session_id& receiver, std::string_view frame) noexcept {
  protocol::message_view view;
  if (view.assign(frame) != protocol::parse_error::none) return;
  if (view.msg_type() == "4" || view.find_bool(protocol::tag::PossDupFlag).value_or(false)) return;
  const protocol::session_id sender{receiver.begin_string, receiver.target_comp_id, receiver.sender_comp_id, receiver.qualifier};
  const auto* history = find_(sender);
  if (!history) return;
  ++looked_at_;
  if (history->has(sender, frame)) return;
  std::string text{frame};
  std::replace(text.begin(), text.end(), '\1', '|');
  findings_.push_back(to_string(sender) + ": on the wire and not in the store: " + text);
}

}  // namespace troupe::actors::testing
