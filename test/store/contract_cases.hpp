// What every store promises, checked against all_backends of whoever includes this.
#pragma once

#include "test/store/batches.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)
BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::protocol::record_kind)
BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::protocol::utc_time)

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_new_session_starts_at_one_and_one, Backend, all_backends) {
  Backend backend;
  const auto s = backend.store().load(alpha, day_one);
  BOOST_TEST(s.next_sender.value == 1u);
  BOOST_TEST(s.next_target.value == 1u);
  BOOST_TEST(s.generation.value == 1u);
  BOOST_TEST(s.creation_time == day_one);
  BOOST_TEST(!s.is_reset_pending);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_commit_is_there_after_every_reopening, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  for (std::uint64_t n = 1; n <= 5; ++n) {
    auto b = h.next();
    b.next_target = seq_num{10 + n};
    BOOST_TEST(h.commit(b).status == commit_status::done);
    backend.reopen();
    h.use(backend.store());
    const auto all = backend.store().sessions();
    BOOST_REQUIRE(all.size() == 1u);
    BOOST_TEST(all[0].snapshot.next_sender.value == n + 1);
    BOOST_TEST(all[0].snapshot.next_target.value == 10 + n);
    BOOST_TEST(h.fetch(1, 100).records.size() == n);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(frames_come_back_byte_for_byte, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  using namespace std::string_view_literals;
  const auto frame = "8=FIX.4.2\0019=20\00135=B\00195=5\00196=\0001\0012\377\00110=000\001"sv;
  h.commit(h.next(record_kind::application, frame));
  backend.reopen();
  h.use(backend.store());
  const auto page = h.fetch(1, 1);
  BOOST_REQUIRE(page.records.size() == 1u);
  BOOST_TEST(page.records[0].frame == frame);
  BOOST_TEST(!page.records[0].is_damaged);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(kinds_are_told_apart_and_a_lost_number_is_seen, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next(record_kind::application));
  h.commit(h.next(record_kind::administrative));
  auto skipped = h.empty();
  skipped.records.push_back({record_kind::skipped, seq_num{3}, seq_num{9}, {}, 0, 0});
  skipped.next_sender = seq_num{10};
  h.commit(skipped);
  auto lost = h.empty();
  lost.next_sender = seq_num{11};
  h.commit(lost);
  const auto page = h.fetch(1, 10);
  BOOST_REQUIRE(page.records.size() == 3u);
  BOOST_TEST(page.records[0].kind == record_kind::application);
  BOOST_TEST(page.records[1].kind == record_kind::administrative);
  BOOST_TEST(page.records[2].kind == record_kind::skipped);
  BOOST_TEST(page.records[2].last.value == 9u);
  BOOST_TEST(page.end.value == 10u);
  BOOST_TEST(page.is_last);
  const auto inside = h.fetch(5, 6);
  BOOST_REQUIRE(inside.records.size() == 1u);
  BOOST_TEST(inside.records[0].number.value == 3u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(commits_are_taken_in_order_and_a_repeated_one_is_done, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  const auto first = h.next();
  auto third = first;
  third.id = commit_id{3};
  BOOST_TEST(h.commit(third).status == commit_status::out_of_order);
  BOOST_TEST(h.commit(first).status == commit_status::done);
  BOOST_TEST(h.commit(first).status == commit_status::done);
  BOOST_TEST(h.fetch(1, 10).records.size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_load_ends_the_incarnation_before_it, Backend, all_backends) {
  Backend backend;
  hand old{backend.store(), alpha};
  old.commit(old.next());
  const auto late = old.next();
  hand young{backend.store(), alpha};
  BOOST_TEST(young.state().incarnation.value == old.state().incarnation.value + 1);
  BOOST_TEST(young.state().next_sender.value == 2u);
  BOOST_TEST(old.commit(late).status == commit_status::wrong_incarnation);
  BOOST_TEST(young.commit(young.next()).status == commit_status::done);
  backend.reopen();
  young.use(backend.store());
  BOOST_TEST(young.fetch(1, 10).records.size() == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_session_that_was_never_loaded_is_refused, Backend, all_backends) {
  Backend backend;
  commit_batch b;
  b.id = commit_id{1};
  commit_result result;
  const session_batch item{&beta, &b};
  backend.store().commit({&item, 1}, {&result, 1});
  BOOST_TEST(result.status == commit_status::wrong_incarnation);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(many_sessions_share_a_transaction_and_one_refusal_holds_up_nobody, Backend, all_backends) {
  Backend backend;
  hand a{backend.store(), alpha};
  hand b{backend.store(), beta};
  const auto good = a.next();
  auto early = b.next();
  early.id = commit_id{7};
  const auto right = b.next();
  const std::array items{session_batch{&alpha, &good}, session_batch{&beta, &early}, session_batch{&beta, &right}};
  std::array<commit_result, 3> results;
  backend.store().commit(items, results);
  BOOST_TEST(results[0].status == commit_status::done);
  BOOST_TEST(results[1].status == commit_status::out_of_order);
  BOOST_TEST(results[2].status == commit_status::done);
  backend.reopen();
  a.use(backend.store());
  b.use(backend.store());
  BOOST_TEST(a.fetch(1, 9).records.size() == 1u);
  BOOST_TEST(b.fetch(1, 9).records.size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reset_is_one_with_the_message_that_carries_it, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  for (int i = 0; i < 3; ++i) h.commit(h.next());
  const auto later = day_one + std::chrono::hours{24};
  auto b = h.empty();
  b.generation = b.generation.next();
  b.reset = reset{later, true};
  b.is_reset_pending = true;
  b.bytes = "8=FIX.4.2\0019=5\00135=A\00110=178\001";
  b.records.push_back({record_kind::administrative, seq_num{1}, seq_num{1}, {}, 0, static_cast<std::uint32_t>(b.bytes.size())});
  b.next_sender = seq_num{2};
  b.next_target = seq_num{1};
  BOOST_TEST(h.commit(b).status == commit_status::done);
  backend.reopen();
  h.use(backend.store());
  h.load();
  BOOST_TEST(h.state().generation.value == 2u);
  BOOST_TEST(h.state().next_sender.value == 2u);
  BOOST_TEST(h.state().next_target.value == 1u);
  BOOST_TEST(h.state().creation_time == later);
  BOOST_TEST(h.state().is_reset_pending);
  const auto page = h.fetch(1, 10);
  BOOST_TEST(page.generation.value == 2u);
  BOOST_REQUIRE(page.records.size() == 1u);
  BOOST_TEST(page.records[0].kind == record_kind::administrative);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_tells_what_became_of_its_message, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next());
  h.commit(h.next(record_kind::application, "x", submit_token{77}));
  backend.reopen();
  BOOST_TEST((backend.store().find_token(alpha, submit_token{77}) == seq_num{2}));
  BOOST_TEST(!backend.store().find_token(alpha, submit_token{78}));
  BOOST_TEST(!backend.store().find_token(alpha, submit_token{0}));
  BOOST_TEST(!backend.store().find_token(beta, submit_token{77}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_is_known_for_one_numbering_more, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next(record_kind::application, "x", submit_token{1}));
  h.commit(h.next(record_kind::application, "x", submit_token{2}));
  const auto start_anew = [&](submit_token token) {
    auto b = h.empty();
    b.generation = b.generation.next();
    b.reset = reset{day_one + std::chrono::hours{24}, true};
    b.bytes = "x";
    b.records.push_back({record_kind::application, seq_num{1}, seq_num{1}, token, 0, 1});
    b.next_sender = seq_num{2};
    b.next_target = seq_num{1};
    BOOST_REQUIRE(h.commit(b).status == commit_status::done);
  };
  start_anew(submit_token{2});
  backend.reopen();
  BOOST_TEST((backend.store().find_token(alpha, submit_token{1}) == seq_num{1}));
  BOOST_TEST((backend.store().find_token(alpha, submit_token{2}) == seq_num{1}));  // the present one goes first
  h.use(backend.store());
  h.load();
  start_anew(submit_token{3});
  BOOST_TEST(!backend.store().find_token(alpha, submit_token{1}));
  BOOST_TEST((backend.store().find_token(alpha, submit_token{2}) == seq_num{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_that_was_used_twice_tells_the_first, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next(record_kind::application, "x", submit_token{5}));
  h.commit(h.next(record_kind::application, "x", submit_token{77}));
  BOOST_TEST((backend.store().find_token(alpha, submit_token{77}) == seq_num{2}));
  h.commit(h.next(record_kind::application, "x", submit_token{77}));
  h.commit(h.next(record_kind::application, "x", submit_token{6}));
  backend.reopen();
  BOOST_TEST((backend.store().find_token(alpha, submit_token{77}) == seq_num{2}));
  BOOST_TEST((backend.store().find_token(alpha, submit_token{6}) == seq_num{4}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(that_orders_are_to_be_cancelled_is_kept_like_a_number, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  BOOST_TEST(!h.state().is_cancel_owed);
  for (const bool is_owed : {true, false}) {
    auto b = h.empty();
    b.is_cancel_owed = is_owed;
    BOOST_TEST(h.commit(b).status == commit_status::done);
    backend.reopen();
    h.use(backend.store());
    h.load();
    BOOST_TEST(h.state().is_cancel_owed == is_owed);
  }
}

// ---------------------------------------------------------------- submits that wait for a logon

inline parked_submit waiting(std::uint64_t place, std::uint64_t token, std::string body) {
  return {place, submit_token{token}, day_one + std::chrono::seconds{place}, {"D", "115=FUND\001", std::move(body)}};
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_parked_comes_back_in_its_order_after_every_reopening, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  using namespace std::string_literals;
  const auto body = "95=3\00196=a\000b\001"s;
  auto b = h.empty();
  b.park = {waiting(1, 71, body), waiting(2, 0, "11=B\001")};
  BOOST_TEST(h.commit(b).status == commit_status::done);
  b = h.empty();
  b.park = {waiting(3, 73, "11=C\001")};
  BOOST_TEST(h.commit(b).status == commit_status::done);
  backend.reopen();
  h.use(backend.store());
  h.load();
  const auto& all = h.state().parked;
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].place == 1u);
  BOOST_TEST(all[0].token.value == 71u);
  BOOST_TEST(all[0].since == day_one + std::chrono::seconds{1});
  BOOST_TEST(all[0].message.msg_type == "D");
  BOOST_TEST(all[0].message.header == "115=FUND\001");
  BOOST_TEST(all[0].message.body == body);
  BOOST_TEST(!all[0].is_damaged);
  BOOST_TEST(all[2].message.body == "11=C\001");
  BOOST_TEST(h.state().next_sender.value == 1u);
  BOOST_TEST(backend.store().load(beta, day_one).parked.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_parked_leaves_with_the_commit_that_gives_it_a_number, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  auto b = h.empty();
  b.park = {waiting(1, 71, "11=A\001"), waiting(2, 72, "11=B\001")};
  h.commit(b);
  BOOST_TEST(backend.store().is_parked(alpha, submit_token{71}));
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{70}));
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{0}));
  BOOST_TEST(!backend.store().is_parked(beta, submit_token{71}));
  BOOST_TEST(!backend.store().find_token(alpha, submit_token{71}));
  b = h.next(record_kind::application, "x", submit_token{71});
  b.parked_through = 1;
  b.park = {waiting(3, 73, "11=C\001")};
  h.commit(b);
  backend.reopen();
  h.use(backend.store());
  h.load();
  BOOST_REQUIRE(h.state().parked.size() == 2u);
  BOOST_TEST(h.state().parked[0].token.value == 72u);
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{71}));
  BOOST_TEST((backend.store().find_token(alpha, submit_token{71}) == seq_num{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_dropped_leaves_from_anywhere_and_the_rest_stays_in_order, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  hand other{backend.store(), beta};
  auto b = h.empty();
  for (std::uint64_t place = 1; place <= 4; ++place) b.park.push_back(waiting(place, 70 + place, "11=A\001"));
  h.commit(b);
  auto of_other = other.empty();
  of_other.park = {waiting(2, 72, "11=X\001")};
  other.commit(of_other);
  b = h.empty();
  b.park = {waiting(5, 75, "11=B\001")};
  b.unpark = {4, 2, 5, 99};
  BOOST_TEST((h.commit(b).status == commit_status::done));
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{72}));
  BOOST_TEST(backend.store().is_parked(beta, submit_token{72}));
  backend.reopen();
  h.use(backend.store());
  h.load();
  BOOST_REQUIRE(h.state().parked.size() == 2u);
  BOOST_TEST(h.state().parked[0].token.value == 71u);
  BOOST_TEST(h.state().parked[1].token.value == 73u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_parked_and_sent_in_one_commit_does_not_wait, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  auto b = h.next(record_kind::application, "x", submit_token{71});
  b.park = {waiting(1, 71, "11=A\001")};
  b.parked_through = 1;
  h.commit(b);
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{71}));
  BOOST_TEST(backend.store().load(alpha, day_one).parked.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reset_leaves_what_is_parked_where_it_is, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  auto b = h.empty();
  b.park = {waiting(1, 71, "11=A\001")};
  h.commit(b);
  b = h.empty();
  b.generation = b.generation.next();
  b.reset = reset{day_one, false};
  b.next_sender = b.next_target = seq_num{1};
  h.commit(b);
  backend.reopen();
  BOOST_TEST(backend.store().load(alpha, day_one).parked.size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_commit_that_is_refused_parks_nothing, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  auto b = h.empty();
  b.id = commit_id{9};
  b.park = {waiting(1, 71, "11=A\001")};
  BOOST_TEST(h.commit(b).status == commit_status::out_of_order);
  BOOST_TEST(!backend.store().is_parked(alpha, submit_token{71}));
}

// A million; fewer where each takes its time.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_million_messages_are_paged_through, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  constexpr std::uint64_t count = Backend::many;
  while (h.state().next_sender.value <= count) {
    auto b = h.next();
    for (int i = 1; i < 1000; ++i) {
      const auto n = b.next_sender;
      b.records.push_back({record_kind::application, n, n, {}, 0, b.records[0].length});
      b.next_sender = n.next();
    }
    BOOST_REQUIRE(h.commit(b).status == commit_status::done);
  }
  std::uint64_t expected = 1;
  for (bool is_last = false; !is_last;) {
    const auto page = h.fetch(expected, count, 333);
    BOOST_REQUIRE(page.records.size() <= 333u);
    for (const auto& r : page.records) BOOST_REQUIRE(r.number.value == expected++);
    is_last = page.is_last;
  }
  BOOST_TEST(expected == count + 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_page_is_bounded_by_bytes_but_holds_at_least_one, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  const std::string big(1000, 'x');
  for (int i = 0; i < 4; ++i) h.commit(h.next(record_kind::application, big));
  BOOST_TEST(h.fetch(1, 4, 100, 10).records.size() == 1u);
  const auto page = h.fetch(1, 4, 100, 2500);
  BOOST_TEST(page.records.size() == 2u);
  BOOST_TEST(page.end.value == 2u);
  BOOST_TEST(!page.is_last);
}

// What another load of it tells (RefreshOnLogon) is what is stored, whatever the session believed.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_refresh_tells_what_is_stored, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  BOOST_REQUIRE(h.commit(h.next()).status == commit_status::done);
  auto b = h.next();
  b.next_target = seq_num{9};
  BOOST_REQUIRE(h.commit(b).status == commit_status::done);
  const auto lost = h.next();  // never committed
  const auto seen = backend.store().load(alpha, day_one + std::chrono::hours{1});
  BOOST_TEST(seen.next_sender.value == 3u);
  BOOST_TEST(seen.next_target.value == 9u);
  BOOST_TEST((seen.creation_time == day_one));
  BOOST_TEST((h.commit(lost).status == commit_status::wrong_incarnation));
}

// A name is what a session is: another one, even one that differs in its last byte, has numbers of its own, and does not see these messages.
BOOST_AUTO_TEST_CASE_TEMPLATE(another_name_is_another_session, Backend, all_backends) {
  Backend backend;
  {
    hand h{backend.store(), alpha};
    BOOST_REQUIRE(h.commit(h.next(record_kind::application, "8=FIX.4.2|", submit_token{7})).status == commit_status::done);
  }
  backend.reopen();
  for (const auto& id : {session_id{"FIX.4.2", "ALPHA", "OMEGB", ""}, session_id{"FIX.4.3", "ALPHA", "OMEGA", ""}, session_id{"FIX.4.2", "ALPHA", "OMEGA", "2"}}) {
    hand other{backend.store(), id};
    BOOST_TEST(other.state().next_sender.value == 1u);
    BOOST_TEST(other.fetch(1, 10).records.empty());
    BOOST_TEST(!backend.store().find_token(id, submit_token{7}));
  }
  hand h{backend.store(), alpha};
  BOOST_TEST(h.state().next_sender.value == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_session_that_was_only_loaded_can_be_forgotten, Backend, all_backends) {
  Backend backend;
  hand other{backend.store(), beta};
  hand h{backend.store(), alpha};
  BOOST_TEST(backend.store().forget_unused(alpha, h.state().incarnation));
  BOOST_TEST(!backend.store().forget_unused(alpha, h.state().incarnation));
  BOOST_TEST(h.commit(h.next()).status == commit_status::wrong_incarnation);
  backend.reopen();
  BOOST_REQUIRE(backend.store().sessions().size() == 1u);
  BOOST_TEST((backend.store().sessions().front().id == beta));
  h.use(backend.store());
  h.load();
  BOOST_TEST(h.commit(h.next()).status == commit_status::done);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_session_that_was_used_or_has_a_newer_owner_is_not_forgotten, Backend, all_backends) {
  Backend backend;
  hand h{backend.store(), alpha};
  const auto older = h.state().incarnation;
  h.load();
  BOOST_TEST(!backend.store().forget_unused(alpha, older));
  h.commit(h.next());
  BOOST_TEST(!backend.store().forget_unused(alpha, h.state().incarnation));
  hand reset{backend.store(), beta};
  auto b = reset.next();
  b.next_sender = seq_num{1};  // nothing sent, something received
  b.records.clear();
  b.next_target = seq_num{2};
  BOOST_TEST(reset.commit(b).status == commit_status::done);
  BOOST_TEST(!backend.store().forget_unused(beta, reset.state().incarnation));
  BOOST_TEST(!backend.store().forget_unused({"FIX.4.2", "NO", "BODY", ""}, session_incarnation{1}));
  BOOST_TEST(backend.store().sessions().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
