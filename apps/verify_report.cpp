#include "apps/verify_report.hpp"

#include "apps/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <unistd.h>
#include <vector>

namespace troupe::apps {
namespace {

using json = nlohmann::ordered_json;
using store::store_damage;
using store::verified_session;

constexpr std::uint64_t shown_each = 10'000;  // records

std::string counted(std::uint64_t n, const std::string& one) { return std::to_string(n) + " " + one + (n == 1 ? "" : "s"); }

std::string consequence_of(const store_damage& d, const store_place& place) {
  return store::consequence(d, d.session ? place.fills_damaged(*d.session) : std::nullopt);
}

class as_text final : public verify_report {
 public:
  as_text(const store_place& place, std::ostream& out) : place_(place), out_(out) {}

  void begin(const std::string& store, const std::optional<std::string>& holder) override {
    out_ << printable(store) << (holder ? ", in use by " + printable(*holder) : ", not in use") << '\n';
  }

  void end(bool is_complete) override {
    if (!is_complete)
      out_ << "note: the structure of the file was not checked to its end, because an engine uses it. Stop the engine, or check a copy of the file, to have it checked.\n";
    out_ << printable(place_.name()) << ": " << (is_whole() ? "whole" : "DAMAGED") << ": " << counted(sessions_, "session") << ", " << counted(records_, "record");
    if (!is_whole()) out_ << ", " << counted(damages_, "damage") << ". troupe repair-store says what can be done";
    if (notes_ > 0) out_ << "; " << counted(notes_, "note");
    out_ << std::endl;
  }

 private:
  void tell(const verified_session& s) override {
    const auto& n = s.session.state;
    out_ << printable(protocol::to_string(s.session.id)) << ": next sender " << n.next_sender.value << ", next target " << n.next_target.value << ", numbering " << n.generation.value
         << ": " << counted(s.records, "record");
    if (s.parked > 0) out_ << ", " << s.parked << " wait for a logon";
    out_ << (s.damages == 0 ? ", whole" : "") << '\n';
  }

  void tell(const store_damage& d) override {
    out_ << (store::is_harmless(d.kind) ? "  note: " : "  DAMAGED: ") << printable(d.what) << (d.generation.value != 0 ? ", numbering " + std::to_string(d.generation.value) : "") << '\n';
    if (!d.where.empty()) out_ << "    where: " << printable(d.where) << '\n';
    out_ << "    " << consequence_of(d, place_) << '\n';
  }

  const store_place& place_;
  std::ostream& out_;
};

class as_json final : public verify_report {
 public:
  as_json(const store_place& place, std::ostream& out) : place_(place), out_(out) {}

  void begin(const std::string& store, const std::optional<std::string>& holder) override {
    all_ = {{"path", place_.name()}, {"store", store}, {"in_use_by", holder ? json(*holder) : json(nullptr)}, {"sessions", json::array()}, {"damages", json::array()}};
  }

  void end(bool is_complete) override {
    all_["is_complete"] = is_complete;
    all_["is_whole"] = is_whole();
    out_ << all_.dump(2, ' ', false, json::error_handler_t::replace) << std::endl;
  }

 private:
  void tell(const verified_session& s) override {
    const auto& n = s.session.state;
    all_["sessions"].push_back({{"session", protocol::to_string(s.session.id)},
                                {"next_sender", n.next_sender.value},
                                {"next_target", n.next_target.value},
                                {"generation", n.generation.value},
                                {"records", s.records},
                                {"parked", s.parked},
                                {"damages", s.damages}});
  }

  void tell(const store_damage& d) override {
    json j{{"kind", store::to_text(d.kind)}, {"is_harmless", store::is_harmless(d.kind)}, {"what", d.what}, {"where", d.where}, {"consequence", consequence_of(d, place_)}};
    if (d.session) j["session"] = protocol::to_string(*d.session);
    if (d.generation.value != 0) {
      j["generation"] = d.generation.value;
      j["is_of_present_numbering"] = d.is_of_present;
      j["first"] = d.first.value;
      j["last"] = d.last.value;
    }
    all_["damages"].push_back(std::move(j));
  }

  const store_place& place_;
  std::ostream& out_;
  json all_;
};

}  // namespace

void verify_report::found(const store_damage& d) {
  clear_progress();
  ++(store::is_harmless(d.kind) ? notes_ : damages_);
  tell(d);
}

void verify_report::checked(const verified_session& s) {
  clear_progress();
  ++sessions_;
  records_ += s.records;
  tell(s);
}

void verify_report::progress(std::uint64_t records) {
  if (records < shown_ + shown_each || ::isatty(STDERR_FILENO) == 0) return;
  shown_ = records;
  std::cerr << '\r' << records << " records" << std::flush;
}

void verify_report::clear_progress() {
  if (shown_ > 0 && ::isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K" << std::flush;
}

std::unique_ptr<verify_report> report_as_text(const store_place& place, std::ostream& out) { return std::make_unique<as_text>(place, out); }
std::unique_ptr<verify_report> report_as_json(const store_place& place, std::ostream& out) { return std::make_unique<as_json>(place, out); }

bool verify_all(store::store_view& view, const std::string& session, bool is_in_use, store::verify_sink& sink) {
  store::verify_options options;
  options.is_in_use = is_in_use;
  if (session.empty()) return store::verify(view, options, sink);
  std::vector<protocol::session_id> known;
  for (const auto& s : view.sessions()) known.push_back(s.id);
  options.wants = [meant = session_meant(session, known)](const protocol::session_id& id) { return id == meant; };
  return store::verify(view, options, sink);
}

}  // namespace troupe::apps
