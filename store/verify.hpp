// Reads a whole store and says what of it is damaged. Changes nothing, and may run beside the engine (store_view.hpp).
//
// Memory: a page, what is parked, and the damage of one session, of which neighbours are told together.
#pragma once

#include "store/store_damage.hpp"
#include "store/store_view.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace troupe::store {

struct verified_session {
  viewed_session session;
  std::uint64_t records = 0;          // of all its numberings
  std::uint64_t parked = 0;
  std::uint64_t damages = 0;
};

struct verify_sink {
  virtual ~verify_sink() = default;
  virtual void found(const store_damage& damage) = 0;
  virtual void checked(const verified_session& session) = 0;  // in front of its damage
  virtual void progress(std::uint64_t records) { (void)records; }  // so many so far, told with each page
};

struct verify_options {
  bool is_in_use = false;  // an engine writes meanwhile
  std::function<bool(const protocol::session_id&)> wants = nullptr;  // which sessions; empty: all
};

// False: an engine uses the store, and its structure was not looked at to the end. Throws store_error if the sessions cannot be read.
[[nodiscard]] bool verify(store_view& view, const verify_options& options, verify_sink& sink);

// Why a record that fits its checksum is not what it should be; empty: it is. Frames of administrative messages may be absent.
[[nodiscard]] std::string misfit(const protocol::session_id& id, const protocol::stored_record& record);

}  // namespace troupe::store
