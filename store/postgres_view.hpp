// A connection of its own for looking into a PostgreSQL store that may be in use.
//
// It takes no lease and may write nothing. Each question is one statement, and a transaction by itself: between two of them no snapshot is held that
// would keep the server from clearing up. A connection that is lost is made anew once.
// Throws store_unavailable: it cannot be read just now, which says nothing of what is stored.
#pragma once

#include "store/postgres_address.hpp"
#include "store/postgres_handle.hpp"
#include "store/postgres_reader.hpp"
#include "store/store_view.hpp"

#include <memory>
#include <optional>
#include <string>

namespace troupe::store {

class postgres_view final : public store_view {
 public:
  // As postgres_store. Throws store_error: not to be reached, not ours; store_unbegun: it is not there yet.
  explicit postgres_view(std::string connection, std::string schema = "troupe", postgres_limits limits = {.answer = std::chrono::minutes{1}});

  // As it is told; nullopt: nobody.
  [[nodiscard]] std::optional<std::string> owner();

  [[nodiscard]] std::vector<viewed_session> sessions() override;
  [[nodiscard]] std::vector<protocol::numbering_generation> numberings(const viewed_session& s) override;
  [[nodiscard]] protocol::replay_page fetch(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num begin, protocol::seq_num end,
                                            std::size_t max_records, std::size_t max_bytes) override;
  [[nodiscard]] std::vector<protocol::parked_submit> parked(const viewed_session& s, std::uint64_t after = 0,
                                                            std::size_t most = std::numeric_limits<std::size_t>::max() >> 1) override;
  [[nodiscard]] std::string place_of(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num number) override;
  // Its rows and keys; the pages below them are the server's own, and pg_amcheck's.
  [[nodiscard]] bool check_structure(bool is_in_use, const std::function<void(store_damage)>& found) override;
  [[nodiscard]] std::string describe() const override;

 private:
  [[nodiscard]] std::unique_ptr<postgres_connection> connected() const;
  template <class F>
  auto ask(F question);
  void find_orphans(const std::string& table, const std::function<void(store_damage)>& found);

  postgres_address address_;
  std::string schema_;
  std::string name_;
  postgres_limits limits_;
  postgres_reader reader_;
  std::unique_ptr<postgres_connection> connection_;  // null: lost
};

}  // namespace troupe::store
