#include "actors/testing/audit.hpp"

#include "actors/testing/recording_application.hpp"

#include <map>
#include <set>

namespace troupe::actors::testing {

namespace {

std::string text(seq_num n) { return "MsgSeqNum " + std::to_string(n.value); }

struct stored {
  std::size_t place = 0;  // in the order of commits
  seq_num number{};
  numbering_generation generation{};
};

class auditor {
 public:
  explicit auditor(const direction& d) : d_(d) {}

  std::vector<std::string> findings() {
    look_at_store();
    look_at_arrivals();
    look_at_outcomes();
    return std::move(findings_);
  }
  std::vector<std::string> missing() {
    look_at_store();
    std::set<std::string> arrived;
    for (const auto& e : d_.receiver_log)
      if (e.what == log_entry::kind::message) arrived.insert(e.id);
    std::vector<std::string> names;
    for (const auto& [id, s] : by_id_)
      if (s.generation == d_.sent.back().generation && !arrived.contains(id)) names.push_back(id + " (" + text(s.number) + ")");
    return names;
  }

 private:
  void find(const std::string& what) { findings_.push_back(to_string(d_.sender) + ": " + what); }

  void look_at_store() {
    std::map<std::pair<numbering_generation, seq_num>, const std::string*> contents;
    for (std::size_t i = 0; i < d_.sent.size(); ++i) {
      const auto& r = d_.sent[i];
      const auto [at, is_new] = contents.try_emplace({r.generation, r.number}, &r.frame);
      if (!is_new && *at->second != r.frame) find(text(r.number) + " was stored with two contents");
      if (r.token.value != 0) tokens_[r.token.value] = r.number;
      if (r.kind != protocol::record_kind::application || view_.assign(r.frame) != protocol::parse_error::none) continue;
      const auto id = business_id(view_);
      if (!id.empty() && !by_id_.try_emplace(id, stored{i, r.number, r.generation}).second) find(id + " was stored twice");
    }
  }

  void look_at_arrivals() {
    std::map<std::string, bool> seen;  // unmarked already?
    std::size_t furthest = 0;
    for (const auto& e : d_.receiver_log) {
      if (e.what != log_entry::kind::message || e.id.empty()) continue;
      const auto found = by_id_.find(e.id);
      if (found == by_id_.end()) {
        find(e.id + " arrived and is not in the sender's store");
        continue;
      }
      if (found->second.number != e.number) find(e.id + " was stored as " + text(found->second.number) + " and arrived as " + text(e.number));
      const auto [at, is_first] = seen.try_emplace(e.id, !e.is_marked);
      if (!is_first && !e.is_marked && std::exchange(at->second, true)) find(e.id + " arrived twice, without a mark");
      if (!is_first) continue;
      if (found->second.place < furthest) find(e.id + " arrived after a later message");
      furthest = found->second.place;
    }
  }

  void look_at_outcomes() {
    for (const auto& e : d_.sender_log) {
      if (e.what != log_entry::kind::outcome || e.outcome.is_parked) continue;
      const auto token = e.outcome.token.value;
      const auto found = tokens_.find(token);
      const bool is_accepted = !e.outcome.refused;
      if (is_accepted && (found == tokens_.end() || found->second != e.outcome.number))
        find("token " + std::to_string(token) + " was accepted as " + text(e.outcome.number) + " and is not stored so");
      if (!is_accepted && found != tokens_.end()) find("token " + std::to_string(token) + " was refused and is stored as " + text(found->second) + ", reason " + std::to_string(static_cast<int>(*e.outcome.refused)));
    }
  }

  const direction& d_;
  protocol::message_view view_;
  std::map<std::string, stored> by_id_;
  std::map<std::uint64_t, seq_num> tokens_;
  std::vector<std::string> findings_;
};

}  // namespace

std::vector<std::string> broken_promises(const direction& d) { return auditor{d}.findings(); }

std::vector<std::string> not_arrived(const direction& d) { return auditor{d}.missing(); }

}  // namespace troupe::actors::testing
