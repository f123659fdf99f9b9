// What the cast says to each other: facts ("link_down") and requests ("commit"), and who accepts which.
//
// Every message is a plain value, copyable, cheap to move. Bulk data (bytes of a read, a commit) travels as shared
// ownership of something that nobody changes any more, so that a message costs the same for one frame or a hundred.
//
//   socket -> connection -> session -> store -> connection -> socket
//
// There is no other way to the wire: a session has no message that makes a connection transmit. Only `abort` is direct.
#pragma once

#include "actors/caf.hpp"
#include "actors/logon_identity.hpp"
#include "actors/place_number.hpp"
#include "actors/socket_options.hpp"
#include "protocol/commit.hpp"
#include "protocol/framer.hpp"
#include "protocol/session_config.hpp"
#include "protocol/session_io.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

using protocol::commit_id;
using protocol::connection_epoch;
using protocol::instant;
using protocol::numbering_generation;
using protocol::seq_num;
using protocol::session_id;
using protocol::session_incarnation;
using protocol::steady_time;
using protocol::submit_token;
using protocol::utc_time;

class link;  // one end of a byte stream, not yet owned by a connection: a socket, or a fake wire in tests (actors/link.hpp)

// ------------------------------------------------------------------ timer

// Send `tick` when this moment has come; replaces what was armed before.
struct arm {
  steady_time deadline{};
};
struct disarm {};
struct tick {};

using timer_actor = caf::typed_actor<sig<void(arm)>, sig<void(disarm)>>;

// ------------------------------------------------------------------ connection

// Write these ranges of the batch if `batch->epoch` is still this connection's; then close if the batch says so.
struct transmit {
  protocol::commit_ptr batch;
};
// Cut the connection; what is unwritten is lost.
struct abort_link {
  connection_epoch epoch{};
  protocol::end_reason why{};
};
struct pause_read {
  connection_epoch epoch{};
};
struct resume_read {
  connection_epoch epoch{};
};
// The session has dealt with so many bytes of `received`: credit for further reads.
struct consumed {
  connection_epoch epoch{};
  std::uint64_t bytes = 0;
};

// All frames of one read, cut but not parsed. `block` holds the bytes; the views are into it.
struct received_frame {
  std::string_view bytes;                 // a frame, or what was skipped if `error` is set
  protocol::framing_error error = {};
};
struct received {
  connection_epoch epoch{};
  std::shared_ptr<const void> block;
  std::vector<received_frame> frames;
  std::uint64_t bytes = 0;  // to be returned as credit
};
struct link_up {
  connection_epoch epoch{};
  std::string peer;  // "127.0.0.1:49152"
};
struct link_down {
  connection_epoch epoch{};
  std::string reason;
};
// After a write: bytes handed to this connection that the kernel has not taken yet.
struct wrote {
  connection_epoch epoch{};
  std::uint64_t unwritten = 0;
};
// A TCP connect that did not come about (to the group, not the session).
struct connect_failed {
  connection_epoch epoch{};
  std::string reason;
};

using connection_actor = caf::typed_actor<sig<void(transmit)>, sig<void(abort_link)>, sig<void(pause_read)>, sig<void(resume_read)>,
                                          sig<void(consumed)>>;

// ------------------------------------------------------------------ store

struct committed {
  session_incarnation incarnation{};
  commit_id up_to{};
};
struct commit_failed {
  session_incarnation incarnation{};
  commit_id from{};
  std::string reason;
  bool is_fenced = false;  // a newer incarnation owns the session: this actor is to end
};
struct page_fetched {
  session_incarnation incarnation{};
  protocol::replay_page page;
  std::uint64_t question = 0;
};
struct loaded {
  protocol::session_snapshot snapshot;
};
struct load_failed {
  std::string reason;
  bool is_tried_again = false;  // the store cannot be used just now: `loaded` comes later, or its end
};

// What a store needs to be able to tell a session.
using store_client = caf::typed_actor<sig<void(committed)>, sig<void(commit_failed)>, sig<void(page_fetched)>, sig<void(loaded)>,
                                      sig<void(load_failed)>>;

