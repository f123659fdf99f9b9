#include "store/sqlite_tail.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::store {

using namespace protocol;

namespace {

// A row of `record` as the statement below has it.
struct read_row {
  std::uint64_t id, session, kind, check, numbers_check;
  numbering_generation generation;
  seq_num number, last;
  submit_token token;
  bool has_numbers;
  record_numbers numbers;
  std::string_view frame;

  explicit read_row(const sqlite_statement& s)
      : id(s.column(0)), session(s.column(1)), kind(s.column(5)), check(s.column(7)), numbers_check(s.column(12)), generation{s.column(2)}, number{s.column(3)}, last{s.column(4)},
        token{s.column(6)}, has_numbers(!s.is_null(12)), numbers{session_incarnation{s.column(8)}, commit_id{s.column(9)}, seq_num{s.column(10)}, seq_num{s.column(11)}}, frame(s.bytes(13)) {}

  [[nodiscard]] bool fits(std::uint32_t name_check) const {
    return check == record_row_check(record_check(name_check, generation, number, last, static_cast<record_kind>(kind), token, frame), id, has_numbers ? numbers_with(numbers_check) : no_numbers);
  }
  [[nodiscard]] bool has_good_numbers(std::uint32_t name_check) const { return has_numbers && numbers_check == store::numbers_check(name_check, id, generation, numbers); }
};

}  // namespace

std::uint32_t settled_check(std::uint64_t through) { return crc32c_of(std::array{through}, 0); }

// One that is doubtful gives way to its neighbours: it may have had any number.
void session_tail::add(record_place p) {
  if (p.is_doubtful) {
    p.last = p.number;
    if (p.number != seq_num{} && (places.empty() || places.back().last < p.number)) places.push_back(p);
    return;
  }
  while (!places.empty() && places.back().is_doubtful && places.back().number >= p.number) places.pop_back();
  if (places.empty() || places.back().last < p.number) return places.push_back(p);
  // One that comes late: it has room, or its number has a record already.
  const auto at = std::lower_bound(places.begin(), places.end(), p.number, [](const record_place& x, seq_num n) { return x.number < n; });
  if (at != places.end() && at->is_doubtful && at->number == p.number) *at = p;
  else if ((at == places.begin() || std::prev(at)->last < p.number) && p.last < at->number) places.insert(at, p);
}

sqlite_tail::sqlite_tail(sqlite_connection& c)
    : blocks_(c),
      settled_(c, "SELECT through, crc FROM settled"),
      names_(c, "SELECT id, begin_string, sender_comp_id, target_comp_id, qualifier, generation FROM session NOT INDEXED"),
      rows_(c, "SELECT id, session, generation, number, last, kind, token, crc, incarnation, commit_id, next_sender, next_target, numbers_crc, frame FROM record WHERE id > ? ORDER BY id") {}

// nullopt: it is damaged.
std::optional<std::uint64_t> sqlite_tail::settled() {
  std::optional<std::uint64_t> through;
  if (settled_.use().step() && settled_.column(1) == settled_check(settled_.column(0))) through = settled_.column(0);
  settled_.reset();
  return through;
}

void sqlite_tail::read_names() {
  for (names_.use(); names_.step();) {
    sessions_[names_.column(0)] = {name_check_in(names_, 1), numbering_generation{names_.column(5)}};
  }
  names_.reset();
  has_names_ = true;
}

// Read when one is met that is not known: a file with ten thousand of them is asked often.
const sqlite_tail::known_session* sqlite_tail::known(std::uint64_t session) {
  auto at = sessions_.find(session);
  if (at == sessions_.end() && !has_names_) {
    read_names();
    at = sessions_.find(session);
  }
  return at == sessions_.end() ? nullptr : &at->second;
}

void sqlite_tail::refresh() {
  const auto known = settled();
  is_settled_known_ = known.has_value();
  if (const auto through = known.value_or(0); through != through_) {  // from the first row, then, for all that no block tells of
    through_ = seen_ = through;
    tails_.clear();
    covered_.clear();
    newest_.clear();
    suspects_.clear();
    suspect_of_all_ = 0;
  }
  has_names_ = false;
  for (rows_.use(seen_); rows_.step();) take();
  rows_.reset();
}

void sqlite_tail::take() {
  const read_row r{rows_};
  if (is_settled_known_ && r.id != seen_ + 1) suspect_of_all_ = std::max({suspect_of_all_, seen_ + 1, r.id});
  seen_ = std::max(seen_, r.id);
  const auto* const of = known(r.session);
  const bool is_good = of && r.fits(of->name_check);
  if (of && r.has_good_numbers(of->name_check)) newest_[r.session] = {r.id, r.generation, r.numbers};
  else if (!is_good || r.has_numbers) suspect(r.id, r.session);
  else suspects_[r.session] = r.id;  // one that carries numbers follows, or the session's row is newer
  if (!of || (through_ == 0 && is_told(r.session, r.generation, r.number))) return;
  auto& tail = tails_.try_emplace(r.session, session_tail{of->generation, {}}).first->second;
  if (is_good && r.generation > tail.generation) tail = {r.generation, {}};
  if (r.generation == tail.generation) tail.add({r.number, r.last, r.id, r.token, !is_good});
}

// By a block: where `settled` does not tell, all rows come by, and those of a large store must not all be kept.
bool sqlite_tail::is_told(std::uint64_t session, numbering_generation generation, seq_num number) {
  auto& [of, covered] = covered_[session];
  if (of != generation) {
    of = generation;
    covered = blocks_.covered(session, generation);
  }
  return number <= covered;
}

// Whose it was is told by the name that its checksum would fit, or else by itself.
void sqlite_tail::suspect(std::uint64_t row, std::uint64_t claimed) {
  const read_row r{rows_};
  for (const auto& [session, of] : sessions_)
    if (r.fits(of.name_check) || r.has_good_numbers(of.name_check)) {
      suspects_[session] = row;
      return;
    }
  if (sessions_.contains(claimed)) suspects_[claimed] = row;
  else suspect_of_all_ = std::max(suspect_of_all_, row);
}

void sqlite_tail::bring_up_to_date(sqlite_row& s) const {
  auto known = s.is_damaged ? 0 : s.as_of;
  if (const auto at = newest_.find(s.row); at != newest_.end() && at->second.row > known) {
    const auto& [row, generation, numbers] = at->second;
    s.state.generation = generation;
    s.state.incarnation = numbers.incarnation;
    s.state.next_sender = numbers.next_sender;
    s.state.next_target = numbers.next_target;
    s.last_commit = numbers.commit;
    known = row;
  }
  const auto at = suspects_.find(s.row);
  const auto suspect = std::max(at == suspects_.end() ? 0 : at->second, suspect_of_all_);
  if (suspect <= known) return;
  if (!s.is_damaged) s.suspect = suspect;
  s.is_damaged = true;
}

}  // namespace troupe::store
