// Where numbers and messages are kept, and what a commit survives: of the whole process, put together from several keys.
#include "actors/settings_reader.hpp"
#include "store/message_store.hpp"
#include "store/postgres_address.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr std::size_t longest_schema = 63;

// Why it is no name for a schema of ours; empty: it is one.
std::string fault_of_schema(const std::string& name) {
  if (name.size() > longest_schema) return "a name in PostgreSQL has at most " + std::to_string(longest_schema) + " bytes";
  if (name.starts_with("pg_") || name == "information_schema") return "a name that begins with pg_, and information_schema, are PostgreSQL's own";
  return {};
}

// As libpq reads it. Whether there is somebody is found out when the engine runs.
std::string fault_of_connection(const std::string& text) try {
  (void)store::postgres_address{text};
  return {};
} catch (const store::store_error& e) {
  return e.what();
}

}  // namespace

void settings_reader::finish_store(const std::vector<effective_entries>& sessions) {
  if (sessions.empty()) return;
  const effective_entries& s = sessions.front();
  const settings_entry* kind = s.find("Store");
  auto& store = value_.store;
  const bool has_path = !store.path.empty();
  if (!kind) store.kind = has_path ? store_kind::sqlite : store_kind::memory;
  finish_postgres(s);
  if (!kind && !has_path)
    warning(s.session().at, "neither FileStorePath nor StorePath is set: sequence numbers and messages live in memory and are lost when the "
                            "process ends; Store=memory says that this is meant");
  if (kind && store.kind != store_kind::memory && store.kind != store_kind::postgres && !has_path) error(kind->value_at, shown(*kind) + " without a place; set StorePath or FileStorePath");
  finish_durability(s);
  if (const settings_entry* e = s.find("StoreDurability"); e && store.kind == store_kind::memory && e->value == "power")
    error(e->value_at, shown(*e) + " with a store in memory, which survives nothing; set StorePath");
  if (store.kind == store_kind::memory)
    for (const char* key : {"StoreKeepNumberings", "StoreKeepTime", "StoreKeepBytes", "StoreArchivePath"})
      if (const settings_entry* e = s.find(key)) warning(e->value_at, shown(*e) + " says nothing to a store in memory, which keeps what it has room for");
  if (const settings_entry* e = s.find("StoreKeepNumberings"); e && store.keep_numberings == 0 && store.kind != store_kind::memory)
    warning(e->value_at, shown(*e) + ": an application that asks behind a reset what became of a submit learns nothing");
  if (store.kind == store_kind::memory || store.kind == store_kind::postgres) store.path.clear();
  if (store.kind == store_kind::journal && s.find("FileStorePath") && store.path.filename() == "troupe.db") store.path.replace_filename("troupe.journal");
  warn_of_parking_in_memory();
}

// QuickFIX/Go writes each message through to the disk unless it is told not to, and whoever has a database expects no less. A store has one durability: the strongest that is asked for.
void settings_reader::finish_durability(const effective_entries& s) {
  if (s.has("StoreDurability") || s.has("FileStoreSync")) return;
  const bool has_go = std::any_of(value_.sessions.begin(), value_.sessions.end(), [](const auto& x) { return x.dialect == settings_dialect::go; });
  if (has_go || value_.store.kind == store_kind::postgres) value_.store.durability = store_durability::power;
}

void settings_reader::finish_postgres(const effective_entries& s) {
  const bool is_postgres = value_.store.kind == store_kind::postgres;
  if (is_postgres && value_.store.connection.empty()) {
    const settings_entry* kind = s.find("Store");
    error(kind->value_at, shown(*kind) + " without a database; set StoreConnection, for example host=db1 dbname=fix user=troupe");
  }
  if (const settings_entry* e = s.find("StoreConnection"); e && is_postgres)
    if (const auto why = fault_of_connection(value_.store.connection); !why.empty()) error(e->value_at, shown(*e) + ": " + why);
  if (const settings_entry* e = s.find("StoreSchema"); e && is_postgres)
    if (const auto why = fault_of_schema(value_.store.schema); !why.empty()) error(e->value_at, shown(*e) + ": " + why);
  for (const std::string key : {"StoreConnection", "StoreSchema", "StoreLease"})
    if (const settings_entry* e = s.find(key); e && !is_postgres) warning(e->key_at, shown(*e) + " is ignored: it is for Store=postgres");
  for (const std::string key : {"StorePath", "FileStorePath"})
    if (const settings_entry* e = s.find(key); e && is_postgres) warning(e->key_at, shown(*e) + " is ignored: Store=postgres keeps everything in the database");
}

}  // namespace troupe::actors
