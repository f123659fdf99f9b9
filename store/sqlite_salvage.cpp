// Names are told first, then messages by them; a name that only a message tells makes it begin anew.
#include "store/sqlite_salvage.hpp"

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"
#include "store/file_layer.hpp"
#include "store/record_check.hpp"
#include "store/sqlite_pages.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

// The numbers of a session by the newest of what fits.
struct newest_numbers {
  std::tuple<std::uint64_t, std::uint64_t, std::uint64_t> when{};  // incarnation, commit, row
  numbering_generation generation{};
  seq_num next_sender{}, next_target{};

  void take(const newest_numbers& n) {
    if (n.when > when) {
      *this = n;
    } else if (n.when == when) {
      const auto mine = std::tuple{generation, next_sender, next_target}, its = std::tuple{n.generation, n.next_sender, n.next_target};
      if (n.generation != generation) std::tie(generation, next_sender, next_target) = std::max(mine, its);
      next_sender = std::max(next_sender, n.generation == generation ? n.next_sender : seq_num{});
      next_target = std::max(next_target, n.generation == generation ? n.next_target : seq_num{});
    }
  }
};

struct found_session {
  session_id id;
  std::uint32_t name_check = 0;
  std::uint64_t claimed = 0, key = 0;  // its row: as it is told, and as it becomes
  std::optional<sqlite_row> row;       // the newest whole one
  bool is_indexed = false;             // by a page of the index of names that is whole
  bool is_expected = false;
  newest_numbers newest;
  std::uint64_t records = 0, parked = 0, damaged = 0;

  [[nodiscard]] bool is_vouched_for() const { return row || records > 0 || parked > 0; }
};

// How a row was come by.
struct found_at {
  std::uint32_t page = 0;
  bool is_of_table = false, is_whole_page = false, is_free = false;
};

bool are_integers(const page_row& r, std::size_t from, std::size_t to) {
  return std::all_of(r.values.begin() + static_cast<std::ptrdiff_t>(from), r.values.begin() + static_cast<std::ptrdiff_t>(to), [](const auto& v) { return v.is_integer(); });
}
bool are_bytes(const page_row& r, std::size_t from, std::size_t to) {
  return std::all_of(r.values.begin() + static_cast<std::ptrdiff_t>(from), r.values.begin() + static_cast<std::ptrdiff_t>(to), [](const auto& v) { return v.what == page_value::type::bytes; });
}
bool is_session(const found_at& at, const page_row& r) { return at.is_of_table && r.count >= 13 && r.count <= 15 && are_bytes(r, 1, 5) && are_integers(r, 5, r.count); }
bool is_record(const found_at& at, const page_row& r) { return at.is_of_table && r.count == 14 && are_integers(r, 1, 8) && are_bytes(r, 13, 14); }
bool is_name(const found_at& at, const page_row& r) { return !at.is_of_table && r.count == 5 && are_bytes(r, 0, 4) && r[4].is_integer(); }
bool is_parked(const found_at& at, const page_row& r) { return !at.is_of_table && r.count == 8 && are_integers(r, 0, 5) && are_bytes(r, 5, 8); }

session_id name_in(const page_row& r, std::size_t from) {
  return {std::string{r[from].bytes}, std::string{r[from + 1].bytes}, std::string{r[from + 2].bytes}, std::string{r[from + 3].bytes}};
}

std::optional<session_id> name_of(std::string_view frame) {
  message_view m;
  if (m.assign(frame) != parse_error::none) return std::nullopt;
  const auto sender = m.find(tag::SenderCompID), target = m.find(tag::TargetCompID);
  if (!sender || !target) return std::nullopt;
  return session_id{std::string{m.begin_string()}, std::string{*sender}, std::string{*target}, {}};
}

// A row of `record` as a page has it.
struct found_record {
  std::uint64_t id, session, kind, check, numbers_check;
  numbering_generation generation;
  seq_num number, last;
  submit_token token;
  bool has_numbers, has_frame;
  record_numbers numbers;
  std::string_view frame;

