#include "test/durability/records.hpp"

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"
#include "protocol/token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace troupe::durability {

namespace {

using namespace protocol;

// What differs between two sendings of one message.
bool is_of_sending(std::uint32_t t) {
  constexpr std::array fields = {tag::BeginString, tag::BodyLength, tag::CheckSum, tag::MsgSeqNum, tag::PossDupFlag, tag::SendingTime, tag::OrigSendingTime};
  return std::find(fields.begin(), fields.end(), t) != fields.end();
}

std::string name_of_content(const message_view& m) {
  std::string all;
  for (const auto& f : m.fields()) {
    if (is_of_sending(f.tag)) continue;
    all += m.tag_text(f);
    all += '=';
    all += m.value(f);
    all += '\x01';
  }
  char text[20];
  std::snprintf(text, sizeof text, "#%016llx", static_cast<unsigned long long>(token_of(all).value));
  return text;
}

std::string text_of(const message_view& m, std::uint32_t t) { return std::string{m.find(t).value_or("")}; }

// Number, kind, token, business id, what it answers, content; nothing in them has a tab.
void write_record(std::ofstream& to, const stored_record& r) {
  const auto m = r.is_damaged ? std::nullopt : record_of(r.frame);
  to << r.number.value << '\t' << static_cast<int>(r.kind) << '\t' << r.token.value << '\t';
  if (r.kind == record_kind::skipped) to << "\t\t\n";
  else if (!m) to << "damaged\t\tdamaged\n";
  else to << m->message.id << '\t' << m->message.answers << '\t' << m->content << '\n';
}

// Looking up all of them would take longer than the trade.
constexpr std::uint64_t looked_up = 200;

void require_token(store::message_store& from, const store::stored_session& session, const stored_record& r) {
  if (r.token == submit_token{} || r.number.value + looked_up < session.snapshot.next_sender.value) return;
  const auto found = from.find_token(session.id, r.token);
  if (found != r.number)
    throw std::runtime_error{"the store has " + name_of(r.token) + " under MsgSeqNum " + std::to_string(r.number.value) + " and finds it " +
                             (found ? "under " + std::to_string(found->value) : std::string{"nowhere"})};
}

std::vector<std::string> parts_of(const std::string& line) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= line.size();) {
    const auto end = std::min(line.find('\t', from), line.size());
    parts.push_back(line.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

}  // namespace

std::string name_of(submit_token token) { return "token " + std::to_string(token.value); }

std::optional<message_record> record_of(std::string_view frame) {
  message_view m;
  if (m.assign(frame) != parse_error::none) return std::nullopt;
  message_record r;
  r.message.number = m.find_seq_num(tag::MsgSeqNum).value_or(seq_num{});
  r.is_marked = m.find_bool(tag::PossDupFlag).value_or(false);
  r.is_application = !m.is_admin();
  r.is_gap_fill = m.msg_type() == msg_type::SequenceReset;
  const bool is_order = m.msg_type() == msg_type::NewOrderSingle;
  if (r.is_application) {
    r.message.id = text_of(m, is_order ? tag::ClOrdID : tag::ExecID);
    if (!is_order) r.message.answers = text_of(m, tag::ClOrdID);
  }
  const auto id = r.is_application ? r.message.id : '@' + std::to_string(r.message.number.value);
  r.content = std::string{m.msg_type()} + ' ' + id + ' ' + name_of_content(m);
  return r;
}

std::filesystem::path before(const std::filesystem::path& file) { return file.string() + ".before"; }

// Whenever the process is killed, what stands under these names is whole.
void write_stored(store::message_store& from, const std::filesystem::path& file) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::ofstream to(fresh, std::ios::trunc);
  const auto sessions = from.sessions();
  const auto state = sessions.empty() ? session_snapshot{} : sessions.front().snapshot;
  to << state.next_sender.value << '\t' << state.next_target.value << '\n';
  for (auto at = seq_num{1}; at < state.next_sender;) {
    const auto page = from.fetch(sessions.front().id, at, state.next_sender, 1000, 1 << 20);
    for (const auto& r : page.records) {
      write_record(to, r);
      require_token(from, sessions.front(), r);
    }
    if (page.is_last || page.end < at) break;
    at = page.end.next();
  }
  to.close();
  if (!to) throw std::runtime_error{fresh.string() + ": cannot be written"};
  if (std::filesystem::exists(file)) std::filesystem::rename(file, before(file));
  std::filesystem::rename(fresh, file);
}

stored_side read_stored(const std::filesystem::path& file) {
  std::ifstream from(file);
  stored_side side;
  std::string line;
  const auto bad = [&] { return std::runtime_error{file.string() + ": not what a party writes of its store: '" + line + "'"}; };
  const auto number_of = [&](const std::string& text) {
    std::uint64_t n = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || at != text.data() + text.size()) throw bad();
    return n;
  };
  std::getline(from, line);
  const auto numbers = parts_of(line);
  if (numbers.size() != 2) throw bad();
  side.next_sender = seq_num{number_of(numbers[0])};
  side.next_target = seq_num{number_of(numbers[1])};
  while (std::getline(from, line)) {
    const auto parts = parts_of(line);
    if (parts.size() != 6) throw bad();
    const auto number = seq_num{number_of(parts[0])};
    const auto kind = static_cast<record_kind>(number_of(parts[1]));
    if (kind == record_kind::application) side.messages.push_back({number, parts[3], parts[4]});
    if (kind != record_kind::skipped) side.contents.push_back({number, parts[5], {}});
    if (const submit_token token{number_of(parts[2])}; token != submit_token{}) side.tokens.push_back({number, name_of(token), {}});
  }
  return side;
}

}  // namespace troupe::durability
