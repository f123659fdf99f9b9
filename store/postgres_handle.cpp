#include "store/postgres_handle.hpp"

#include "store/message_store.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace troupe::store {

namespace {

// Types of the server's catalogue; their numbers never change.
constexpr Oid oid_bytea = 17, oid_int8 = 20, oid_text = 25, oid_bytea_array = 1001, oid_int8_array = 1016;

template <class Number>
void append(std::string& to, Number value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) to += static_cast<char>(value >> shift & 0xFF);
}

// An array on the wire: dimensions, whether there are nulls, type, length, lower bound; each element with its length.
std::string array_head(Oid type, std::size_t count) {
  std::string head;
  append(head, std::uint32_t{count == 0 ? 0u : 1u});
  append(head, std::uint32_t{0});
  append(head, std::uint32_t{type});
  if (count == 0) return head;
  append(head, static_cast<std::uint32_t>(count));
  append(head, std::uint32_t{1});
  return head;
}

// By the class of its SQLSTATE (the manual's appendix A).
postgres_error::kind kind_of(std::string_view state) {
  const auto its_class = state.substr(0, 2);
  if (its_class == "22" || its_class == "23" || its_class == "54") return postgres_error::kind::data;
  const bool is_busy = its_class == "40" || its_class == "53" || its_class == "55" || its_class == "57" || its_class == "58";
  if (is_busy || its_class == "08" || state == "25006") return postgres_error::kind::passing;  // 25006: a standby, or about to become one
  return postgres_error::kind::lasting;
}

// The first column of what went wrong, with its hint, as one line.
std::string text_of(const PGresult* result) {
  const auto field = [&](int which) { return std::string{PQresultErrorField(result, which) ? PQresultErrorField(result, which) : ""}; };
  std::string text = field(PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = PQresultErrorMessage(result);
  if (const auto detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty()) text += " (" + detail + ")";
  return text;
}

// Of libpq: several lines, one for each host that was tried.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    const auto end = std::min(text.find_first_not_of("\n\t ", at), text.size());
    text.replace(at, end - at, "; ");
  }
  return text;
}

}  // namespace

std::string told(const postgres_error& e) {
  std::string text = e.what();
  if (!text.ends_with('.') && !text.ends_with('?')) text += '.';
  switch (e.what_kind()) {
    case postgres_error::kind::unreachable: return text + " Look at the connection string, the server and the network.";
    case postgres_error::kind::lost: return text + " Look at the server and the network.";
    case postgres_error::kind::lasting: return text + " Look at the database and the rights of its user.";
    case postgres_error::kind::passing:
    case postgres_error::kind::data: break;
  }
  return text;
}

// ---------------------------------------------------------------- values

postgres_values& postgres_values::add(Oid type, std::string_view value) {
  types_.push_back(type);
  data_.push_back(value.data() ? value.data() : "");
  lengths_.push_back(static_cast<int>(value.size()));
  formats_.push_back(1);
  return *this;
}

postgres_values& postgres_values::add_own(Oid type, std::string value) { return add(type, own_.emplace_back(std::move(value))); }

postgres_values& postgres_values::number(std::uint64_t value) {
  std::string bytes;
  append(bytes, value);
  return add_own(oid_int8, std::move(bytes));
}

postgres_values& postgres_values::bytes(std::string_view value) { return add(oid_bytea, value); }
postgres_values& postgres_values::text(std::string_view value) { return add(oid_text, value); }

postgres_values& postgres_values::numbers(std::span<const std::uint64_t> values) {
  auto bytes = array_head(oid_int8, values.size());
  bytes.reserve(bytes.size() + values.size() * 12);
  for (const auto value : values) {
    append(bytes, std::uint32_t{8});
    append(bytes, value);
  }
  return add_own(oid_int8_array, std::move(bytes));
}

postgres_values& postgres_values::byte_strings(std::span<const std::string_view> values) {
  auto bytes = array_head(oid_bytea, values.size());
  std::size_t all = 0;
  for (const auto value : values) all += value.size() + 4;
  bytes.reserve(bytes.size() + all);
  for (const auto value : values) {
    append(bytes, static_cast<std::uint32_t>(value.size()));
    bytes += value;
  }
  return add_own(oid_bytea_array, std::move(bytes));
}

// ---------------------------------------------------------------- rows