struct load {
  session_id id;
  store_client reply_to;
  utc_time now{};  // creation time of a session that the store does not know
};
// After the commit the batch goes, unchanged, to `then` (if it has anything to transmit or close), before `committed`.
struct commit {
  session_id id;
  protocol::commit_ptr batch;
  store_client reply_to;
  connection_actor then;
};
struct fetch_page {
  session_id id;
  session_incarnation incarnation{};
  seq_num begin{};
  seq_num end{};
  std::size_t max_records = 0;
  std::size_t max_bytes = 0;
  std::uint64_t question = 0;  // comes back with the page
  store_client reply_to;
};
// What became of a token (an answered request). Token 0 names nothing: it is answered when what came before is committed.
struct find_token {
  session_id id;
  submit_token token{};
};
struct token_found {
  std::optional<seq_num> number;  // it was sent, or is about to be, under this number
  bool is_parked = false;         // or it waits for a logon; neither: nobody knows it
};

// The same for whoever is no actor: `answer` is called on the store's thread, or the group's if there is no store.
struct ask_token {
  submit_token token{};
  std::function<void(std::optional<token_found>)> answer;  // nullopt: the store could not be asked
};

// Drop a session that was only ever loaded, if no later incarnation owns it (an answered request).
struct forget_unused {
  session_id id;
  session_incarnation of{};
};
struct forgotten {
  bool is_done = false;
};

// What a store on a thread of its own sends itself: behind the commits that wait for it, which become one transaction,
struct flush_now {};
// and, by way of a reactor's clock, `tick` when it is time to ask once more what could not be read.
using store_actor =
    caf::typed_actor<sig<void(load)>, sig<void(commit)>, sig<void(fetch_page)>, sig<token_found(find_token)>, sig<void(flush_now)>,
                     sig<void(tick)>, sig<forgotten(forget_unused)>>;

// ------------------------------------------------------------------ application

using submit = protocol::event::submit;  // a token and a message
// Handled everything up to this number of this incarnation; `submits` belong to it and are committed with it.
struct handled {
  session_incarnation incarnation{};
  numbering_generation generation{};
  seq_num up_to{};
  protocol::shared_list<submit> submits;
  // Messages that the application does not support: answered with BusinessMessageReject(j) 380=3.
  std::vector<seq_num> unsupported;
  // Messages that it failed on, and why, and that are not to come again: answered with 380=4.
  struct failure {
    seq_num number{};
    std::string what;
  };
  std::vector<failure> failed{};
};
struct submit_outcome {
  submit_token token{};
  seq_num number{};                             // accepted under this number …
  std::optional<protocol::action::refusal> refused;  // … or refused, for this reason …
  bool is_parked = false;  // … or durable, without a number yet, waiting for a logon: another outcome follows
};

// What an application can say to a session, whichever incarnation lives.
using application_client =
    caf::typed_actor<sig<void(submit)>, sig<void(std::vector<submit>)>, sig<void(handled)>>;

// A session is there (again). Everything of an older incarnation is void: deliveries of it are dropped, a `handled` that was
// not confirmed is said again under the new incarnation. `next_target`: first number whose handling is not durable.
// `data_fields`: those of the session's own dictionary, needed to tell the fields of its messages apart.
struct attached {
  session_id id;
  session_incarnation incarnation{};
  numbering_generation generation{};
  seq_num next_target{};
  application_client session;
  std::vector<protocol::data_field> data_fields{};
};
struct logged_on {
  session_id id;
};
struct delivery {
  session_id id;
  session_incarnation incarnation{};
  numbering_generation generation{};
  std::vector<protocol::inbound_message> messages;
  std::vector<protocol::field_ref> fields;  // indexes of the messages that have one, one behind the other
};
struct handling_committed {
  session_id id;
  session_incarnation incarnation{};
  numbering_generation generation{};
  seq_num up_to{};
};
struct outcomes {
  session_id id;
  std::vector<submit_outcome> list;
};
struct logged_out {
  session_id id;
  protocol::end_reason why{};
  std::string text;
};

// The orders of this session are to be cancelled: it is down, and has not come back in time. Repeated until it is answered.
struct cancel_orders {
  session_id id;
  protocol::end_reason why{};
  std::string text;
};

