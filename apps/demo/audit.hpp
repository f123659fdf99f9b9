// Compares what one side stored as sent with what the other side's application says it received.
//
// Pure: works on values, so that the check itself can be tested with every kind of damage it is meant to find.
#pragma once

#include "apps/demo/ledger.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

// An application message in the sender's store.
struct stored_message {
  protocol::seq_num number{};
  std::string id;        // ClOrdID(11) of an order, ExecID(17) of an execution report
  std::string answers;   // ClOrdID(11) of an execution report; empty for an order
};

struct verdict {
  std::uint64_t compared = 0;
  std::uint64_t redelivered = 0;            // arrived again, marked: allowed
  std::vector<std::string> lost;            // stored as sent, never arrived
  std::vector<std::string> duplicated;      // arrived more than once without a mark
  std::vector<std::string> out_of_order;    // arrived first after a message with a higher number
  std::vector<std::string> reused;          // one number, two messages
  std::vector<std::string> unknown;         // arrived, but the sender's store knows nothing of it

  [[nodiscard]] bool is_clean() const {
    return lost.empty() && duplicated.empty() && out_of_order.empty() && reused.empty() && unknown.empty();
  }
};

// One direction. `sent` ascending by number, of one numbering generation; `arrived` in the order of arrival.
[[nodiscard]] verdict compare(const std::vector<stored_message>& sent, const std::vector<arrival>& arrived);

// Every order that arrived is answered exactly once in the answering side's store: a missing answer is lost, a second one
// duplicated.
[[nodiscard]] verdict compare_answers(const std::vector<arrival>& orders, const std::vector<stored_message>& answers);

// Every message that its application was told is accepted, by number and id, is in that side's own store: otherwise it is lost,
// whether it went out or not; under another number it is reused. `why` stands behind each that is lost.
[[nodiscard]] verdict compare_accepted(const std::vector<arrival>& accepted, const std::vector<stored_message>& sent,
                                       std::string_view why = "which was accepted");

// Both added up.
[[nodiscard]] verdict operator+(verdict left, const verdict& right);

// "1204 messages compared: 0 lost, 0 duplicated, 0 out of order, 0 numbers reused (3 redelivered, marked)"
[[nodiscard]] std::string to_string(const verdict& v);

}  // namespace troupe::demo
