// What a message costs our codec; harness.hpp has the options.
#include "bench/codec/harness.hpp"
#include "bench/codec/messages.hpp"
#include "protocol/dictionary.hpp"
#include "protocol/framer.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "protocol/validate.hpp"

#include <fix44/execution_report.hpp>
#include <fix44/market_data_snapshot_full_refresh.hpp>

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace {

using namespace troupe::protocol;
using troupe::bench::codec_case;

using namespace std::chrono_literals;
constexpr utc_time morning = std::chrono::sys_days{std::chrono::year{2024} / 5 / 6} + 9h + 30min + 1s + 234ms;

std::string content_of(const std::string& file) {
  std::ostringstream text;
  if (!(text << std::ifstream{file, std::ios::binary}.rdbuf())) throw std::runtime_error{"cannot read " + file};
  return text.str();
}

std::shared_ptr<const dictionary> load(const std::string& xml) {
  auto read = read_dictionary(xml);
  if (!read.made) throw std::runtime_error{"no dictionary: " + to_string(read.problems.at(0), "xml")};
  return read.made;
}

// A stream that holds the frame once, cut and indexed again and again, as a connection does.
struct inbound {
  explicit inbound(std::string bytes) : stream(std::move(bytes)) {}

  const message_view& next() {
    const frame_result cut = cutter.next(stream);
    if (cut.what != frame_result::kind::frame || view.assign(cut.frame) != parse_error::none) throw std::logic_error{"no frame"};
    return view;
  }

  std::string stream;
  framer cutter;
  message_view view;
};

codec_case parse(const std::string& name, const std::string& frame) {
  const auto in = std::make_shared<inbound>(frame);
  return {"parse." + name, [in](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += in->next().fields().size();
            return sum;
          }, 1};
}

codec_case validated(const std::string& name, const std::string& frame, const dictionaries& defined) {
  const auto in = std::make_shared<inbound>(frame);
  if (const auto fault = validate(in->next(), defined)) throw std::logic_error{name + ": " + describe(*fault, in->view, defined)};
  return {"validate." + name, [in, defined](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += validate(in->next(), defined) ? 0 : 1;
            return sum;
          }, 1};
}

// ---------------------------------------------------------------- 10 fields of an execution report

template <class Value>
std::uint64_t taken(const std::optional<Value>& value) {
  if (!value) throw std::logic_error{"a field is missing"};
  if constexpr (std::is_same_v<Value, std::string_view>) return value->size();
  else if constexpr (std::is_same_v<Value, decimal>) return static_cast<std::uint64_t>(value->mantissa);
  else if constexpr (std::is_same_v<Value, utc_time>) return static_cast<std::uint64_t>(value->time_since_epoch().count());
  else return static_cast<std::uint64_t>(*value);
}

std::uint64_t read_untyped(const message_view& m) {
  return taken(m.find(11)) + taken(m.find(37)) + taken(m.find(17)) + taken(m.find_char(150)) + taken(m.find_char(39)) + taken(m.find_char(54)) + taken(m.find_decimal(32)) +
         taken(m.find_decimal(31)) + taken(m.find_decimal(151)) + taken(m.find_utc(60));
}

std::uint64_t read_typed(const message_view& m) {
  const fix44::execution_report_view r{m};
  return taken(r.cl_ord_id()) + taken(r.order_id()) + taken(r.exec_id()) + taken(r.exec_type()) + taken(r.ord_status()) + taken(r.side()) + taken(r.last_qty()) +
         taken(r.last_px()) + taken(r.leaves_qty()) + taken(r.transact_time());
}

template <class Read>
codec_case access(const std::string& name, const std::string& frame, Read read) {
  const auto in = std::make_shared<inbound>(frame);
  in->next();
  return {name, [in, read](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += read(in->view);
            return sum;
          }, 1};
}

// ---------------------------------------------------------------- price and size of 20 entries

std::uint64_t walk_untyped(const message_view& m) {
  std::uint64_t sum = 0;
  for (const field_range entry : m.group(268, fix44::market_data_snapshot_full_refresh_view::no_md_entries_entry::members))
    sum += taken(entry.find_decimal(270)) + taken(entry.find_decimal(271));
  return sum;
}

std::uint64_t walk_typed(const message_view& m) {
  std::uint64_t sum = 0;
  for (const auto& entry : fix44::market_data_snapshot_full_refresh_view{m}.no_md_entries()) sum += taken(entry.md_entry_px()) + taken(entry.md_entry_size());
  return sum;
}

// ---------------------------------------------------------------- an execution report

void write_untyped(message_builder& m) {
  m.field(37, "VEN-00000000009182").field(11, "ORD-20240506-000042").field(17, "EXE-20240506-0000917").field(150, 'F').field(39, '1');
  {
    auto parties = m.group(453);
    parties.entry().field(448, "BROKER-A").field(447, 'D').field(452, 1);
    parties.entry().field(448, "TRADER-9").field(447, 'D').field(452, 12);
  }
  m.field(1, "ACCT-7").field(55, "MSFT").field(54, '1').field(38, 1500).field(40, '2').field(44, decimal{41'375, -2}).field(15, "USD").field(59, '0');
  m.field(32, 400).field(31, decimal{413'725, -3}).field(151, 1100).field(14, 400).field(6, decimal{413'725, -3}).field(75, std::chrono::year{2024} / 5 / 6);
  m.field(60, morning);
}

build_result made_untyped() {
  message_builder m{"8"};
  write_untyped(m);
  return m.build();
}

build_result made_typed() {
  fix44::execution_report r;
  r.order_id("VEN-00000000009182").cl_ord_id("ORD-20240506-000042").exec_id("EXE-20240506-0000917");
  r.exec_type(fix44::exec_type::trade).ord_status(fix44::ord_status::partially_filled);
  {
    auto parties = r.no_party_ids();
    parties.entry().party_id("BROKER-A").party_id_source(fix44::party_id_source::proprietary).party_role(fix44::party_role::executing_firm);
    parties.entry().party_id("TRADER-9").party_id_source(fix44::party_id_source::proprietary).party_role(fix44::party_role::executing_trader);
  }
  r.account("ACCT-7").symbol("MSFT").side(fix44::side::buy).order_qty(1500).ord_type(fix44::ord_type::limit).price({41'375, -2}).currency("USD");
  r.time_in_force(fix44::time_in_force::day).last_qty(400).last_px({413'725, -3}).leaves_qty(1100).cum_qty(400).avg_px({413'725, -3});
  r.trade_date(std::chrono::year{2024} / 5 / 6).transact_time(morning);
  return r.build();
}

template <class Make>
codec_case encode(const std::string& name, Make make, const std::string& expected) {
  const auto wire = std::make_shared<std::string>();
  const auto clock = std::make_shared<utc_text>();
  // Another millisecond each time, so that no SendingTime is spared its formatting: QuickFIX formats each.
  const auto sent = std::make_shared<utc_time>(morning);
  const auto once = [=] {
    const build_result built = make();
    wire->clear();
    append_frame(*wire, {"FIX.4.4", built.message.msg_type, "BUYSIDE1", "VENUE01", seq_num{9876}, std::exchange(*sent, *sent + 1ms)}, built.message.header, built.message.body, *clock);
    return wire->size();
  };
  once();
  if (*wire != expected) throw std::logic_error{name + " writes another message:\n" + *wire + "\n" + expected};
  return {name, [once](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += once();
            return sum;
          }, 1};
}

codec_case loading(const std::string& name, const std::string& file) {
  const auto xml = std::make_shared<std::string>(content_of(file));
  return {"load." + name, [xml](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += load(*xml)->fields().size();
            return sum;
          }, 5000};
}

std::vector<codec_case> make(const std::string& folder) {
  using namespace troupe::bench;
  if (new_order_single().size() != 170) throw std::logic_error{"the order has " + std::to_string(new_order_single().size()) + " bytes"};
  const auto fix44 = load(content_of(folder + "/FIX44.xml"));
  const dictionaries defined{fix44, fix44};
  const auto order = new_order_single(), report = execution_report(), book = market_data_snapshot_full_refresh();
  std::vector<codec_case> cases{
      parse("order", order),
      parse("report", report),
      parse("book", book),
      validated("order", order, defined),
      validated("report", report, defined),
      validated("book", book, defined),
      access("access.report", report, read_untyped),
      access("access.report.typed", report, read_typed),
      access("walk.book", book, walk_untyped),
      access("walk.book.typed", book, walk_typed),
      encode("encode.report", made_untyped, report),
      encode("encode.report.typed", made_typed, report),
  };
  for (const std::string& version : dictionary_versions()) cases.push_back(loading(version, folder + "/" + version + ".xml"));
  return cases;
}

}  // namespace

int main(int argc, char** argv) { return troupe::bench::run_codec(argc, argv, TROUPE_DICTIONARIES, make); }