// Hooks, answered within the session's logon time limit.
struct authenticate {
  session_id id;
  connection_epoch epoch{};
  std::string logon;  // the whole Logon; passwords included: never log it
};
struct authentication {
  connection_epoch epoch{};
  bool is_accepted = false;
  std::string text;
};
struct prepare_logon {
  session_id id;
  connection_epoch epoch{};
};
struct logon_fields {
  connection_epoch epoch{};
  std::string fields;
};
struct may_resend {
  session_id id;
  numbering_generation generation{};
  std::vector<protocol::stored_record> candidates;
};
struct resend_decision {
  numbering_generation generation{};
  std::vector<seq_num> withheld;
};

using application_actor = caf::typed_actor<sig<void(attached)>, sig<void(logged_on)>, sig<void(delivery)>, sig<void(handling_committed)>,
                                           sig<void(outcomes)>, sig<void(logged_out)>, sig<authentication(authenticate)>,
                                           sig<logon_fields(prepare_logon)>, sig<resend_decision(may_resend)>, sig<void(cancel_orders)>>;

// ------------------------------------------------------------------ session and its group

struct logout_request {
  std::string text;
};
struct reset_request {};
// A period of the schedule is on; numbers begun before it start at 1. Only while there is no link.
struct period_began {
  protocol::utc_time begin{};
};
// The application actor was replaced: what is not handled is delivered again, marked.
struct application_replaced {
  application_actor application;
};
// The group is bringing up a link.
struct connecting {};
// The connection with this epoch is this actor; comes before its link_up.
struct link_owner {
  connection_epoch epoch{};
  connection_actor connection;
};

// This one tells the time from now on: what was armed is to be armed again.
struct timer_owner {
  timer_actor timer;
};

// session -> group
struct session_ready {  // loaded, and the application has said again what it had handled: links may come

  session_incarnation incarnation{};
};
struct command_result {
  bool is_done = false;
  std::string text;
};
struct session_status {
  session_incarnation incarnation{};
  protocol::session_state state{};
  numbering_generation generation{};
  seq_num next_sender{};
  seq_num expected_target{};
  seq_num handled_target{};
  connection_epoch epoch{};
  std::uint64_t messages_in = 0;   // of this incarnation
  std::uint64_t messages_out = 0;
  std::size_t parked = 0;          // submits that wait for a logon
  std::size_t parked_bytes = 0;
  steady_time oldest_parked{};     // how long the first of them has waited
};

// What waits for a logon, for the operator: those behind a place, a page at a time.
struct list_parked {
  std::uint64_t after = 0;
};
struct parked_list {
  std::string refusal;  // not empty: nothing can be said, and this is why
  std::vector<protocol::parked_submit> page;
  bool is_last = true;
};
// Answered when it is durable. Their outcome is told to the application as well.
struct drop_parked {
  std::optional<submit_token> token;  // nullopt: all of them
};
struct session_ended {  // the link is over; the session itself lives on, Disconnected
  session_incarnation incarnation{};
  connection_epoch epoch{};
  protocol::end_reason why{};
  std::string text;
};
struct session_note {
  std::string code;  // stable: docs/events.md
  std::string text;
  bool needs_operator = false;
};

// One line of `troupe status`; asked of a session it brings its present counters.
struct status_of {};

using session_actor =
    caf::typed_actor<sig<void(link_up)>, sig<void(received)>, sig<void(wrote)>, sig<void(link_down)>, sig<void(tick)>, sig<void(submit)>,
                     sig<void(std::vector<submit>)>, sig<void(handled)>, sig<void(committed)>, sig<void(commit_failed)>,
                     sig<void(page_fetched)>, sig<void(loaded)>, sig<void(load_failed)>, sig<void(logout_request)>,
                     sig<void(reset_request)>, sig<void(application_replaced)>, sig<void(connecting)>, sig<void(link_owner)>,
                     sig<session_status(status_of)>, sig<void(timer_owner)>, sig<void(period_began)>, sig<parked_list(list_parked)>,
                     sig<command_result(drop_parked)>>;

// What a connection needs to be able to tell.
using connection_client = caf::typed_actor<sig<void(link_up)>, sig<void(received)>, sig<void(wrote)>, sig<void(link_down)>>;

// ------------------------------------------------------------------ lobby and acceptor