std::uint64_t postgres_rows::number(int row, int column) const {
  std::uint64_t value = 0;
  for (const char byte : bytes(row, column)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::string_view postgres_rows::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

// ---------------------------------------------------------------- connection

postgres_connection::postgres_connection(const postgres_address& address, const std::string& program, postgres_limits limits)
    : address_(&address), limits_(limits) {
  const auto connect = std::to_string(limits.connect.count());
  const auto silence = std::to_string(limits.answer.count());
  // What stands before the connection string is a default that it may change.
  const std::array<const char*, 11> keys{"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "target_session_attrs",
                                         "fallback_application_name", "dbname", "client_encoding", nullptr, nullptr};
  const std::array<const char*, 11> values{connect.c_str(), "5", "2", "3", silence.c_str(), "read-write", program.c_str(), address.connection().c_str(), "SQL_ASCII", nullptr, nullptr};
  handle_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
  if (!handle_) throw postgres_error(postgres_error::kind::unreachable, "there is no memory left");
  if (PQstatus(get()) != CONNECTION_OK) throw postgres_error(postgres_error::kind::unreachable, address_->masked(one_line(PQerrorMessage(get()))));
  PQsetNoticeProcessor(get(), [](void*, const char*) {}, nullptr);
  PQsetnonblocking(get(), 1);
}

postgres_rows postgres_connection::run(const postgres_statement& s, const postgres_values& v) {
  if (!prepared_.contains(s.name)) {
    finish(PQsendPrepare(get(), s.name.c_str(), s.sql.c_str(), v.count(), v.types()));
    prepared_.insert(s.name);
  }
  return finish(PQsendQueryPrepared(get(), s.name.c_str(), v.count(), v.data(), v.lengths(), v.formats(), 1));
}

void postgres_connection::run_script(const std::string& sql) { finish(PQsendQuery(get(), sql.c_str())); }

// All results are read, so that the connection is ready again; the last one counts, or the first that is an error.
postgres_rows postgres_connection::finish(int was_sent) {
  if (was_sent == 0) lose(PQerrorMessage(get()));
  send_all();
  std::unique_ptr<PGresult, void (*)(PGresult*)> kept{nullptr, &PQclear};
  bool is_wrong = false;
  while (auto* result = next_result()) {
    std::unique_ptr<PGresult, void (*)(PGresult*)> one{result, &PQclear};
    if (is_wrong) continue;
    const auto status = PQresultStatus(result);
    is_wrong = status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY;
    kept = std::move(one);
  }
  if (is_wrong || !kept) fail(kept.get());
  return postgres_rows{kept.release()};
}

void postgres_connection::send_all() {
  for (;;) {
    const int left = PQflush(get());
    if (left == 0) return;
    if (left < 0) lose(PQerrorMessage(get()));
    wait_for(POLLIN | POLLOUT);
    if (PQconsumeInput(get()) == 0) lose(PQerrorMessage(get()));  // a server that wants to say something first must be heard
  }
}

PGresult* postgres_connection::next_result() {
  while (PQisBusy(get()) != 0) {
    wait_for(POLLIN);
    if (PQconsumeInput(get()) == 0) lose(PQerrorMessage(get()));
  }
  return PQgetResult(get());
}

void postgres_connection::wait_for(short events) {
  for (;;) {
    pollfd p{PQsocket(get()), events, 0};
    const int n = ::poll(&p, 1, static_cast<int>(limits_.answer.count()));
    if (n > 0) return;
    if (n == 0) lose("no answer for " + std::to_string(limits_.answer.count()) + " ms");
    if (errno != EINTR) lose("cannot wait for its socket");
  }
}

// FATAL and worse end the connection, and a commit may have been made before.
void postgres_connection::fail(const PGresult* result) {
  if (!result || PQstatus(get()) == CONNECTION_BAD) lose(result ? text_of(result) : PQerrorMessage(get()));
  const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (!severity || std::string_view{severity} != "ERROR") lose(text_of(result));
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  throw postgres_error(kind_of(state ? state : ""), address_->masked(one_line(text_of(result))));
}

void postgres_connection::lose(const std::string& why) {
  is_lost_ = true;
  throw postgres_error(postgres_error::kind::lost, "the connection was lost: " + address_->masked(one_line(why)));
}

std::unique_ptr<postgres_connection> connect_to_store(const postgres_address& address, const std::string& program, postgres_limits limits, const std::string& settings) {
  auto c = std::make_unique<postgres_connection>(address, program, limits);
  if (c->server_version() < 120'000)
    throw store_error("the server is PostgreSQL " + std::to_string(c->server_version() / 10'000) + ", expected 12 or newer.");
  const auto limit = limits.answer.count();
  c->run_script("SET default_transaction_isolation = 'read committed'; SET jit = off; SET client_min_messages = warning; SET tcp_keepalives_idle = 5; "
                "SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = " + std::to_string(limit) +
                "; SET statement_timeout = " + std::to_string(limit * 4 / 5) + "; " + settings);
  return c;
}

}  // namespace troupe::store
