// What `troupe verify-store` finds, as text or JSON. docs/store.md says what each member means; members are added, never renamed.
#pragma once

#include "apps/store_place.hpp"
#include "store/verify.hpp"

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

namespace troupe::apps {

class verify_report : public store::verify_sink {
 public:
  virtual void begin(const std::string& store, const std::optional<std::string>& holder) = 0;
  // `is_complete`: as store::verify says.
  virtual void end(bool is_complete) = 0;
  [[nodiscard]] bool is_whole() const { return damages_ == 0; }

  void found(const store::store_damage& d) final;
  void checked(const store::verified_session& s) final;
  // A line that is written over, if the standard error output is a terminal.
  void progress(std::uint64_t records) final;

 protected:
  virtual void tell(const store::store_damage& d) = 0;
  virtual void tell(const store::verified_session& s) = 0;
  void clear_progress();
  std::uint64_t sessions_ = 0, records_ = 0, damages_ = 0, notes_ = 0;

 private:
  std::uint64_t shown_ = 0;
};

// `place` must outlive it.
[[nodiscard]] std::unique_ptr<verify_report> report_as_text(const store_place& place, std::ostream& out);
[[nodiscard]] std::unique_ptr<verify_report> report_as_json(const store_place& place, std::ostream& out);

// Of all sessions, or of the one that is meant; what store::verify says. Throws cannot: there is none of that name.
[[nodiscard]] bool verify_all(store::store_view& view, const std::string& session, bool is_in_use, store::verify_sink& sink);

}  // namespace troupe::apps