// A first Logon came in for this session. Answered at once; a yes holds the place until adopt, or until it expires.
struct bind {
  session_id id;  // as we send: the peer's CompIDs reversed
  std::string peer;
  logon_identity who;
};
struct bound {
  bool is_accepted = false;
  std::uint64_t ticket = 0;
  std::string reason;  // for the log: "already connected", "stopped by the operator", …
  bool is_retired = false;  // this group is ending; whoever made it makes another one
};
// The link, and every byte read from it so far, now belongs to the group's reactor. Whoever holds the last reference closes it.
struct adopt {
  std::uint64_t ticket = 0;
  std::shared_ptr<link> socket;
  std::string unread;
  std::string peer;
  steady_time accepted_at{};
};
struct unbind {  // the lobby lost the link between bound and adopt
  std::uint64_t ticket = 0;
};

enum class operator_command : std::uint8_t {
  logon,       // (again) let links come, forget earlier failures
  logout,      // say Logout(5), then stay down
  reset,       // both numbers to 1, by Logon(A) 141=Y
  stop,        // as logout, because the engine ends
  disconnect,  // cut the connection; an initiator connects again
  fail,        // end the session actor as if it had failed: for recovery drills
  drop_parked,  // give up what waits for a logon
};
[[nodiscard]] std::string_view to_string(operator_command what);
struct command {
  operator_command what{};
  std::string text;
  std::optional<submit_token> token{};  // of drop_parked; nullopt: all
};

enum class group_state : std::uint8_t { Starting, Running, Backoff, OutOfSchedule, Stopped, NeedsOperator, Retired };

// The store of this session has died: nothing of it can be known until another one is there.
struct store_lost {};
// The anchor has submits from outside for the group to fetch.
struct submits_wait {};
struct store_replaced {
  store_actor store;
};
// Somebody above has given up: the session becomes NeedsOperator.
struct halt {
  std::string reason;
};
// A session that was made from a template is to end, if it has no link and nothing under way. Answered yes, it takes no link and no
// submit any more.
struct retire {};
struct retired {
  bool is_done = false;
  session_incarnation incarnation{};  // the last one
};
// group -> supervisor, when its state changes, or a link comes or goes
struct group_changed {
  session_id id;
  group_state state{};
  std::string reason;
  bool has_link = false;
  bool was_logged_on = false;  // since this group began
};

struct group_status {
  session_id id;
  protocol::role role{};
  group_state group{};
  session_status session;
  std::string peer;
  std::string reason;            // why not running, or why last ended
  std::uint64_t restarts = 0;    // of the session actor
  std::uint64_t connects = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::optional<steady_time> retry_at;
};

using session_group_actor =
    caf::typed_actor<sig<bound(bind)>, sig<void(adopt)>, sig<void(unbind)>, sig<command_result(command)>, sig<group_status(status_of)>,
                     sig<void(submits_wait)>, sig<void(session_ready)>, sig<void(session_status)>, sig<void(session_ended)>,
                     sig<void(session_note)>, sig<void(connect_failed)>, sig<void(application_replaced)>,
                     sig<void(outcomes)>, sig<void(ask_token)>, sig<void(store_lost)>, sig<void(store_replaced)>,
                     sig<void(halt)>, sig<retired(retire)>, sig<parked_list(list_parked)>>;

// A Logon came of somebody who has no session: make one, if a template fits. Answered when the group can say yes or no to `bind`.
struct make_session {
  logon_identity who;
  std::string peer;
  place_number place;
};
struct session_made {
  session_id id;  // with its qualifier
  session_group_actor group;
  std::string refusal;  // not empty: there is none, and this is why
};
using session_maker = caf::typed_actor<sig<session_made(make_session)>, sig<void(group_changed)>>;

// The lobby learns which sessions accept here.
struct publish {
  session_id id;
  session_group_actor group;
  std::optional<place_number> place{};  // empty: every one
};
struct withdraw {
  session_id id;
};
struct accepted_link {
  std::shared_ptr<link> socket;
  std::string peer;
  steady_time accepted_at{};
  bool has_proxy_header = false;  // stands before the first message, and says who the peer is
  place_number place{};
};
using lobby_actor = caf::typed_actor<sig<void(accepted_link)>, sig<void(publish)>, sig<void(withdraw)>>;

