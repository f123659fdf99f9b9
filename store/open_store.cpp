#include "store/open_store.hpp"

#include "store/journal_store.hpp"
#include "store/memory_store.hpp"
#include "store/postgres_store.hpp"
#include "store/sqlite_store.hpp"

#include <limits>

namespace troupe::store {

namespace {

// Around a store that keeps all numberings by itself, somebody must let go of them.
unsigned kept_generations(const retention& keep) { return keep.is_plain() ? keep.numberings + 1 : std::numeric_limits<unsigned>::max(); }

std::unique_ptr<message_store> open_backend(const store_settings& settings) {
  const auto kept = kept_generations(settings.keep);
  switch (settings.kind) {
    case store_kind::memory: return std::make_unique<memory_store>();
    case store_kind::journal:
      if (settings.path.empty()) throw store_error("a journal needs the path of its folder.");
      return std::make_unique<journal_store>(settings.path, journal_options{.durability = settings.durability, .kept_generations = kept});
    case store_kind::postgres:
      if (settings.connection.empty()) throw store_error("a PostgreSQL store needs a connection string.");
      return std::make_unique<postgres_store>(settings.connection, postgres_options{.durability = settings.durability, .schema = settings.schema, .lease = settings.lease, .limits = {.answer = settings.answer}, .kept_generations = kept});
    case store_kind::sqlite: break;
  }
  if (settings.path.empty()) throw store_error("a SQLite store needs the path of its file.");
  return std::make_unique<sqlite_store>(settings.path, sqlite_options{.durability = settings.durability, .kept_generations = kept});
}

}  // namespace

std::string name_of(const store_settings& settings) {
  return settings.kind == store_kind::postgres ? postgres_address{settings.connection}.with_schema(settings.schema) : settings.path;
}

std::unique_ptr<message_store> open_store(const store_settings& settings) {
  auto backend = open_backend(settings);
  if (settings.keep.is_plain() || settings.kind == store_kind::memory) return backend;
  return std::make_unique<retaining_store>(std::move(backend), settings.keep);
}

}  // namespace troupe::store
