#include "actors/session_group.hpp"
#include "actors/store_keeper.hpp"
#include "actors/supervisor_class.hpp"

namespace troupe::actors {

// ---------------------------------------------------------------- stores

void supervisor::put_up(store_seat& s, std::shared_ptr<store::message_store> opened) {
  for (const auto& found : opened->findings()) record(severity::error, "store-damaged", nullptr, s.spec->name + ": " + found);
  // On the store's thread; the sink takes it on any.
  opened->report_to([events = around_.config.events, name = s.spec->name](const std::string& what) { events->record(severity::warning, "store-untidy", {}, name + ": " + what); });
  s.actor = spawn_store(shard(s.spec->reactor), std::move(opened), true);
  watch(s.actor, [this, index = static_cast<std::size_t>(&s - stores_.data())](const std::string& why) { store_failed(index, why); });
}

void supervisor::store_failed(std::size_t index, const std::string& reason) {
  auto& s = stores_[index];
  s.actor = nullptr;
  record(severity::error, "store-failed", nullptr, s.spec->name + ": " + reason);
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, store_lost{});
  });
  if (!is_up() || s.again.failed(self_, reason, [this, index] { reopen(index); })) return;
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, halt{"store " + s.spec->name + ": " + s.again.why_not()});
  });
}

void supervisor::reopen(std::size_t index) {
  auto& s = stores_[index];
  if (!is_up() || s.actor || s.is_opening) return;
  if (s.spec->may_wait) open_elsewhere(index);
  else on_opened(index, tried(*s.spec));
}

supervisor::opened_store supervisor::tried(const store_spec& spec) {
  try {
    return {spec.open(), {}};
  } catch (const std::exception& e) {
    return {nullptr, e.what()};
  }
}

void supervisor::open_elsewhere(std::size_t index) {
  if (!opener_) opener_ = std::make_unique<store::background>(true);
  stores_[index].is_opening = true;
  // Whoever keeps us is let go of on our own thread.
  opener_->post([this, index, spec = stores_[index].spec, keep = self_->keep_alive(), self = self_, &home = control()]() mutable {
    auto opened = tried(*spec);
    home.post([this, index, keep = std::move(keep), self, opened = std::move(opened)] { self->enter([&] { on_opened(index, opened); }); });
  });
}

void supervisor::on_opened(std::size_t index, opened_store opened) {
  auto& s = stores_[index];
  s.is_opening = false;
  if (!is_up()) {  // it is closed where it was opened: that may wait, too
    if (opener_) opener_->post([unused = std::move(opened.store)] {});
    return;
  }
  if (!opened.store) {
    record(severity::error, "store-failed", nullptr, s.spec->name + ": " + opened.why_not);
    return s.again.not_started(self_, opened.why_not, around_.config.restarts, [this, index] { reopen(index); });
  }
  put_up(s, std::move(opened.store));
  s.again.started();
  record(severity::info, "store-reopened", nullptr, stores_[index].spec->name);
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, store_replaced{stores_[index].actor});
  });
}

// ---------------------------------------------------------------- applications and groups

void supervisor::put_up_application(seat_number n) {
  auto& s = sessions_.at(n);
  if (!is_up() || s.application) return;
  try {
    s.application = s.spec->application(home_of(s), session_reference{s.anchor});
  } catch (const std::exception& e) {
    return application_failed(n, e.what());
  }
  watch(s.application, [this, n](const std::string& why) {
    sessions_.at(n).application = nullptr;
    application_failed(n, why);
  });
  if (s.group) deliver(self_, s.group, application_replaced{s.application});
}

void supervisor::application_failed(seat_number n, const std::string& reason) {
  auto& s = sessions_.at(n);
  record(severity::error, "application-failed", &s.spec->config.id, reason);
  if (!is_up() || s.application_again.failed(self_, reason, [this, n] { put_up_application(n); })) return;
  if (s.group) deliver(self_, s.group, halt{"application: " + s.application_again.why_not()});
}

void supervisor::put_up_group(seat_number n) {
  auto& s = sessions_.at(n);
  if (!is_up() || s.group) return;
  s.group = spawn_group(home_of(s), {*s.spec, around_.config.restarts, s.anchor, stores_[s.store].actor, s.application,
                                     handle_type{self_}, around_.config.events, around_.config.messages});
  s.anchor->open(s.group);
  watch(s.group, [this, n](const std::string& why) { group_failed(n, why); });
  if (s.application_again.has_given_up()) deliver(self_, s.group, halt{"application: " + s.application_again.why_not()});
  if (stores_[s.store].again.has_given_up()) deliver(self_, s.group, halt{"store " + s.store_name() + ": " + stores_[s.store].again.why_not()});
  if (s.spec->config.role != protocol::role::acceptor || !is_published(s)) return;
  for (const auto& lobby : lobbies_) deliver(self_, lobby, publish{s.spec->config.id, s.group, s.spec->place});
}

void supervisor::group_failed(seat_number n, const std::string& reason) {
  auto& s = sessions_.at(n);
  s.group = nullptr;
  s.anchor->group_lost();
  s.last.has_link = false;
  if (s.made.from) s.last.state = group_state::Starting;
  record(severity::error, "group-failed", &s.spec->config.id, reason);
  if (!is_up()) return look_whether_out();
  if (s.group_again.failed(self_, reason, [this, n] { put_up_group(n); })) return;
  s.anchor->close();
  s.last = {s.spec->config.id, group_state::NeedsOperator, "group: " + s.group_again.why_not(), false};
  record(severity::error, "needs-operator", &s.spec->config.id, s.last.reason);
  answer_waiting(s);
  look_whether_loaded();
}

void supervisor::on_group_changed(const group_changed& g) {
  auto* s = find(g.id);
  if (!s || self_->current_sender() != s->group) return;
  s->last = g;
  if (s->made.from) follow_link(by_id_.at(g.id), g);
  look_whether_loaded();
  look_whether_out();
}

}  // namespace troupe::actors