struct listen {
  std::string host;
  std::uint16_t port = 0;
  socket_options options{};
  bool has_proxy_header = false;  // each link begins with one (proxy_header.hpp)
  place_number place{};           // to be told with each link
};
struct listening {
  std::uint16_t port = 0;  // the real one, if 0 was asked
  std::string error;       // empty: listening
};
struct stop_listening {};
using acceptor_actor = caf::typed_actor<sig<listening(listen)>, sig<void(stop_listening)>>;

// ------------------------------------------------------------------ supervisor

struct start {};
struct started {
  std::vector<listening> endpoints;  // in the order of the configuration
  std::string error;                 // empty: everything is up, but for ports that it may start without
};
// Log out everywhere, flush, then end; what is not done after `within` is cut.
struct stop {
  steady_time within{};
};
struct stopped {
  std::size_t cut = 0;  // sessions that did not log out in time
  std::vector<group_status> sessions;  // their last numbers, in the order of the configuration; without those that could not be asked
};
struct command_to {
  session_id id;
  command what;
};
struct list_parked_of {
  session_id id;
  list_parked what;
};
struct status_of_all {};
struct engine_status {
  std::vector<group_status> sessions;     // in the order of the configuration
  std::vector<listening> endpoints;       // where it listens now
  std::vector<std::string> problems;      // what is left out, has failed too often, or waits for its next try
};

using supervisor_actor = caf::typed_actor<sig<started(start)>, sig<stopped(stop)>, sig<command_result(command_to)>,
                                          sig<engine_status(status_of_all)>, sig<void(group_changed)>,
                                          sig<session_made(make_session)>, sig<parked_list(list_parked_of)>>;

}  // namespace troupe::actors

// Every message type has a number, and none of them leaves the process: they need no serialisation.
CAF_BEGIN_TYPE_ID_BLOCK(troupe, first_custom_type_id)
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::arm))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::disarm))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::tick))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::transmit))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::abort_link))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::pause_read))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::resume_read))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::consumed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::received))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::link_up))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::link_down))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::wrote))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::connect_failed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::committed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::commit_failed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::page_fetched))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::loaded))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::load_failed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::load))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::commit))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::fetch_page))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::find_token))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::flush_now))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::token_found))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::submit))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::handled))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::attached))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::logged_on))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::delivery))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::handling_committed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::outcomes))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::logged_out))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::authenticate))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::authentication))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::prepare_logon))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::logon_fields))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::cancel_orders))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::may_resend))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::resend_decision))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::logout_request))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::reset_request))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::period_began))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::application_replaced))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::connecting))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::link_owner))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::session_ready))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::session_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::session_ended))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::session_note))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::bind))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::bound))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::adopt))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::unbind))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::command))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::command_result))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::status_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::group_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::publish))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::withdraw))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::accepted_link))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::listen))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::listening))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::stop_listening))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::ask_token))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::timer_owner))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::store_lost))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::submits_wait))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::store_replaced))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::halt))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::group_changed))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::start))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::started))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::stop))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::stopped))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::command_to))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::status_of_all))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::engine_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::make_session))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::session_made))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::retire))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::retired))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::forget_unused))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::forgotten))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::list_parked))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::list_parked_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::parked_list))
  CAF_ADD_TYPE_ID(troupe, (troupe::actors::drop_parked))
  CAF_ADD_TYPE_ID(troupe, (std::vector<troupe::actors::submit>))
CAF_END_TYPE_ID_BLOCK(troupe)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::arm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::disarm)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::transmit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::abort_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::pause_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::resume_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::consumed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::link_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::link_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::wrote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::connect_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::commit_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::page_fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::load_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::commit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::fetch_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::find_token)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::flush_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::token_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::handled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::attached)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::logged_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::handling_committed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::outcomes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::logged_out)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::authenticate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::authentication)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::prepare_logon)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::logon_fields)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::cancel_orders)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::may_resend)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::resend_decision)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::logout_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::reset_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::period_began)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::application_replaced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::connecting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::link_owner)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::bind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::bound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::adopt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::unbind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::command_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::status_of)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::group_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::publish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::withdraw)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::accepted_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::listen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::listening)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::stop_listening)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::ask_token)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::timer_owner)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::store_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::submits_wait)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::store_replaced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::halt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::group_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::stopped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::command_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::status_of_all)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::engine_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::make_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_made)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::retire)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::retired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::forget_unused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::forgotten)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_parked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_parked_of)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::parked_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::drop_parked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<troupe::actors::submit>)
