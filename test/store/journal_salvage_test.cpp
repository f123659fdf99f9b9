// A journal that its engine does not open is one again behind its repair: with every record that fits its checksum, and with no number that was given.
#include "store/journal_format.hpp"
#include "store/journal_salvage.hpp"
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "store/journal_view.hpp"
#include "store/repair.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

const session_id qualified{"FIX.4.4", "ALPHA", "OMEGA", "night"};

std::unique_ptr<message_store> open(const std::string& path, unsigned kept = 2, durability how = durability::process) {
  return std::make_unique<journal_store>(path, journal_options{.durability = how, .segment_size = 4096, .kept_generations = kept, .has_thread = false});
}

std::string segment(const std::string& path, std::uint64_t n, const char* ending = ".seg") { return path + "/" + journal::segment_name(n, ending); }

// All files of a journal, to be put back.
class image {
 public:
  explicit image(std::string path) : path_(std::move(path)) {
    for (const auto& e : std::filesystem::directory_iterator{path_}) files_[e.path().string()] = read_file(e.path().string());
  }
  void put_back() const {
    std::vector<std::string> others;
    for (const auto& e : std::filesystem::directory_iterator{path_})
      if (!files_.contains(e.path().string())) others.push_back(e.path().string());
    for (const auto& name : others) std::filesystem::remove(name);
    for (const auto& [name, bytes] : files_)
      if (read_file(name) != bytes) write_file(name, bytes);
  }

 private:
  std::string path_;
  std::map<std::string, std::string> files_;
};

// What is asked of a store.
struct content {
  std::map<session_id, session_snapshot> sessions;
  std::map<session_id, std::map<std::uint64_t, std::string>> messages;  // of the present numbering
  std::map<session_id, std::map<std::uint64_t, bool>> parked;           // by token: it can be sent
};

content content_of(message_store& store) {
  content c;
  for (const auto& s : store.sessions()) {
    const auto state = store.load(s.id, day_one);
    c.sessions[s.id] = state;
    for (const auto& r : store.fetch(s.id, seq_num{1}, seq_num{10'000}, 10'000, 1 << 24).records)
      if (!r.is_damaged && r.kind != record_kind::skipped) c.messages[s.id][r.number.value] = r.frame;
    for (const auto& p : state.parked) c.parked[s.id][p.token.value] = !p.is_damaged;
  }
  return c;
}

struct findings final : verify_sink {
  std::vector<store_damage> damages;
  void found(const store_damage& d) override { damages.push_back(d); }
  void checked(const verified_session&) override {}

  [[nodiscard]] bool has(damage_kind kind) const {
    return std::any_of(damages.begin(), damages.end(), [&](const auto& d) { return d.kind == kind; });
  }
  [[nodiscard]] bool is_whole() const {
    return std::all_of(damages.begin(), damages.end(), [](const auto& d) { return is_harmless(d.kind) || d.kind == damage_kind::submit_damaged; });  // that is for the engine
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& d : damages) all += std::string{to_text(d.kind)} + ": " + d.where + ": " + d.what + "\n  " + consequence(d, std::nullopt) + "\n";
    return all;
  }
};

findings verified(const std::string& path) {
  findings f;
  const auto view = view_store(store_kind::journal, path);
  BOOST_TEST_REQUIRE(verify(*view, {}, f));
  return f;
}

repair_plan planned(const std::string& path, repair_wishes wishes = {}, const std::vector<session_id>& names = {}) {
  const auto view = view_store(store_kind::journal, path, names);
  auto sessions = view->sessions();
  findings f;
  BOOST_TEST_REQUIRE(verify(*view, {}, f));
  wishes.now = day_one;
  return plan_repair({store_kind::journal, *view, std::move(sessions), std::move(f.damages), names}, wishes);
}

std::string text_of(const repair_plan& plan) {
  std::string text;
  for (const auto& s : plan.steps) text += (s.what == repair_step::kind::none ? "  " : "* ") + s.text + "\n";
  return text;
}