  found_record(std::uint64_t row, const page_row& r)
      : id(row), session(r[1].integer()), kind(r[5].integer()), check(r[7].integer()), numbers_check(r[12].integer()), generation{r[2].integer()}, number{r[3].integer()}, last{r[4].integer()},
        token{r[6].integer()}, has_numbers(are_integers(r, 8, 13)), has_frame(r[13].is_there),
        numbers{session_incarnation{r[8].integer()}, commit_id{r[9].integer()}, seq_num{r[10].integer()}, seq_num{r[11].integer()}}, frame(r[13].bytes) {}

  [[nodiscard]] bool fits(std::uint32_t name_check) const {
    return has_frame && check == record_row_check(record_check(name_check, generation, number, last, static_cast<record_kind>(kind), token, frame), id, has_numbers ? numbers_with(numbers_check) : no_numbers);
  }
  [[nodiscard]] bool has_good_numbers(std::uint32_t name_check) const { return has_numbers && numbers_check == store::numbers_check(name_check, id, generation, numbers); }
};

// A message that does not fit its checksum, of an order whose token is not to be forgotten.
struct damaged_order {
  std::uint64_t id = 0, claimed = 0;
  numbering_generation generation{};
  seq_num number{};
  submit_token token{};
  seq_num next_sender{};  // by numbers it carries, if these fit
};

