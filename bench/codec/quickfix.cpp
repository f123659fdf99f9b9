// What the same messages cost QuickFIX C++. Its message is a map of strings, filled once; ours is an index of the bytes that
// came: `parse` makes each of them ready to be asked, and `access` asks.
#include "bench/codec/harness.hpp"
#include "bench/codec/messages.hpp"

#include <quickfix/DataDictionary.h>
#include <quickfix/Message.h>
#include <quickfix/Parser.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/MarketDataSnapshotFullRefresh.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace {

using troupe::bench::codec_case;
using dictionary = std::shared_ptr<FIX::DataDictionary>;

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  if (text.str().empty()) throw std::runtime_error("cannot read " + file);
  return text.str();
}

dictionary load(const std::string& xml) {
  std::istringstream in(xml);
  return std::make_shared<FIX::DataDictionary>(in);
}

// Cut out of a stream by QuickFIX's parser, and then read. BodyLength and CheckSum are checked. With a dictionary groups are
// found, as its sessions have it.
class reader {
 public:
  FIX::Message message;

  std::uint64_t read(const std::string& stream, const FIX::DataDictionary* defined) {
    parser_.addToStream(stream);
    if (!parser_.readFixMessage(frame_)) throw std::logic_error("no frame");
    if (defined) message.setString(frame_, true, defined);
    else message.setString(frame_, true);
    return message.getHeader().totalFields() + frame_.size();
  }

 private:
  FIX::Parser parser_;  // lives as long as a connection
  std::string frame_;
};

codec_case parse(const std::string& name, const std::string& frame) {
  return {"parse." + name, [frame](std::size_t count) {
            std::uint64_t sum = 0;
            reader one;
            while (count-- > 0) sum += one.read(frame, nullptr);
            return sum;
          }, 1};
}

codec_case validated(const std::string& name, const std::string& frame, const dictionary& defined) {
  return {"validate." + name, [frame, defined](std::size_t count) {
            std::uint64_t sum = 0;
            reader one;
            while (count-- > 0) {
              sum += one.read(frame, defined.get());
              defined->validate(one.message);  // throws
            }
            return sum;
          }, 1};
}

template <class Field>
std::uint64_t text_size(const FIX::Message& message) {
  Field field;
  message.getField(field);
  return field.getString().size();
}
template <class Field>
std::uint64_t number(const FIX::Message& message) {
  Field field;
  message.getField(field);
  return static_cast<std::uint64_t>(field.getValue());
}

std::uint64_t read_fields(const FIX::Message& m) {
  FIX::TransactTime time;
  m.getField(time);
  return text_size<FIX::ClOrdID>(m) + text_size<FIX::OrderID>(m) + text_size<FIX::ExecID>(m) + number<FIX::ExecType>(m) + number<FIX::OrdStatus>(m) + number<FIX::Side>(m) +
         number<FIX::LastQty>(m) + number<FIX::LastPx>(m) + number<FIX::LeavesQty>(m) + static_cast<std::uint64_t>(time.getValue().getSecond());
}

std::uint64_t walk(const FIX::Message& m) {
  std::uint64_t sum = 0;
  FIX44::MarketDataSnapshotFullRefresh::NoMDEntries entry;
  FIX::NoMDEntries count;
  m.getField(count);
  for (int i = 1; i <= count.getValue(); ++i) {
    m.getGroup(static_cast<unsigned>(i), entry);
    FIX::MDEntryPx price;
    FIX::MDEntrySize size;
    entry.getField(price);
    entry.getField(size);
    sum += static_cast<std::uint64_t>(price.getValue()) + static_cast<std::uint64_t>(size.getValue());
  }
  return sum;
}

template <class Read>
codec_case access(const std::string& name, const std::string& frame, const dictionary& defined, Read read_message) {
  const auto once = std::make_shared<reader>();
  once->read(frame, defined.get());
  return {name, [once, read_message](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += read_message(once->message);
            return sum;
          }, 1};
}

void add_party(FIX44::ExecutionReport& report, const char* id, int role) {
  FIX44::ExecutionReport::NoPartyIDs party;
  party.set(FIX::PartyID(id));
  party.set(FIX::PartyIDSource('D'));
  party.set(FIX::PartyRole(role));
  report.addGroup(party);
}

std::size_t encode(std::string& wire) {
  FIX44::ExecutionReport r(FIX::OrderID("VEN-00000000009182"), FIX::ExecID("EXE-20240506-0000917"), FIX::ExecType('F'), FIX::OrdStatus('1'), FIX::Side('1'),
                           FIX::LeavesQty(1100), FIX::CumQty(400), FIX::AvgPx(413.725));
  r.set(FIX::ClOrdID("ORD-20240506-000042"));
  add_party(r, "BROKER-A", 1);
  add_party(r, "TRADER-9", 12);
  r.set(FIX::Account("ACCT-7"));
  r.set(FIX::Symbol("MSFT"));
  r.set(FIX::OrderQty(1500));
  r.set(FIX::OrdType('2'));
  r.set(FIX::Price(413.75));
  r.set(FIX::Currency("USD"));
  r.set(FIX::TimeInForce('0'));
  r.set(FIX::LastQty(400));
  r.set(FIX::LastPx(413.725));
  r.set(FIX::TradeDate("20240506"));
  r.set(FIX::TransactTime(FIX::UtcTimeStamp(9, 30, 1, 234, 6, 5, 2024), 3));
  FIX::Header& header = r.getHeader();
  header.setField(FIX::SenderCompID("BUYSIDE1"));
  header.setField(FIX::TargetCompID("VENUE01"));
  header.setField(FIX::MsgSeqNum(9876));
  header.setField(FIX::SendingTime(FIX::UtcTimeStamp(9, 30, 1, 234, 6, 5, 2024), 3));
  r.toString(wire);
  return wire.size();
}

codec_case encoding(const std::string& expected) {
  std::string wire;
  if (encode(wire) != expected.size()) throw std::logic_error("QuickFIX writes another message:\n" + wire + "\n" + expected);
  return {"encode.report", [](std::size_t count) {
            std::uint64_t sum = 0;
            std::string buffer;
            while (count-- > 0) sum += encode(buffer);
            return sum;
          }, 1};
}

codec_case loading(const std::string& name, const std::string& file) {
  const auto xml = std::make_shared<std::string>(content_of(file));
  return {"load." + name, [xml](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) sum += load(*xml)->getVersion().size();
            return sum;
          }, 5000};
}

std::vector<codec_case> make(const std::string& folder) {
  using namespace troupe::bench;
  const auto fix44 = load(content_of(folder + "/FIX44.xml"));
  const auto order = new_order_single(), report = execution_report(), book = market_data_snapshot_full_refresh();
  std::vector<codec_case> cases{
      parse("order", order),
      parse("report", report),
      parse("book", book),
      validated("order", order, fix44),
      validated("report", report, fix44),
      validated("book", book, fix44),
      access("access.report", report, fix44, read_fields),
      access("walk.book", book, fix44, walk),
      encoding(report),
  };
  for (const std::string& version : dictionary_versions()) cases.push_back(loading(version, folder + "/" + version + ".xml"));
  return cases;
}

}  // namespace

int main(int argc, char** argv) { return troupe::bench::run_codec(argc, argv, TROUPE_DICTIONARIES, make); }