std::string refusal(const std::function<void()>& open_it) {
  try {
    open_it();
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

// What the counterparties say.
repair_wishes numbers_of(const content& c) {
  repair_wishes wishes;
  for (const auto& [id, s] : c.sessions) {
    wishes.next_sender[id] = s.next_sender;
    wishes.next_target[id] = s.next_target;
  }
  return wishes;
}

// Of those of which the plan asks for them.
repair_wishes numbers_asked_for(const std::string& plan, const content& c) {
  auto wishes = numbers_of(c);
  const bool asks_for_names = says(plan, "Which session that is only you can know");
  const auto is_not_asked = [&](const auto& w) { return !says(plan, to_string(w.first) + ": next sender is") && !asks_for_names; };
  std::erase_if(wishes.next_sender, is_not_asked);
  std::erase_if(wishes.next_target, is_not_asked);
  return wishes;
}

void change(const std::string& file, std::size_t at, int with = 0x10) {
  auto bytes = read_file(file);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ with);
  write_file(file, bytes);
}

// Where the entries of a segment begin that are of its snapshot, and the first behind them.
std::vector<std::uint64_t> snapshot_of(const std::string& path, std::uint64_t n) {
  std::vector<std::uint64_t> offsets;
  bool is_over = false;
  journal::scan(journal::open_segment(segment(path, n), n), [&](std::uint64_t at, const journal::entry_view& e) {
    offsets.push_back(at);
    if (is_over) return false;
    is_over = e.head().kind == journal::entry_kind::snapshot_end;
    return true;
  });
  return offsets;
}

void put_for(hand& h, std::uint64_t place, std::uint64_t token) { BOOST_TEST_REQUIRE((park_one(h, place, token) == commit_status::done)); }

// Several segments, three sessions, one of which only waits.
std::string lived(const temp_folder& folder, durability how = durability::process) {
  const auto path = folder.file("journal");
  for (int life = 0; life < 2; ++life) {
    const auto store = open(path, 2, how);
    hand a{*store, alpha}, b{*store, beta}, q{*store, qualified};
    send_all(a, 12);
    send_all(q, 3);
    if (life == 0) send_all(b, 4);
    if (life == 0) put_for(b, 1, 501);
    put_for(a, 10 + static_cast<std::uint64_t>(life), 510 + static_cast<std::uint64_t>(life));
    auto heard = a.empty();
    heard.next_target = seq_num{static_cast<std::uint64_t>(50 + life)};
    BOOST_TEST_REQUIRE((a.commit(heard).status == commit_status::done));
  }
  return path;
}

// Only one segment is left: what stood in front of it was of numberings that nobody needs.
std::string alone(const temp_folder& folder, bool is_idle) {
  const auto path = folder.file("journal");
  {
    const auto store = open(path, 1);
    for (const auto& id : {alpha, beta, qualified}) {
      hand h{*store, id};
      send_all(h, 5);
      BOOST_TEST_REQUIRE((begin_numbering(h) == commit_status::done));
      put_for(h, 1, 501);
    }
  }
  const auto store = open(path, 1);
  if (!is_idle) {
    hand a{*store, alpha}, q{*store, qualified};
    send_all(a, 4);
    send_all(q, 2);
  }
  return path;
}

void only_last(const std::string& path) {
  auto all = journal::segments_in(path);
  all.pop_back();
  for (const auto n : all)
    for (const auto* ending : {".seg", ".idx"}) std::filesystem::remove(segment(path, n, ending));
}

struct outcome {
  std::size_t opened = 0, salvaged = 0, asked = 0;
};

// Damaged as it is: the engine opens it as ever, or it is repaired, with what only the counterparties know where the plan asks for that.
void open_or_salvage(const std::string& path, const content& right, const std::vector<session_id>& names, outcome& o, const std::string& what) {
  const auto why = refusal([&] { (void)open(path); });
  if (why.empty()) {
    ++o.opened;
    return;
  }
  BOOST_TEST_REQUIRE(says(why, "troupe repair-store"), what << ": " << why);
  BOOST_TEST_REQUIRE(!verified(path).is_whole(), what);
  auto plan = planned(path, {}, names);
  if (!has_work(plan)) {
    ++o.asked;
    plan = planned(path, numbers_asked_for(text_of(plan), right), names);
  }
  BOOST_TEST_REQUIRE(has_work(plan), what << "\n"
                                          << verified(path).text() << text_of(plan));
  const auto failed = refusal([&] { repair_journal(path, plan, 4096); });
  BOOST_TEST_REQUIRE(failed.empty(), what << ": " << failed << "\n"
                                          << text_of(plan));
  ++o.salvaged;
  const auto after = verified(path);
  BOOST_TEST_REQUIRE(after.is_whole(), what << "\n"
                                            << text_of(plan) << after.text());
  const auto now = content_of(*open(path));
  for (const auto& [id, s] : right.sessions) {
    BOOST_TEST_REQUIRE(now.sessions.contains(id), what << ": " << to_string(id) << "\n"
                                                       << text_of(plan));
    BOOST_TEST_REQUIRE(now.sessions.at(id).next_sender.value == s.next_sender.value, what << ": " << to_string(id));
    BOOST_TEST_REQUIRE(now.sessions.at(id).next_target.value == s.next_target.value, what << ": " << to_string(id));
  }
  BOOST_TEST_REQUIRE((now.messages == right.messages), what << "\n"
                                                            << text_of(plan));
  // One whose fate is not known is told and not sent; it is never forgotten without a word.
  for (const auto& [id, waiting] : right.parked)
    for (const auto& [token, can_be_sent] : waiting) {
      const auto of = now.parked.find(id);
      const bool is_there = of != now.parked.end() && of->second.contains(token);
      BOOST_TEST_REQUIRE((is_there || says(text_of(plan), to_string(id))), what << ": " << to_string(id) << " " << token << "\n"
                                                                                << text_of(plan));
    }
}

void change_every_byte(const std::string& path, const std::vector<session_id>& names, outcome& o, std::size_t step = 1) {
  const image whole{path};
  auto right = content_of(*open(path));
  whole.put_back();
  for (const auto n : journal::segments_in(path))
    for (std::size_t at = 0; at < snapshot_of(path, n).back(); at += step) {
      change(segment(path, n), at, at % 2 == 0 ? 0x10 : 0xFF);
      open_or_salvage(path, right, names, o, segment(path, n) + ": byte " + std::to_string(at));
      whole.put_back();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_salvage)

// ---------------------------------------------------------------- every byte of what a segment begins with

BOOST_AUTO_TEST_CASE(a_journal_of_several_segments_is_opened_or_salvaged_whatever_byte_of_a_beginning_is_changed) {
  for (const auto how : {durability::process, durability::power}) {
    temp_folder folder;
    outcome o;
    change_every_byte(lived(folder, how), {}, o, how == durability::process ? 1 : 7);
    BOOST_TEST_MESSAGE(o.opened << " opened, " << o.salvaged << " salvaged, " << o.asked << " with the operator's word");
    BOOST_TEST(o.opened > 0u);
    BOOST_TEST(o.salvaged > 0u);
    BOOST_TEST(o.asked == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_journal_of_one_segment_is_opened_or_salvaged_whatever_byte_of_its_beginning_is_changed) {
  for (const bool is_idle : {false, true}) {
    temp_folder folder;
    const auto path = alone(folder, is_idle);
    only_last(path);
    outcome o;
    change_every_byte(path, {qualified}, o);
    BOOST_TEST_MESSAGE(o.opened << " opened, " << o.salvaged << " salvaged, " << o.asked << " with the operator's word");
    BOOST_TEST(o.salvaged > 0u);
    BOOST_TEST(o.asked > 0u);
  }
}

// ---------------------------------------------------------------- more than one place

BOOST_AUTO_TEST_CASE(headers_that_are_all_gone_are_told_by_what_stands_behind_them) {
  temp_folder folder;
  const auto path = lived(folder);
  const auto right = content_of(*open(path));
  for (const auto n : journal::segments_in(path)) {
    std::filesystem::remove(segment(path, n, ".idx"));  // which know which journal it is
    auto bytes = read_file(segment(path, n));
    bytes.replace(0, sizeof(journal::segment_header), sizeof(journal::segment_header), '\xEE');
    write_file(segment(path, n), bytes);
  }
  outcome o;
  open_or_salvage(path, right, {}, o, "all headers");
  BOOST_TEST(o.salvaged == 1u);
  BOOST_TEST(o.asked == 0u);
}

BOOST_AUTO_TEST_CASE(names_are_told_by_segments_in_front_and_by_messages) {
  temp_folder folder;
  const auto path = lived(folder);
  const auto right = content_of(*open(path));
  for (const auto n : journal::segments_in(path)) {
    const auto entries = snapshot_of(path, n);
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) change(segment(path, n), entries[i] + sizeof(journal::entry_head));
  }
  outcome o;
  open_or_salvage(path, right, {}, o, "all snapshots");
  BOOST_TEST(o.salvaged == 1u);
}

// What was written anew says nothing of numbers; a session may have nothing else.
BOOST_AUTO_TEST_CASE(segments_that_were_written_anew_are_salvaged_like_others) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    const auto store = open(path, 1);
    hand a{*store, alpha}, b{*store, beta};
    send_all(a, 40);
    for (int day = 0; day < 12; ++day) {
      send_all(b, 20);
      BOOST_TEST_REQUIRE((begin_numbering(b) == commit_status::done));
    }
    send_all(b, 20);
  }
  const auto right = content_of(*open(path, 1));
  std::size_t anew = 0;
  for (const auto n : journal::segments_in(path)) {
    anew += journal::open_segment(segment(path, n), n).header.edition > 0;
    const auto entries = snapshot_of(path, n);
    for (std::size_t i = 0; i + 1 < entries.size(); ++i) change(segment(path, n), entries[i] + sizeof(journal::entry_head));
  }
  BOOST_TEST_REQUIRE(anew > 0u);
  outcome o;
  open_or_salvage(path, right, {}, o, "all snapshots");
  BOOST_TEST(o.salvaged == 1u);
}

BOOST_AUTO_TEST_CASE(a_header_is_written_again_as_it_was_where_that_can_be_told) {
  temp_folder folder;
  const auto path = lived(folder);
  const auto before = read_file(segment(path, 2));
  for (const std::size_t at : {3u, 9u, 13u, 20u, 25u}) change(segment(path, 2), at);
  const auto f = verified(path);
  BOOST_TEST(f.has(damage_kind::segment_header));
  BOOST_TEST(says(f.text(), segment(path, 2) + ": its header is damaged\n  The engine does not start with this journal. Nothing is lost with it"), f.text());
  const auto plan = planned(path);
  BOOST_TEST(text_of(plan) == "* " + segment(path, 2) + ": its header is written again\n");
  repair_journal(path, plan, 4096);
  BOOST_TEST((read_file(segment(path, 2)) == before));
  BOOST_TEST(verified(path).is_whole());
}

// Stretches anywhere, up to three at a time: what comes out was written, and no number is given twice without a word.
BOOST_AUTO_TEST_CASE(whatever_is_damaged_no_message_is_another_and_no_number_falls_unsaid) {
  std::mt19937 chance{20261126};
  std::size_t opened = 0, salvaged = 0, overruled = 0;
  for (const bool is_alone : {false, true}) {
    temp_folder folder;
    const auto path = is_alone ? alone(folder, false) : lived(folder);
    if (is_alone) only_last(path);
    const image whole{path};
    const auto right = content_of(*open(path));
    whole.put_back();
    const auto numbers = journal::segments_in(path);
    for (int round = 0; round < 400; ++round) {
      const auto stretches = 1 + chance() % 3;
      for (unsigned i = 0; i < stretches; ++i) {
        const auto file = segment(path, numbers[chance() % numbers.size()]);
        auto bytes = read_file(file);
        const auto begin = chance() % (round % 2 == 0 ? std::min<std::size_t>(bytes.size(), 500) : bytes.size());
        for (auto at = begin; at < std::min<std::size_t>(bytes.size(), begin + 1 + chance() % 300); ++at) bytes[at] = static_cast<char>(chance());
        write_file(file, bytes);
      }
      const auto what = "round " + std::to_string(round);
      std::string told;
      bool is_refused = false;
      try {
        for (const auto& finding : open(path)->findings()) told += finding + "\n";
      } catch (const store_error&) {
        is_refused = true;
        auto plan = planned(path, {}, {qualified});
        told = text_of(plan);
        if (!has_work(plan)) plan = planned(path, numbers_asked_for(told, right), {qualified});
        if (!has_work(plan)) {
          ++overruled;
          auto wishes = numbers_asked_for(told, right);
          wishes.has_all_sessions = true;
          plan = planned(path, wishes, {qualified});
        }
        BOOST_TEST_REQUIRE(has_work(plan), what << "\n"
                                                << text_of(plan));
        told += text_of(plan);
        BOOST_TEST_REQUIRE(refusal([&] { repair_journal(path, plan, 4096); }) == "", what << "\n"
                                                                                          << told);
      }
      ++(is_refused ? salvaged : opened);
      const auto now = content_of(*open(path));
      for (const auto& [id, s] : right.sessions) {
        const auto at = now.sessions.find(id);
        const bool is_right = at != now.sessions.end() && at->second.next_sender >= s.next_sender && at->second.next_target >= s.next_target;
        const bool is_said = !is_refused && !told.empty();
        BOOST_TEST_REQUIRE((is_right || is_said), what << ": " << to_string(id) << "\n"
                                                       << told);
      }
      for (const auto& [id, messages] : now.messages)
        for (const auto& [number, frame] : messages)
          if (const auto& known = right.messages.at(id); known.contains(number)) BOOST_TEST_REQUIRE(frame == known.at(number), what);
      whole.put_back();
    }
  }
  BOOST_TEST_MESSAGE(opened << " opened, " << salvaged << " salvaged, " << overruled << " of these as no session is lost");
  BOOST_TEST(salvaged > 100u);
}

// ---------------------------------------------------------------- what only the operator knows

// A session of which nothing stands behind the damage. The engine opens this one, so it has to be told before.
BOOST_AUTO_TEST_CASE(numbers_that_may_have_gone_on_are_told_and_raised) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, {.has_thread = false}};
    hand a{store, alpha}, b{store, beta};
    send_all(a, 3);
    send_all(b, 3);  // the last of these is damaged
    send_all(a, 3);
  }
  const auto file = segment(path, 1);
  change(file, read_file(file).find(fix_frame(beta, 3)) - 30);
  const auto f = verified(path);
  const image damaged{path};
  std::string told;
  for (const auto& finding : open(path)->findings()) told += finding + "\n";
  damaged.put_back();
  BOOST_TEST(says(told, "the numbers of FIX.4.2:BETA->OMEGA (next sender 3, next target 1) are those in front of what is damaged"), told);
  BOOST_TEST(!says(told, "ALPHA"), told);
  BOOST_TEST(says(f.text(), "session-behind: : its numbers (next sender 3, next target 1) are those in front of something that is damaged, and may have gone on\n  They may be lower"), f.text());
  const auto plan = planned(path);
  BOOST_TEST(!has_work(plan), text_of(plan));
  BOOST_TEST(says(text_of(plan), "FIX.4.2:BETA->OMEGA: next sender is 3 or more, next target 1 or more"), text_of(plan));
  BOOST_TEST(!says(text_of(plan), "FIX.4.2:ALPHA->OMEGA"), text_of(plan));
  BOOST_TEST(says(refusal([&] { (void)planned(path, {.next_sender = {{beta, seq_num{2}}}, .next_target = {{beta, seq_num{1}}}}); }), "a number is never lowered"));
  repair_journal(path, planned(path, {.next_sender = {{beta, seq_num{4}}}, .next_target = {{beta, seq_num{9}}}}), 4096);
  BOOST_TEST(verified(path).is_whole(), verified(path).text());
  const auto now = content_of(*open(path));
  BOOST_TEST(now.sessions.at(beta).next_sender.value == 4u);
  BOOST_TEST(now.sessions.at(beta).next_target.value == 9u);
  BOOST_TEST(now.messages.at(beta).size() == 2u);
  BOOST_TEST(now.messages.at(alpha).size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_named_again_by_its_messages_is_not_begun_anew) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, {.has_thread = false}};
    hand a{store, alpha};
    send_all(a, 3);
  }
  const auto entries = snapshot_of(path, 1);  // its end, and the session that was made behind it
  change(segment(path, 1), entries.back() + sizeof(journal::entry_head) + sizeof(journal::entry_numbers));
  BOOST_TEST(verified(path).has(damage_kind::session_name), verified(path).text());
  repair_journal(path, planned(path), 4096);
  BOOST_TEST(verified(path).is_whole(), verified(path).text());
  const auto now = content_of(*open(path));
  BOOST_TEST(now.sessions.at(alpha).next_sender.value == 4u);
  BOOST_TEST(now.messages.at(alpha).size() == 3u);
}

