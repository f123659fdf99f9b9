#include "store/postgres_address.hpp"

#include "store/message_store.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

namespace troupe::store {

namespace {

constexpr std::array<std::string_view, 6> places{"service", "host", "hostaddr", "port", "dbname", "user"};

// libpq quotes what it could not read, which may be the rest of a password with a blank in it, or the whole URI.
std::string without_quotes(std::string_view text) {
  std::string kept;
  for (bool is_quoted = false; !text.empty(); is_quoted = !is_quoted) {
    const auto quote = text.find('"');
    kept += is_quoted ? "\"…\"" : text.substr(0, quote);
    text = quote == std::string_view::npos ? std::string_view{} : text.substr(quote + 1);
  }
  while (!kept.empty() && kept.back() == '\n') kept.pop_back();
  return kept;
}

std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

std::string_view value_of(const PQconninfoOption* options, std::string_view keyword) {
  for (const auto* o = options; o->keyword; ++o)
    if (o->keyword == keyword && o->val) return o->val;
  return {};
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto* const end = text.data() + text.size();
  return text.empty() || (std::from_chars(text.data(), end, port).ptr == end && port >= 1 && port <= 65'535);
}

// libpq says so only when it connects.
void require_ports(const PQconninfoOption* options) {
  const auto ports = parts_of(value_of(options, "port"));
  const auto where = value_of(options, "hostaddr").empty() ? value_of(options, "host") : value_of(options, "hostaddr");
  const auto hosts = parts_of(where).size();
  if (!std::all_of(ports.begin(), ports.end(), is_port)) throw store_error("the connection string of the PostgreSQL store has a port that is none. Expected a number from 1 to 65535.");
  if (ports.size() > 1 && ports.size() != hosts)
    throw store_error("the connection string of the PostgreSQL store has " + std::to_string(ports.size()) + " ports for " + std::to_string(hosts) + (hosts == 1 ? " host." : " hosts.") +
                      " Expected one for each, or one for all.");
}

}  // namespace

postgres_address::postgres_address(std::string connection) : connection_(std::move(connection)) {
  char* why = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{PQconninfoParse(connection_.c_str(), &why), &PQconninfoFree};
  const std::unique_ptr<char, void (*)(void*)> reason{why, &PQfreemem};
  if (!options)
    throw store_error("the connection string of the PostgreSQL store cannot be read: " + without_quotes(why ? why : "there is no memory left") +
                      " (what stands in quotes is left out: it may be part of a password). Expected for example host=db1 dbname=fix user=troupe, or "
                      "postgresql://troupe@db1:5432/fix.");
  require_ports(options.get());
  for (const auto* o = options.get(); o->keyword; ++o) {
    if (!o->val || *o->val == '\0') continue;
    if (std::string_view{o->dispchar} == "*") secrets_.emplace_back(o->val);
  }
  for (const auto place : places)
    for (const auto* o = options.get(); o->keyword; ++o)
      if (o->keyword == place && o->val && *o->val != '\0') shown_ += (shown_.empty() ? "" : " ") + std::string{place} + "=" + o->val;
  if (shown_.empty()) shown_ = "of the environment";
}

std::string postgres_address::masked(std::string text) const {
  for (const auto& secret : secrets_)
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) text.replace(at, secret.size(), "***");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace troupe::store
