// The passes of understand_settings over one file. Private to the settings' own sources.
#pragma once

#include "actors/settings_table.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

// The keys that hold for one session: its own, and those of [DEFAULT] that it does not set itself.
class effective_entries {
 public:
  effective_entries(const settings_section* defaults, const settings_section& session) : defaults_(defaults), session_(&session) {}

  [[nodiscard]] const settings_entry* find(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  // Stands in the [SESSION] itself.
  [[nodiscard]] bool is_own(const settings_entry& e) const { return e.key_at > session_->at && !session_->entries.empty() && e.key_at <= session_->entries.back().key_at; }
  [[nodiscard]] const settings_section& session() const { return *session_; }
  [[nodiscard]] bool is_default_alone() const { return session_->kind == section_kind::defaults; }

  template <class Visit>
  void for_each(Visit visit) const {
    if (defaults_) each(*defaults_, visit);
    each(*session_, visit);
  }

 private:
  template <class Visit>
  void each(const settings_section& section, Visit visit) const {
    for (const settings_entry& e : section.entries)
      if (find(e.key) == &e) visit(e);
  }

  const settings_section* defaults_;
  const settings_section* session_;
};

// The later of two entries with one name counts, and stands behind. nullptr: no section, or nothing of this name in it.
[[nodiscard]] const settings_entry* find_in(const settings_section* section, std::string_view key);

// "Key=value", for messages: long values are cut, and those that may be a secret are not shown.
[[nodiscard]] std::string shown(const settings_entry& e);

// Another name of the same value says otherwise, and counts.
[[nodiscard]] bool is_overruled(const effective_entries& entries, const settings_entry& e, const setting_key& key);

// An error that costs more than one session.
[[nodiscard]] bool has_error_of_all(const std::vector<settings_problem>& problems);

// Takes out the sessions that stand there, and closes the templates: a place, and what is wrong with it. The problem, if nothing is left.
[[nodiscard]] std::optional<settings_problem> leave_out(settings& all, const std::map<text_position, std::string>& broken);

class settings_reader {
 public:
  settings_reader(settings_file file, std::filesystem::path name) : file_(std::move(file)), name_(std::move(name)) {}
  settings_result read();

 private:
  // every entry once, wherever it stands
  void check_entries();
  void check_entry(const settings_entry& e);
  void check_value(const settings_entry& e, const setting_key& key);
  void check_unbuilt(const settings_entry& e, const unbuilt_key& key);

  // every session as a whole
  void read_session(const effective_entries& entries);
  void fill(const effective_entries& entries, session_settings& session);
  void fill_defaults(const effective_entries& entries, session_settings& session);
  void check_required(const effective_entries& entries);
  void check_initiator(const effective_entries& entries, session_settings& session);
  void check_acceptor(const effective_entries& entries);
  void check_hosts(const effective_entries& entries, session_settings& session);  // settings_network.cpp, as the next two
  void check_proxy(const effective_entries& entries, session_settings& session);
  void check_proxy_user(const effective_entries& entries, const proxy_settings& proxy);
  void check_versions(const effective_entries& entries, session_settings& session);
  void check_fields(const effective_entries& entries, const session_settings& session);
  void check_timing(const effective_entries& entries, session_settings& session);
  void check_parking(const effective_entries& entries, const session_settings& session);  // settings_parking.cpp
  void check_window(const effective_entries& entries, session_settings& session);  // settings_window.cpp
  void check_reset_time(const effective_entries& entries, session_settings& session);
  [[nodiscard]] std::shared_ptr<const schedule> schedule_of(schedule_plan plan, text_position at);
  [[nodiscard]] bool is_whole(const effective_entries& entries, const window_settings& w, const std::string& number);
  [[nodiscard]] std::set<std::chrono::sys_days> read_holidays(const effective_entries& entries, const session_settings& session);
  void check_identity(const session_settings& session);

  // templates (settings_templates.cpp)
  void read_template(const effective_entries& entries, session_settings session);
  [[nodiscard]] std::optional<settings_section> section_for_anybody();
  void name_anybody(session_settings& session);
  void check_dynamic_keys(const effective_entries& entries, const session_settings& session);
  void check_names(const effective_entries& entries, const session_settings& session);

  // what keys have in common (settings_shared.cpp)
  void check_shared_values(const settings_section& section);
  void check_sides(const effective_entries& entries, const session_settings& session);

  // all sessions together
  void leave_out_broken(std::vector<effective_entries>& sessions);  // settings_left_out.cpp, as the next three
  [[nodiscard]] const settings_section* section_of(const settings_problem& p) const;
  [[nodiscard]] bool is_misunderstood(const settings_section& section);
  void doubt_names(protocol::session_id& id, text_position at);
  void check_process_keys(const std::vector<effective_entries>& sessions);
  void check_partners(const std::vector<effective_entries>& sessions);  // settings_partners.cpp
  void check_shared_ports(const std::vector<effective_entries>& entries);  // settings_network.cpp, as the next three
  void check_overlap(const effective_entries& entries, const session_settings& first, const session_settings& session);
  void share_port(const effective_entries& entries, const session_settings& first, session_settings& session);
  [[nodiscard]] session_settings* find_read(text_position at);
  void finish_store(const std::vector<effective_entries>& sessions);
  void warn_of_parking_in_memory();  // settings_parking.cpp
  void finish_durability(const effective_entries& first);
  void finish_postgres(const effective_entries& first);
  void finish_paths(const settings_section* defaults);

  [[nodiscard]] const settings_section* defaults() const;
  void error(text_position at, std::string text) { problems().push_back({severity::error, at, std::move(text)}); }
  void warning(text_position at, std::string text) { problems().push_back({severity::warning, at, std::move(text)}); }
  std::vector<settings_problem>& problems() { return file_.problems; }
  [[nodiscard]] bool has_errors() { return has_error_of_all(problems()); }

  settings_file file_;
  std::optional<settings_section> anybody_;  // DynamicSessions=Y: a section without entries
  std::filesystem::path name_;
  settings value_;
};

}  // namespace troupe::actors
