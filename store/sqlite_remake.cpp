// All blocks of places, made again from the rows and from what they knew themselves.
#include "store/sqlite_place.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_tail.hpp"

#include <compare>
#include <span>

namespace troupe::store {

using namespace protocol;

namespace {

// Places of one numbering after the other, as the rows come, into blocks.
class block_maker {
 public:
  explicit block_maker(sqlite_connection& connection) : writer_(connection) {}

  void take(std::uint64_t session, numbering_generation generation, const record_place& p) {
    if (session != session_ || generation != tail_.generation) {
      end();
      session_ = session;
      tail_ = {generation, {}};
      covered_ = {};
    }
    if (p.number <= covered_) return;
    tail_.add(p);
    // The last one may still give way.
    if (tail_.places.size() > places_in_block && !tail_.places[places_in_block - 1].is_doubtful) put(places_in_block);
  }
  // One at the end that is doubtful may have had any number: it must not stand in the way of the next message.
  void end() {
    while (!tail_.places.empty() && tail_.places.back().is_doubtful) tail_.places.pop_back();
    if (!tail_.places.empty()) put(tail_.places.size());
  }

 private:
  void put(std::size_t count) {
    writer_.put(session_, tail_.generation, covered_, std::span{tail_.places}.first(count));
    covered_ = tail_.places[count - 1].last;
    tail_.places.erase(tail_.places.begin(), tail_.places.begin() + static_cast<std::ptrdiff_t>(count));
  }

  sqlite_place_writer writer_;
  std::uint64_t session_ = 0;
  session_tail tail_;
  seq_num covered_{};
};

// Places as blocks had them, one after the other: of a message that is lost its token is known from there alone.
class places_of_before {
 public:
  explicit places_of_before(sqlite_connection& connection)
      : blocks_(connection, "SELECT session, generation, first, last, least_token, greatest_token, crc, places FROM temp.place_of_before ORDER BY session, generation, first") {
    next();
  }

  struct where {
    std::uint64_t session, generation, number;
    auto operator<=>(const where&) const = default;
  };
  [[nodiscard]] bool is_at_end() const { return at_ == block_.places.size(); }
  [[nodiscard]] where here() const { return {session_, block_.generation.value, place().number.value}; }
  [[nodiscard]] const record_place& place() const { return block_.places[at_]; }
  void next() {
    if (at_ < block_.places.size()) ++at_;
    while (at_ == block_.places.size() && blocks_.step()) {
      session_ = blocks_.column(0);
      block_ = block_in(blocks_, 1, session_);
      at_ = 0;
    }
  }

 private:
  sqlite_statement blocks_;
  std::uint64_t session_ = 0;
  place_block block_;
  std::size_t at_ = 0;
};

void put_all_places(sqlite_connection& connection) {
  sqlite_statement rows{connection,
                        "SELECT r.session, r.generation, r.number, r.last, r.id, r.token, r.kind, r.crc, r.numbers_crc, s.begin_string, s.sender_comp_id, s.target_comp_id, s.qualifier "
                        "FROM record r JOIN session s ON s.id = r.session ORDER BY r.session, r.generation, r.number, r.id"};
  sqlite_statement frame{connection, "SELECT frame FROM record WHERE id = ?"};  // which is not to go through what sorts the rows
  places_of_before old{connection};
  block_maker blocks{connection};
  const auto take_old = [&] {
    blocks.take(old.here().session, numbering_generation{old.here().generation}, old.place());
    old.next();
  };
  while (rows.step()) {
    if (!frame.use(rows.column(4)).step()) continue;
    const numbering_generation generation{rows.column(1)};
    record_place p{seq_num{rows.column(2)}, seq_num{rows.column(3)}, rows.column(4), submit_token{rows.column(5)}, false};
    const auto numbers = rows.is_null(8) ? no_numbers : numbers_with(rows.column(8));
    const auto of_record = record_check(name_check_in(rows, 9), generation, p.number, p.last, static_cast<record_kind>(rows.column(6)), p.token, frame.bytes(0));
    p.is_doubtful = rows.column(7) != record_row_check(of_record, p.row, numbers);
    const places_of_before::where here{rows.column(0), generation.value, p.number.value};
    while (!old.is_at_end() && old.here() < here) take_old();
    if (!p.is_doubtful && !old.is_at_end() && old.here() == here) old.next();
    blocks.take(here.session, generation, p);
  }
  while (!old.is_at_end()) take_old();
  blocks.end();
}

}  // namespace

void remake_places(sqlite_connection& connection) {
  connection.run("DROP TABLE IF EXISTS temp.place_of_before; CREATE TEMP TABLE place_of_before AS SELECT * FROM main.place; DELETE FROM main.place");
  put_all_places(connection);
  connection.run("DROP TABLE temp.place_of_before");
}

}  // namespace troupe::store
