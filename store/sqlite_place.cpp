#include "store/sqlite_place.hpp"

#include "store/crc32c.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace troupe::store {

using namespace protocol;

namespace {

void put_number(std::string& to, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7) to.push_back(static_cast<char>(n | 0x80));
  to.push_back(static_cast<char>(n));
}

// A difference of either sign, small ones short; it wraps around.
void put_step(std::string& to, std::uint64_t from, std::uint64_t n) {
  const auto step = static_cast<std::int64_t>(n - from);
  put_number(to, static_cast<std::uint64_t>(step) << 1 ^ static_cast<std::uint64_t>(step >> 63));
}

class number_reader {
 public:
  explicit number_reader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  [[nodiscard]] bool is_good() const { return is_good_; }
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      n |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return n;
    }
    is_good_ = false;
    return 0;
  }
  std::uint64_t step(std::uint64_t from) {
    const auto n = number();
    return from + (n >> 1 ^ (~(n & 1) + 1));
  }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

struct block_head {
  std::uint64_t session, generation, first, last, least, greatest;
};

// CRC-32C over all that a row of `place` says.
std::uint32_t check_of(const block_head& head, std::string_view bytes) {
  std::array<char, sizeof head> raw;
  std::memcpy(raw.data(), &head, sizeof head);
  return crc32c(bytes, crc32c({raw.data(), raw.size()}));
}

constexpr const char* columns = "SELECT generation, first, last, least_token, greatest_token, crc, places FROM place WHERE session = ?1 AND ";

}  // namespace

std::string packed(std::span<const record_place> places, seq_num first) {
  std::string bytes;
  bytes.reserve(places.size() * 4);
  auto next = first.value;
  record_place before;
  for (const auto& p : places) {
    const bool is_range = p.last != p.number;
    put_number(bytes, (p.number.value - next) << 1 | (is_range ? 1 : 0));
    if (is_range) put_number(bytes, p.last.value - p.number.value);
    put_step(bytes, before.row, p.row);
    put_step(bytes, before.token.value, p.token.value);
    next = p.last.value + 1;
    before = p;
  }
  return bytes;
}

std::optional<std::vector<record_place>> unpacked(std::string_view bytes, seq_num first, seq_num last) {
  std::vector<record_place> places;
  places.reserve(places_in_block);
  number_reader in{bytes};
  auto next = first.value;
  record_place p;
  while (!in.is_at_end()) {
    const auto head = in.number();
    p.number = p.last = seq_num{next + (head >> 1)};
    if ((head & 1) != 0) p.last = seq_num{p.number.value + in.number()};
    p.row = in.step(p.row);
    p.token = submit_token{in.step(p.token.value)};
    if (!in.is_good() || p.number.value < next || p.last < p.number || p.last > last) return std::nullopt;
    next = p.last.value + 1;
    places.push_back(p);
  }
  if (places.empty() || places.back().last != last) return std::nullopt;
  return places;
}

std::span<const record_place> places_from(std::span<const record_place> places, seq_num from) {
  auto at = std::upper_bound(places.begin(), places.end(), from, [](seq_num n, const record_place& p) { return n < p.number; });
  if (at != places.begin() && std::prev(at)->last >= from) --at;
  return {at, places.end()};
}

sqlite_places::sqlite_places(sqlite_connection& c)
    : at_(c, (std::string{columns} + "generation = ?2 AND first <= ?3 ORDER BY first DESC LIMIT 1").c_str()),
      behind_(c, (std::string{columns} + "generation = ?2 AND first > ?3 ORDER BY first LIMIT 1").c_str()),
      oldest_(c, (std::string{columns} + "generation <= ?2 ORDER BY generation, first LIMIT 1").c_str()),
      last_(c, (std::string{columns} + "generation = ?2 ORDER BY first DESC").c_str()),
      tokens_(c, (std::string{columns} + "generation = ?2 ORDER BY first").c_str()) {}

