// A connection of its own for looking into a SQLite store that may be in use.
//
// Each question is a read of its own, so that the write-ahead log of an engine is never held for longer than that.
#pragma once

#include "store/sqlite_handle.hpp"
#include "store/sqlite_reader.hpp"
#include "store/store_view.hpp"

#include <memory>
#include <string>

namespace troupe::store {

class sqlite_view final : public store_view {
 public:
  // Throws store_error.
  explicit sqlite_view(const std::string& path);
  [[nodiscard]] sqlite_reader& reader() { return *reader_; }

  [[nodiscard]] std::vector<viewed_session> sessions() override;
  [[nodiscard]] std::vector<protocol::numbering_generation> numberings(const viewed_session& s) override;
  [[nodiscard]] protocol::replay_page fetch(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num begin, protocol::seq_num end,
                                            std::size_t max_records, std::size_t max_bytes) override;
  [[nodiscard]] std::vector<protocol::parked_submit> parked(const viewed_session& s, std::uint64_t after = 0,
                                                            std::size_t most = std::numeric_limits<std::size_t>::max() >> 1) override;
  [[nodiscard]] std::vector<numbered_token> tokens_of_lost(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num first, protocol::seq_num last) override;
  [[nodiscard]] std::string place_of(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num number) override;
  // Beside an engine SQLite's own check ends after so much work that its log is held for a second or two, and it is not asked whether each row is found by its number.
  [[nodiscard]] bool check_structure(bool is_in_use, const std::function<void(store_damage)>& found) override;
  [[nodiscard]] std::string describe() const override;

 private:
  template <class F>
  auto ask(F question);
  [[nodiscard]] bool check_file(bool is_in_use, const std::function<void(store_damage)>& found);
  void check_rows(const std::function<void(store_damage)>& found);
  void find_orphans(const char* table, const std::function<void(store_damage)>& found);

  std::string path_;
  std::unique_ptr<sqlite_connection> connection_;
  std::unique_ptr<sqlite_reader> reader_;
};

}  // namespace troupe::store