class new_file {
 public:
  explicit new_file(const std::string& path)
      : connection_(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX),
        begun_(connection_, path),
        record_(connection_,
                "INSERT OR IGNORE INTO record (id, session, generation, number, last, kind, token, crc, frame, incarnation, commit_id, next_sender, next_target, numbers_crc) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        parked_(connection_, "INSERT OR REPLACE INTO parked (session, place, token, since, crc, msg_type, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        doubtful_(connection_, "INSERT OR IGNORE INTO parked (session, place, token, since, crc, msg_type, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        session_(connection_,
                 "INSERT INTO session (id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, next_target, creation_time, "
                 "is_reset_pending, crc, is_cancel_owed, as_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

  [[nodiscard]] sqlite_connection& connection() { return connection_; }

  // True: it was not there.
  bool put(const found_record& r, std::uint64_t session) {
    const auto put = [&](const auto&... numbers) {
      record_.use(r.id, session, r.generation.value, r.number.value, r.last.value, r.kind, r.token.value, r.check, sqlite_statement::blob{r.frame}, numbers...).done();
    };
    if (r.has_numbers) put(r.numbers.incarnation.value, r.numbers.commit.value, r.numbers.next_sender.value, r.numbers.next_target.value, r.numbers_check);
    else put(nullptr, nullptr, nullptr, nullptr, nullptr);
    return sqlite3_changes(connection_.get()) > 0;
  }

  // One that stays damaged.
  void put(const damaged_order& d, const found_session& s) {
    const std::uint64_t check = record_row_check(record_check(s.name_check, d.generation, d.number, d.number, record_kind::application, d.token, {}), d.id, no_numbers) ^ damaged_mark;
    record_.use(d.id, s.key, d.generation.value, d.number.value, d.number.value, static_cast<std::uint64_t>(record_kind::application), d.token.value, check, sqlite_statement::blob{}, nullptr, nullptr, nullptr, nullptr, nullptr).done();
  }

  void put(const parked_submit& p, std::uint64_t session, std::uint64_t check) {
    (p.is_damaged ? doubtful_ : parked_)
        .use(session, p.place, p.token.value, nanoseconds(p.since), check, p.message.msg_type, sqlite_statement::blob{p.message.header}, sqlite_statement::blob{p.message.body})
        .done();
  }

  void put(const sqlite_row& s) {
    const auto& n = s.state;
    session_
        .use(s.row, s.id.begin_string, s.id.sender_comp_id, s.id.target_comp_id, s.id.qualifier, n.incarnation.value, s.last_commit.value, n.generation.value, n.next_sender.value, n.next_target.value,
             nanoseconds(n.creation_time), std::uint64_t{n.is_reset_pending}, sqlite_row_check(s) ^ lower_bound_mark, std::uint64_t{n.is_cancel_owed}, s.as_of)
        .done();
  }

 private:
  // Nobody reads it before it is whole, and then it is synced.
  struct begun {
    begun(sqlite_connection& c, const std::string& path) {
      c.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE");
      prepare_schema(c, path);
      c.run("BEGIN IMMEDIATE");
    }
  };

  sqlite_connection connection_;
  begun begun_;
  sqlite_statement record_, parked_, doubtful_, session_;
};

class salvage {
 public:
  explicit salvage(const std::string& path) : pages_(pages_at(path)), is_used_(pages_.count() + 1, false), is_free_(pages_.count() + 1, false), is_whole_(pages_.count() + 1, false) {
    if (pages_.count() == 0) return;
    const auto free = pages_.free_pages();
    are_free_known_ = free.has_value();
    if (free)
      for (const auto n : *free) is_free_[n] = true;
  }

  // Nullopt: nothing of a store is there.
  std::optional<salvaged_store> run(const std::string& into, std::span<const session_id> expected) {
    if (pages_.count() == 0) return std::nullopt;
    for (const auto& id : expected) session_of(id, 0).is_expected = true;
    for_each_row([&](const found_at& at, const page_cell& c, const page_row& r) {
      if (is_session(at, r)) take_session(c.row, r);
      else if (is_name(at, r)) take_name(at, r);
    });
    give_keys();
    new_file file{into};
    find_trusted_submits();
    do {
      is_name_new_ = false;
      nameless_ = 0;
      damaged_.clear();
      for_each_row([&](const found_at& at, const page_cell& c, const page_row& r) {
        if (is_record(at, r)) take_record(file, at, {c.row, r});
        else if (is_parked(at, r)) take_parked(file, at, r);
      });
    } while (is_name_new_);
    if (std::none_of(sessions_.begin(), sessions_.end(), [](const auto& s) { return s.is_vouched_for(); })) return std::nullopt;
    remove_overlapping(file.connection());
    put_damaged(file);
    remove_sent(file.connection());
    put_sessions(file);
    file.connection().run("COMMIT");
    return told();
  }

 private:
  // Those in use first: of what is in none less is taken.
  template <class F>
  void for_each_row(F&& f) {
    for (const bool is_free : {false, true})
      for (std::uint32_t n = 1; n <= pages_.count(); ++n)
        if (is_free_[n] == is_free) look_at(n, f);
  }

  template <class F>
  void look_at(std::uint32_t n, F&& f) {
    pages_.read(n, bytes_);
    const sqlite_page page{n, bytes_};
    found_at at{n, page.kind() == page_kind::table_leaf, page.is_consistent(), is_free_[n]};
    if (at.is_whole_page) {
      is_whole_[n] = true;
      for (std::size_t i = 0; page.kind() != page_kind::table_interior && i < page.count(); ++i) give(at, page.cell(i), f);
      return;
    }
    for (std::size_t offset = 0; offset + 4 <= page.size(); ++offset)
      for (const auto kind : {page_kind::table_leaf, page_kind::index_leaf}) {
        at.is_of_table = kind == page_kind::table_leaf;
        give(at, page.cell_at(kind, offset), f);
      }
  }

  template <class F>
  void give(const found_at& at, const std::optional<page_cell>& c, F&& f) {
    if (!c) return;
    const auto here = row_in(c->local, c->size);
    const bool is_ours = here && (is_session(at, *here) || is_record(at, *here) || is_name(at, *here) || is_parked(at, *here));
    if (c->overflow == 0) {
      if (is_ours) f(at, *c, *here);
      return;
    }
    if (!is_ours && !at.is_whole_page) return;
    const auto whole = pages_.payload(*c, [&](std::uint32_t n) { is_used_[n] = true; });
    if (const auto row = is_ours ? row_in(whole, c->size) : std::nullopt) f(at, *c, *row);
  }

  found_session& session_of(const session_id& id, std::uint64_t claimed) {
    const auto known = std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& s) { return s.id == id; });
    if (known != sessions_.end()) {
      if (known->claimed == 0) known->claimed = claimed;
      return *known;
    }
    found_session s;
    s.id = id;
    s.name_check = crc32c(to_string(id));
    s.claimed = claimed;
    sessions_.push_back(std::move(s));
    return sessions_.back();
  }

  // One that does not fit tells a name all the same, which messages may fit.
  void take_session(std::uint64_t row, const page_row& r) {
    sqlite_row s;
    s.id = name_in(r, 1);
    s.row = row;
    s.name_check = crc32c(to_string(s.id));
    s.state.incarnation = session_incarnation{r[5].integer()};
    s.last_commit = commit_id{r[6].integer()};
    s.state.generation = numbering_generation{r[7].integer()};
    s.state.next_sender = seq_num{r[8].integer()};
    s.state.next_target = seq_num{r[9].integer()};
    s.state.creation_time = utc_time{std::chrono::nanoseconds{r[10].number}};
    s.state.is_reset_pending = r[11].number != 0;
    s.state.is_cancel_owed = r.count > 13 && r[13].number != 0;
    s.as_of = r.count > 14 ? r[14].integer() : 0;
    auto& known = session_of(s.id, row);
    if (r[12].integer() != sqlite_row_check(s)) return;
    const newest_numbers numbers{{s.state.incarnation.value, s.last_commit.value, s.as_of}, s.state.generation, s.state.next_sender, s.state.next_target};
    last_ = std::max(last_, s.as_of);
    if (!known.row || numbers.when >= newest_numbers{{known.row->state.incarnation.value, known.row->last_commit.value, known.row->as_of}, {}, {}, {}}.when) {
      known.claimed = row;
      known.row = s;
    }
    known.newest.take(numbers);
  }

  void take_name(const found_at& at, const page_row& r) {
    auto& known = session_of(name_in(r, 0), r[4].integer());
    if (at.is_whole_page && !at.is_free) known.is_indexed = true;
  }

  // As they were, where two do not claim the same one: those with a row of their own first.
  void give_keys() {
    for (const bool has_row : {true, false})
      for (auto& s : sessions_)
        if (s.row.has_value() == has_row) give_key(s);
  }
  void give_key(found_session& s) {
    const auto behind = keys_.empty() ? 1 : *keys_.rbegin() + 1;
    const bool is_free = s.claimed != 0 && s.claimed < std::uint64_t{1} << 62 && !keys_.contains(s.claimed);
    s.key = is_free ? s.claimed : behind;
    keys_.insert(s.key);
  }

  // The session whose name this fits, the one that is claimed first.
  template <class F>
  found_session* whose(std::uint64_t claimed, F&& fits) {
    for (const bool is_claimed : {true, false})
      for (auto& s : sessions_)
        if ((s.claimed == claimed) == is_claimed && fits(s)) return &s;
    return nullptr;
  }

  void take_record(new_file& file, const found_at& at, const found_record& r) {
    auto* s = whose(r.session, [&](const auto& known) { return r.fits(known.name_check); });
    if (s == nullptr) s = named_by(r);
    auto* const of = s != nullptr ? s : whose(r.session, [&](const auto& known) { return r.has_good_numbers(known.name_check); });
    const bool tells_numbers = of != nullptr && r.has_good_numbers(of->name_check);
    if (tells_numbers) {
      of->newest.take({{r.numbers.incarnation.value, r.numbers.commit.value, r.id}, r.generation, r.numbers.next_sender, r.numbers.next_target});
      last_ = std::max(last_, r.id);
    }
    if (s == nullptr) {
      if (at.is_whole_page && !at.is_free && r.token != submit_token{} && r.number == r.last) damaged_.push_back({r.id, r.session, r.generation, r.number, r.token, tells_numbers ? r.numbers.next_sender : seq_num{}});
      if (r.has_frame && whose(r.session, [&](const auto& known) { return known.claimed == r.session; }) == nullptr) ++nameless_;
      return;
    }
    if (at.is_free && r.generation.next() < s->newest.generation) return;  // it was let go of
    if (file.put(r, s->key)) ++s->records;
    last_ = std::max(last_, r.id);
  }

  // By its own text.
  found_session* named_by(const found_record& r) {
    const auto id = r.has_frame ? name_of(r.frame) : std::nullopt;
    if (!id || !r.fits(crc32c(to_string(*id)))) return nullptr;
    is_name_new_ = true;
    auto& s = session_of(*id, r.session);
    give_key(s);
    return &s;
  }

  // Those that wait, and not those of before that have gone out: which pages they are on their tree tells, or the list of those that are in no use.
  void find_trusted_submits() {
    const auto root = pages_.root_of("parked");
    is_tree_whole_ = root && pages_.walk(*root, page_kind::index_leaf, [&](std::uint32_t n, const sqlite_page&) { trusted_.insert(n); });
  }
  [[nodiscard]] bool is_trusted(const found_at& at) const { return at.is_whole_page && (trusted_.contains(at.page) || (!is_tree_whole_ && are_free_known_)); }

  // One that may have gone out already becomes a damaged one: the engine does not send it, and tells the application.
  void take_parked(new_file& file, const found_at& at, const page_row& r) {
    if (at.is_free || !r[7].is_there) return;
    parked_submit p;
    p.place = r[1].integer();
    p.token = submit_token{r[2].integer()};
    p.since = utc_time{std::chrono::nanoseconds{r[3].number}};
    p.message = {std::string{r[5].bytes}, std::string{r[6].bytes}, std::string{r[7].bytes}};
    const auto said = r[4].integer();
    auto* const s = whose(r[0].integer(), [&](const auto& known) { return said >> 32 == parked_check(known.name_check, p) >> 32; });
    if (s == nullptr) return;
    const auto check = parked_check(s->name_check, p);
    p.is_damaged = said != check || !is_trusted(at);
    file.put(p, s->key, p.is_damaged ? check ^ damaged_mark : check);
    s->parked = std::max<std::uint64_t>(s->parked, 1);
    if (p.is_damaged && p.token != submit_token{}) doubtful_.insert({s->key, p.token.value});
  }

  // Of two that say something of a number the one that was written later counts.
  static void remove_overlapping(sqlite_connection& c) {
    std::vector<std::uint64_t> less;
    {
      sqlite_statement rows{c, "SELECT session, generation, number, last, id FROM record ORDER BY session, generation, number, id"};
      std::array<std::uint64_t, 5> kept{};
      while (rows.step()) {
        const std::array now{rows.column(0), rows.column(1), rows.column(2), rows.column(3), rows.column(4)};
        const bool is_apart = now[0] != kept[0] || now[1] != kept[1] || now[2] > kept[3];
        if (!is_apart) less.push_back(std::min(now[4], kept[4]));
        if (is_apart || now[4] > kept[4]) kept = now;
      }
    }
    sqlite_statement remove{c, "DELETE FROM record WHERE id = ?"};
    for (const auto id : less) remove.use(id).done();
  }

  // Only of numbers that were given and have no message: it may say anything of itself.
  void put_damaged(new_file& file) {
    std::map<std::array<std::uint64_t, 3>, const damaged_order*> open;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> next;  // number of a numbering
    const auto session_of = [&](const damaged_order& d) { return std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& s) { return s.claimed == d.claimed && s.is_vouched_for(); }); };
    for (const auto& d : damaged_)
      if (const auto s = session_of(d); s != sessions_.end()) open.emplace(std::array{s->key, d.generation.value, d.number.value}, &d);
    if (open.empty()) return;
    for (const auto& s : sessions_) next[{s.key, s.newest.generation.value}] = s.newest.next_sender.value;
    {
      sqlite_statement rows{file.connection(), "SELECT session, generation, number, last FROM record"};
      while (rows.step()) {
        auto& behind = next[{rows.column(0), rows.column(1)}];
        behind = std::max(behind, rows.column(3) + 1);
        const auto first = open.lower_bound({rows.column(0), rows.column(1), rows.column(2)});
        open.erase(first, open.upper_bound({rows.column(0), rows.column(1), rows.column(3)}));
      }
    }
    for (const auto& [place, d] : open)
      if (place[2] != 0 && place[2] < std::max(next[{place[0], place[1]}], d->next_sender.value)) {
        file.put(*d, *session_of(*d));
        ++session_of(*d)->damaged;
      }
  }

  void remove_sent(sqlite_connection& c) {
    if (doubtful_.empty()) return;
    std::set<std::pair<std::uint64_t, std::uint64_t>> sent;
    sqlite_statement rows{c, "SELECT session, token FROM record WHERE token <> 0"};
    while (rows.step())
      if (const std::pair known{rows.column(0), rows.column(1)}; doubtful_.contains(known)) sent.insert(known);
    sqlite_statement remove{c, "DELETE FROM parked WHERE session = ? AND token = ?"};
    for (const auto& [session, token] : sent) remove.use(session, token).done();
  }

  // Of a name that only the index tells, or who asks, the numbers are not known at all.
  [[nodiscard]] bool counts(const found_session& s) const {
    return s.is_vouched_for() || s.is_expected || (s.is_indexed && std::none_of(sessions_.begin(), sessions_.end(), [&](const auto& other) { return other.is_vouched_for() && other.claimed == s.claimed; }));
  }

  void put_sessions(new_file& file) {
    auto& c = file.connection();
    last_ = std::max(last_, static_cast<std::uint64_t>(c.number("SELECT coalesce(max(id), 0) FROM record")));
    sqlite_statement newest{c, "SELECT generation, max(last) FROM record WHERE session = ? GROUP BY generation ORDER BY generation DESC LIMIT 1"};
    sqlite_statement count{c, "SELECT (SELECT count(*) FROM record WHERE session = ?1), (SELECT count(*) FROM parked WHERE session = ?1)"};
    std::erase_if(sessions_, [&](const auto& s) { return !counts(s); });
    for (auto& s : sessions_) {
      sqlite_row row = s.row.value_or(sqlite_row{});
      const auto of_row = s.row ? row.state.generation : numbering_generation{};
      row.id = s.id;
      row.row = s.key;
      row.name_check = s.name_check;
      row.as_of = last_;
      auto numbers = s.newest;
      if (newest.use(s.key).step()) {
        const numbering_generation generation{newest.column(0)};
        const auto next = seq_num{newest.column(1)}.next();
        if (generation > numbers.generation) numbers = {numbers.when, generation, next, {}};
        else if (generation == numbers.generation) numbers.next_sender = std::max(numbers.next_sender, next);
      }
      newest.reset();
      row.state.incarnation = session_incarnation{std::get<0>(numbers.when)};
      row.last_commit = commit_id{std::get<1>(numbers.when)};
      row.state.generation = std::max(numbers.generation, session_snapshot{}.generation);
      row.state.next_sender = std::max(numbers.next_sender, seq_num{1});
      row.state.next_target = std::max(numbers.next_target, seq_num{1});
      if (row.state.generation != of_row) {
        row.state.creation_time = begun(c, s.key, row.state.generation);
        row.state.is_reset_pending = row.state.is_cancel_owed = false;
      }
      file.put(row);
      if (count.use(s.key).step()) std::tie(s.records, s.parked) = std::pair{count.column(0) - s.damaged, count.column(1)};
      count.reset();
    }
    remake_places(c);
    set_settled(c, last_);
  }

  // When a message of a numbering was sent it had begun, and was not over: that is what a schedule asks.
  static utc_time begun(sqlite_connection& c, std::uint64_t session, numbering_generation generation) {
    sqlite_statement frames{c, "SELECT frame FROM record WHERE session = ? AND generation = ? AND length(frame) > 0 ORDER BY number DESC LIMIT 100"};
    message_view m;
    for (frames.use(session, generation.value); frames.step();) {
      if (m.assign(frames.bytes(0)) != parse_error::none) continue;
      if (const auto sent = m.find_utc(tag::SendingTime)) return *sent;
    }
    return {};
  }

  [[nodiscard]] salvaged_store told() const {
    salvaged_store all;
    for (const auto& s : sessions_) all.sessions.push_back({s.id, s.records, s.parked, s.row.has_value()});
    std::sort(all.sessions.begin(), all.sessions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    all.pages = pages_.count();
    for (std::uint32_t n = 1; n <= pages_.count(); ++n) all.unreadable += is_whole_[n] || is_used_[n] || is_free_[n] ? 0 : 1;
    all.nameless = nameless_;
    return all;
  }

  sqlite_pages pages_;
  std::vector<bool> is_used_, is_free_, is_whole_;  // by a page's number: for the rest of a row, for nothing, as a page of a tree
  std::string bytes_;
  std::vector<found_session> sessions_;
  std::set<std::uint64_t> keys_;
  bool are_free_known_ = false, is_tree_whole_ = false;
  std::set<std::uint32_t> trusted_;                             // pages of the tree of submits that wait
  std::set<std::pair<std::uint64_t, std::uint64_t>> doubtful_;  // tokens of submits that may have gone out, with their session
  std::vector<damaged_order> damaged_;
  std::uint64_t last_ = 0;                                      // row of `record`
  std::uint64_t nameless_ = 0;
  bool is_name_new_ = false;
};