// In the place of the last one: what stood there is not known, so all numbers may have gone on.
BOOST_AUTO_TEST_CASE(a_segment_that_belongs_elsewhere_is_said_and_set_aside) {
  temp_folder folder, other;
  const auto path = lived(folder);
  const auto right = content_of(*open(path));
  const auto last = segment(path, journal::segments_in(path).back());
  for (const bool is_of_this : {false, true}) {
    const auto source = is_of_this ? segment(path, 2) : segment(lived(other), 3);
    std::filesystem::copy_file(source, last, std::filesystem::copy_options::overwrite_existing);
    const auto f = verified(path);
    BOOST_TEST(says(f.text(), "segment-elsewhere: " + last + ": " + (is_of_this ? "is 00000002.seg of this journal, and was renamed" : "belongs to another journal")), f.text());
  }
  auto plan = planned(path);
  BOOST_TEST(!has_work(plan), text_of(plan));
  plan = planned(path, numbers_of(right));
  repair_journal(path, plan, 4096);
  BOOST_TEST(!std::filesystem::exists(last));
  BOOST_TEST(std::filesystem::exists(last + ".set-aside"));
  const auto now = content_of(*open(path));
  for (const auto& [id, s] : right.sessions) BOOST_TEST(now.sessions.at(id).next_sender.value == s.next_sender.value);
}

