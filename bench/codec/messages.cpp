#include "bench/codec/messages.hpp"

#include "protocol/message_builder.hpp"
#include "protocol/stamp.hpp"

#include <stdexcept>

namespace troupe::bench {
namespace {

using namespace protocol;
using namespace std::chrono_literals;

constexpr utc_time morning = std::chrono::sys_days{std::chrono::year{2024} / 5 / 6} + 9h + 30min + 1s + 234ms;

std::string framed(message_builder& message, std::uint64_t number) {
  const build_result built = message.build();
  if (!built) throw std::logic_error{to_string(*built.error)};
  std::string frame;
  append_frame(frame, {"FIX.4.4", built.message.msg_type, "BUYSIDE1", "VENUE01", seq_num{number}, morning}, built.message.header, built.message.body);
  return frame;
}

}  // namespace

std::string new_order_single() {
  message_builder m{"D"};
  m.field(11, "ORD-0000042").field(21, '1').field(55, "MSFT").field(54, '1').field(60, morning);
  m.field(38, 1500).field(40, '2').field(44, decimal{41'375, -2}).field(59, '0');
  return framed(m, 4711);
}

std::string execution_report() {
  message_builder m{"8"};
  m.field(37, "VEN-00000000009182").field(11, "ORD-20240506-000042").field(17, "EXE-20240506-0000917").field(150, 'F').field(39, '1');
  {
    auto parties = m.group(453);
    parties.entry().field(448, "BROKER-A").field(447, 'D').field(452, 1);
    parties.entry().field(448, "TRADER-9").field(447, 'D').field(452, 12);
  }
  m.field(1, "ACCT-7").field(55, "MSFT").field(54, '1').field(38, 1500).field(40, '2').field(44, decimal{41'375, -2}).field(15, "USD").field(59, '0');
  m.field(32, 400).field(31, decimal{413'725, -3}).field(151, 1100).field(14, 400).field(6, decimal{413'725, -3}).field(75, std::chrono::year{2024} / 5 / 6);
  m.field(60, morning);
  return framed(m, 9876);
}

std::string market_data_snapshot_full_refresh() {
  message_builder m{"W"};
  m.field(262, "MD-1").field(55, "MSFT");
  {
    auto entries = m.group(268);
    for (int i = 0; i < 20; ++i)
      entries.entry().field(269, i % 2 == 0 ? '0' : '1').field(270, decimal{41'375 + (i % 2 == 0 ? -i : i), -2}).field(271, 100 * (i + 1)).field(273, time_of_day{9h + 30min}).field(290, i / 2 + 1);
  }
  return framed(m, 123'456);
}

}  // namespace troupe::bench