void make_file(const std::string& path) {
  const file_handle file{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file) throw store_error(path + ": cannot be made: the store that is salvaged is written there first." + advice_for_errno(errno));
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

void remove_salvaged(const std::string& into) {
  for (const auto* end : {"", "-journal", "-wal", "-shm", ".lock"}) plain_files().remove(into + end);
}

std::optional<salvaged_store> salvage_sqlite(const std::string& path, const std::string& into, std::span<const session_id> expected) try {
  std::error_code ignored;
  const auto real = std::filesystem::canonical(path).string();
  if (const auto journal = real + "-journal"; std::filesystem::exists(journal, ignored) && std::filesystem::file_size(journal, ignored) > 0)
    throw store_error(journal + ": is there, and has to be put back into the file before it can be salvaged, which only SQLite can do: sqlite3 " + path + " .schema");
  remove_salvaged(into);
  make_file(into);
  std::optional<salvaged_store> found;
  try {
    found = salvage{real}.run(into, expected);
    if (!found) remove_salvaged(into);
  } catch (...) {
    remove_salvaged(into);
    throw;
  }
  if (!found) return found;
  plain_files().sync(open_to_read(into).get(), into);
  plain_files().sync_folder(folder_of(into));
  return found;
} catch (const sqlite_error& e) {
  throw store_error(into + ": cannot be written, and nothing was changed: " + e.what() + "." + advice_for(e.code(), into));
} catch (const file_failure& e) {
  throw store_error("the store cannot be salvaged, and was not changed: " + told(e));
} catch (const std::filesystem::filesystem_error& e) {
  throw store_error(std::string{"the store cannot be salvaged, and was not changed: "} + e.what());
}

}  // namespace troupe::store