BOOST_AUTO_TEST_CASE(a_last_segment_that_is_missing_is_told_by_its_index) {
  temp_folder folder;
  const auto path = lived(folder);
  const auto right = content_of(*open(path));
  std::uint64_t n = 0;
  for (const auto i : journal::segments_in(path, ".idx")) n = i;
  for (const auto s : journal::segments_in(path))
    if (s >= n) std::filesystem::remove(segment(path, s));
  const auto f = verified(path);
  BOOST_TEST(says(f.text(), "segment-missing: " + segment(path, n) + ": is missing: there is its index, and nothing else"), f.text());
  const image damaged{path};
  std::string told;
  for (const auto& finding : open(path)->findings()) told += finding + "\n";
  BOOST_TEST(says(told, segment(path, n) + " is missing"), told);
  damaged.put_back();
  auto plan = planned(path);
  BOOST_TEST(!has_work(plan), text_of(plan));
  BOOST_TEST(says(text_of(plan), "FIX.4.2:ALPHA->OMEGA: next sender is "), text_of(plan));
  plan = planned(path, numbers_of(right));
  repair_journal(path, plan, 4096);
  BOOST_TEST(!verified(path).has(damage_kind::segment_missing), verified(path).text());
  const auto now = content_of(*open(path));
  for (const auto& [id, s] : right.sessions) BOOST_TEST(now.sessions.at(id).next_sender.value == s.next_sender.value);
}

