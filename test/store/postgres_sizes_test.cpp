// How large a PostgreSQL store is, although its tables do not become smaller; and that it becomes smaller where the settings ask for it.
#include "store/open_store.hpp"
#include "store/postgres_sizes.hpp"
#include "test/store/batches.hpp"
#include "test/store/postgres_backend.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

std::string frame_at(std::uint64_t number, int day) {
  return "8=FIX.4.2\x01" "9=100\x01" "35=8\x01" "34=" + std::to_string(number) + "\x01" "52=202611" + std::to_string(10 + day) + "-12:00:00\x01" "58=" + std::string(120, 'x') + "\x01" "10=000\x01";
}

void send(hand& h, int count, int day) {
  for (int i = 0; i < count; ++i) BOOST_TEST_REQUIRE(h.commit(h.next(record_kind::application, frame_at(h.state().next_sender.value, day))).status == commit_status::done);
}

struct sized {
  postgres_backend backend;

  sized() { again(); }
  void again() {
    backend.store_.reset();
    backend.store_ = backend.open({.kept_generations = 1'000'000, .prune_slice = 50});
  }
  [[nodiscard]] std::uint64_t by_the_server() const {
    return std::stoull(the_server().ask("SELECT coalesce(sum(octet_length(frame) + 160), 0) FROM " + backend.schema + ".record").at(0));
  }
  // How often it had to be asked.
  [[nodiscard]] std::pair<std::uint64_t, int> counted() {
    for (int times = 1; times < 1000; ++times)
      if (const auto size = backend.store().size()) return {*size, times};
    return {};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgres_sizing, sized)

BOOST_AUTO_TEST_CASE(it_is_counted_in_slices_once_and_known_from_then_on) {
  hand a{backend.store(), alpha}, b{backend.store(), beta};
  send(a, 120, 1);
  a.commit(a.new_numbering());
  send(b, 30, 1);
  send(a, 60, 2);
  const auto first = counted();
  BOOST_TEST(first.first == by_the_server());
  BOOST_TEST(first.second == 5);  // 210 records, 50 at a time
  send(a, 10, 3);
  a.commit(a.new_numbering());
  send(a, 10, 3);
  hand c{backend.store(), {"FIX.4.2", "GAMMA", "OMEGA", ""}};
  send(c, 5, 3);
  const auto then = counted();
  BOOST_TEST(then.first == by_the_server());
  BOOST_TEST(then.second == 1);
}

// Some are in front of the place that the count has reached, and some behind it.
BOOST_AUTO_TEST_CASE(what_is_committed_while_it_is_counted_is_counted_once) {
  hand a{backend.store(), alpha}, b{backend.store(), beta};
  send(a, 120, 1);
  send(b, 120, 1);
  for (int slices = 0; !backend.store().size(); ++slices) {
    BOOST_TEST_REQUIRE(slices < 100);
    send(a, 3, 1);
    send(b, 3, 1);
    if (slices == 2) a.commit(a.new_numbering());
  }
  BOOST_TEST(counted().first == by_the_server());
}

BOOST_AUTO_TEST_CASE(it_is_not_known_while_something_is_on_its_way_out) {
  hand a{backend.store(), alpha};
  send(a, 120, 1);
  a.commit(a.new_numbering());
  send(a, 20, 2);
  (void)counted();
  backend.store().retire(alpha, numbering_generation{1});
  BOOST_TEST(!backend.store().size().has_value());
  send(a, 2, 2);
  BOOST_TEST(!backend.store().size().has_value());
  send(a, 4, 2);
  BOOST_TEST((backend.store().size() == by_the_server()));
  BOOST_TEST(by_the_server() == 26 * (frame_at(10, 2).size() + 160) - 9);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_has_it_counted_again) {
  hand a{backend.store(), alpha};
  send(a, 120, 1);
  (void)counted();
  the_server().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'");
  send(a, 10, 1);
  const auto again = counted();
  BOOST_TEST(again.first == by_the_server());
  BOOST_TEST(again.second == 3);
}

// What an operator would see who has the tables written anew.
BOOST_AUTO_TEST_CASE(it_is_about_what_the_tables_need) {
  hand a{backend.store(), alpha};
  the_server().run("INSERT INTO " + backend.schema + ".record SELECT 1, 1, n, n, 1, n % 2 * n, 1, convert_to(repeat('x', 180), 'UTF8') FROM generate_series(1, 20000) AS n");
  a.commit(a.empty());
  const auto of_tables = std::stod(the_server().ask("SELECT pg_total_relation_size('" + backend.schema + ".record')").at(0));
  const auto ratio = static_cast<double>(counted().first) / of_tables;
  BOOST_TEST(ratio > 0.8);
  BOOST_TEST(ratio < 1.25);
}

BOOST_AUTO_TEST_CASE(the_oldest_go_while_it_is_larger_than_the_settings_allow) {
  store_settings settings;
  settings.kind = store_kind::postgres;
  settings.connection = the_server().connection();
  settings.schema = fresh_schema();
  settings.keep = {.numberings = 1000, .bytes = 150'000};
  const auto open = [&] { return open_store(settings); };
  auto store = open();
  const auto bytes = [&] { return std::stoull(the_server().ask("SELECT coalesce(sum(octet_length(frame) + 160), 0) FROM " + settings.schema + ".record").at(0)); };
  const auto kept = [&] {
    std::string all;
    for (const auto& id : {alpha, beta})
      for (const auto& n : store->finished(id)) all += id.sender_comp_id.substr(0, 1) + std::to_string(n.generation.value) + " ";
    return all;
  };
  std::optional<hand> a{hand{*store, alpha}}, b{hand{*store, beta}};
  for (int day = 0; day < 3; ++day) {
    send(*a, 70, day);
    send(*b, 70, day);
    a->commit(a->new_numbering());
    b->commit(b->new_numbering());
  }
  BOOST_TEST(kept() == "A1 A2 A3 B1 B2 B3 ");  // 420 messages: not larger
  send(*a, 70, 3);
  send(*b, 70, 3);
  a->commit(a->new_numbering());
  send(*b, 20, 4);
  BOOST_TEST(kept() == "A2 A3 A4 B2 B3 ");
  BOOST_TEST(bytes() <= 160'000u);  // what was sent since is not looked at before the next reset
  send(*b, 200, 4);
  // As after a restart: the count begins again.
  a.reset();
  b.reset();
  store.reset();
  store = open();
  a.emplace(*store, alpha);
  b.emplace(*store, beta);
  send(*b, 100, 4);
  const auto settled = kept();
  send(*b, 100, 4);
  BOOST_TEST(kept() == settled);
  BOOST_TEST(settled == "A4 B3 ");  // the last that is over stays, however large all of it is
}

BOOST_AUTO_TEST_SUITE_END()