place_block block_in(const sqlite_statement& row, int column, std::uint64_t session) {
  const block_head head{session, row.column(column), row.column(column + 1), row.column(column + 2), row.column(column + 3), row.column(column + 4)};
  place_block b{numbering_generation{head.generation}, seq_num{head.first}, seq_num{head.last}, {}, true};
  const auto bytes = row.bytes(column + 6);
  if (row.column(column + 5) == check_of(head, bytes))
    if (auto places = unpacked(bytes, b.first, b.last)) {
      b.places = std::move(*places);
      b.is_damaged = false;
    }
  return b;
}

std::optional<place_block> sqlite_places::at(std::uint64_t session, numbering_generation generation, seq_num number) {
  std::optional<place_block> found;
  if (at_.use(session, generation.value, number.value).step()) found = block_in(at_, 0, session);
  at_.reset();
  if (found && (found->is_damaged || found->last >= number)) return found;
  return behind(session, generation, number);
}

std::optional<place_block> sqlite_places::behind(std::uint64_t session, numbering_generation generation, seq_num first) {
  std::optional<place_block> found;
  if (behind_.use(session, generation.value, first.value).step()) found = block_in(behind_, 0, session);
  behind_.reset();
  return found;
}

std::optional<place_block> sqlite_places::oldest(std::uint64_t session, numbering_generation through) {
  std::optional<place_block> found;
  if (oldest_.use(session, through.value).step()) found = block_in(oldest_, 0, session);
  oldest_.reset();
  return found;
}

seq_num sqlite_places::covered(std::uint64_t session, numbering_generation generation) {
  seq_num last{};
  for (last_.use(session, generation.value); last == seq_num{} && last_.step();)
    if (const auto block = block_in(last_, 0, session); !block.is_damaged) last = block.last;
  last_.reset();
  return last;
}

std::optional<seq_num> sqlite_places::find_token(std::uint64_t session, numbering_generation generation, submit_token token, bool& is_whole) {
  std::optional<seq_num> number;
  seq_num next{1};
  for (tokens_.use(session, generation.value); !number && tokens_.step();) {
    const block_head head{session, tokens_.column(0), tokens_.column(1), tokens_.column(2), tokens_.column(3), tokens_.column(4)};
    const auto bytes = tokens_.bytes(6);
    if (tokens_.column(5) != check_of(head, bytes) || head.first != next.value) is_whole = false;
    next = seq_num{head.last + 1};
    if (token.value < head.least || token.value > head.greatest) continue;
    const auto places = unpacked(bytes, seq_num{head.first}, seq_num{head.last});
    if (!places) continue;
    for (const auto& p : *places)
      if (p.token == token) {
        number = p.number;
        break;
      }
  }
  tokens_.reset();
  return number;
}

sqlite_place_writer::sqlite_place_writer(sqlite_connection& c)
    : put_(c, "INSERT OR REPLACE INTO place (session, generation, first, last, least_token, greatest_token, crc, places) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      remove_(c, "DELETE FROM place WHERE session = ? AND generation = ? AND first = ?") {}

void sqlite_place_writer::put(std::uint64_t session, numbering_generation generation, seq_num covered, std::span<const record_place> places) {
  block_head head{session, generation.value, covered.value + 1, places.back().last.value, ~std::uint64_t{0}, 0};
  for (const auto& p : places) {
    if (p.token == submit_token{}) continue;
    head.least = std::min(head.least, p.token.value);
    head.greatest = std::max(head.greatest, p.token.value);
  }
  const auto bytes = packed(places, seq_num{head.first});
  put_.use(head.session, head.generation, head.first, head.last, head.least, head.greatest, std::uint64_t{check_of(head, bytes)}, sqlite_statement::blob{bytes}).done();
}

void sqlite_place_writer::remove(std::uint64_t session, const place_block& block) {
  remove_.use(session, block.generation.value, block.first.value).done();
}

}  // namespace troupe::store