// ---------------------------------------------------------------- a repair that is stopped

// Refuses one call.
class stopping_files final : public file_layer {
 public:
  explicit stopping_files(int at) : left_(at) {}
  [[nodiscard]] bool has_stopped() const { return left_ < 0; }

  file_handle make(const std::string& path, std::uint64_t size) override { return count(path), file_layer::make(path, size); }
  void write(int fd, const std::string& path, std::string_view bytes, std::uint64_t at) override { count(path), file_layer::write(fd, path, bytes, at); }
  void sync(int fd, const std::string& path) override { count(path), file_layer::sync(fd, path); }
  void sync_folder(const std::string& folder) override { count(folder), file_layer::sync_folder(folder); }
  void truncate(int fd, const std::string& path, std::uint64_t size) override { count(path), file_layer::truncate(fd, path, size); }
  void rename(const std::string& from, const std::string& to) override { count(from), file_layer::rename(from, to); }

 private:
  void count(const std::string& path) {
    if (left_-- == 0) throw file_failure(path, "be reached", 5);
  }
  int left_;
};

BOOST_AUTO_TEST_CASE(stopped_at_any_call_it_is_no_journal_that_an_engine_opens_or_it_is_right) {
  temp_folder folder;
  const auto path = lived(folder);
  const auto right = content_of(*open(path));
  const auto numbers = journal::segments_in(path);
  for (const auto n : numbers) {
    change(segment(path, n), snapshot_of(path, n).front() + sizeof(journal::entry_head));
    change(segment(path, n), 20);
  }
  BOOST_TEST_REQUIRE(verified(path).has(damage_kind::sessions_lost));
  const image damaged{path};
  bool is_over = false;
  int stops = 0;
  for (int at = 0; !is_over; ++at) {
    stopping_files files{at};
    {
      const auto wishes = numbers_asked_for(text_of(planned(path)), right);
      const auto plan = planned(path, wishes);
      journal_view view{path};
      try {
        journal::salvage(files, path, plan, view);
        is_over = true;
      } catch (const file_failure&) {
        ++stops;
      }
    }
    outcome o;
    open_or_salvage(path, right, {}, o, "stopped at call " + std::to_string(at));
    damaged.put_back();
  }
  BOOST_TEST(stops > 5);
}

BOOST_AUTO_TEST_SUITE_END()
