#include "apps/demo/stored.hpp"

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"
#include "store/sqlite_view.hpp"

namespace troupe::demo {

namespace {

stored_message message_of(const protocol::stored_record& record) {
  using namespace protocol;
  message_view view;
  if (record.is_damaged || view.assign(record.frame) != parse_error::none) return {record.number, "damaged", {}};
  const auto order = std::string{view.find(tag::ClOrdID).value_or("")};
  if (view.msg_type() == msg_type::NewOrderSingle) return {record.number, order, {}};
  return {record.number, std::string{view.find(tag::ExecID).value_or("")}, order};
}

}  // namespace

std::vector<stored_message> read_sent(const std::string& store_file) {
  store::sqlite_view view{store_file};
  std::vector<stored_message> all;
  const auto sessions = view.reader().sessions();
  if (sessions.empty()) return all;
  auto from = protocol::seq_num{1};
  for (;;) {
    const auto page = view.reader().fetch(sessions.front(), from, sessions.front().state.next_sender, 1000, 1 << 20);
    for (const auto& r : page.records)
      if (r.kind == protocol::record_kind::application) all.push_back(message_of(r));
    if (page.is_last || page.end < from) return all;
    from = page.end.next();
  }
}

}  // namespace troupe::demo
