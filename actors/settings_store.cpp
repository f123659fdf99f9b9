// Where numbers and messages are kept, and what a commit survives: of the whole process, put together from several keys.
#include "actors/settings_reader.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

std::string shown(const settings_entry& e) { return e.key + "=" + e.value; }

store_kind kind_of(std::string_view value) { return value == "memory" ? store_kind::memory : value == "journal" ? store_kind::journal : store_kind::sqlite; }

}  // namespace

void settings_reader::finish_store(const std::vector<effective_entries>& sessions) {
  if (sessions.empty()) return;
  const effective_entries& s = sessions.front();
  const settings_entry* kind = s.find("Store");
  auto& store = value_.store;
  const bool has_path = !store.path.empty();
  store.kind = kind ? kind_of(kind->value) : has_path ? store_kind::sqlite : store_kind::memory;
  if (!kind && !has_path)
    warning(s.session().at, "neither FileStorePath nor StorePath is set: sequence numbers and messages live in memory and are lost when the "
                            "process ends; Store=memory says that this is meant");
  if (kind && store.kind != store_kind::memory && !has_path) error(kind->value_at, shown(*kind) + " without a place; set StorePath or FileStorePath");
  finish_durability(s);
  if (const settings_entry* e = s.find("StoreDurability"); e && store.kind == store_kind::memory && e->value == "power")
    error(e->value_at, shown(*e) + " with a store in memory, which survives nothing; set StorePath");
  if (store.kind == store_kind::memory) store.path.clear();
  if (store.kind == store_kind::journal && s.find("FileStorePath") && store.path.filename() == "troupe.db") store.path.replace_filename("troupe.journal");
  warn_of_parking_in_memory();
}

// QuickFIX/Go writes each message through to the disk unless it is told not to. A store has one durability: the strongest that is asked for.
void settings_reader::finish_durability(const effective_entries& s) {
  const settings_entry* ours = s.find("StoreDurability");
  const settings_entry* theirs = s.find("FileStoreSync");
  const bool has_go = std::any_of(value_.sessions.begin(), value_.sessions.end(), [](const auto& x) { return x.dialect == settings_dialect::go; });
  if (!ours && !theirs && has_go) value_.store.durability = store_durability::power;
}

}  // namespace troupe::actors
