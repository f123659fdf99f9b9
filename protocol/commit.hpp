// What a session asks its store to make durable, and what may leave for the wire only after that.
//
// One commit is one transaction. The batch is built once, shared unchanged by session, store and connection, and
// released by whoever holds it last; nobody changes it after it was handed out. Its frames lie back to back in
// `bytes`, so that a run of frames goes out in one write.
#pragma once

#include "protocol/outgoing_message.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol {

// One record per MsgSeqNum that we assigned, so that an absent administrative message and a lost one do not look alike.
enum class record_kind : std::uint8_t {
  application = 1,     // resent with PossDupFlag(43)=Y
  administrative = 2,  // gap-filled on request
  skipped = 3,         // a range of numbers that never carried a message (SequenceReset by the operator, …)
};

struct record {
  record_kind kind = record_kind::application;
  seq_num number{};          // first number of a skipped range
  seq_num last{};            // == number but for a skipped range
  submit_token token{};      // 0 unless an application submitted it
  std::uint32_t offset = 0;  // of the frame in commit_batch::bytes, as it went out: header, body and CheckSum
  std::uint32_t length = 0;
};

// A new numbering: in the same transaction as the first Logon or its reply.
struct reset {
  utc_time creation_time{};
  // True while we began it (141=Y sent) and the peer has not confirmed: the next Logon repeats 141=Y, 34=1.
  bool is_pending = false;
};

// A submit that waits for a logon: durable, and without a number until it goes out (session_config::park_submits).
struct parked_submit {
  std::uint64_t place = 0;  // ascending within its session: the order in which they go out
  submit_token token{};
  utc_time since{};         // when it was submitted
  outgoing_message message;
  bool is_damaged = false;  // its CRC does not fit: never sent. The token is 0 then if it cannot be trusted either
};

// A run of bytes of the batch that goes to the wire.
struct byte_range {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

struct commit_batch {
  // -- what is made durable, all or nothing
  commit_id id{};  // 0: nothing to store (a replay page); it still takes the same queue
  session_incarnation incarnation{};
  numbering_generation generation{};  // after this batch
  seq_num next_sender{};              // next MsgSeqNum we assign, after this batch
  seq_num next_target{};              // next MsgSeqNum the application has not handled, after this batch
  bool is_reset_pending = false;      // see reset
  bool is_cancel_owed = false;        // the session is or was up, and its orders are to be cancelled if it does not come back
  std::optional<protocol::reset> reset;
  std::vector<record> records;        // ascending, no number twice
  std::vector<parked_submit> park;    // wait for a logon from now on, ascending by place
  std::uint64_t parked_through = 0;   // those up to this place, of this batch too, wait no longer: they are records of it, or given up
  std::vector<std::uint64_t> unpark;  // places, of this batch too, that wait no longer: the operator has dropped them
  // -- what happens after the commit, in this order
  connection_epoch epoch{};            // transmits of a dead connection are dropped
  std::vector<byte_range> transmit;    // runs of `bytes`; often one
  bool close_after_flush = false;      // then close the connection, once all bytes of it are written
  // -- what the application is told after the commit, beside the numbers of its records
  struct unsent {
    enum class reason : std::uint8_t { expired, damaged, dropped };  // as action::refusal
    submit_token token{};
    reason why{};
  };
  std::vector<unsent> given_up;  // parked ones that will not be sent
  struct drop {
    std::uint64_t question = 0;  // of event::drop_parked
    std::size_t count = 0;
  };
  std::vector<drop> drops;
  // -- the frames
  std::string bytes;

  [[nodiscard]] std::string_view frame(const record& r) const { return std::string_view{bytes}.substr(r.offset, r.length); }
};

using commit_ptr = std::shared_ptr<const commit_batch>;

// What a session starts from, and what a store gives back on `load`.
struct session_snapshot {
  session_incarnation incarnation{};  // newly opened by this load; older ones can no longer commit
  numbering_generation generation{1};
  seq_num next_sender{1};
  seq_num next_target{1};
  utc_time creation_time{};
  bool is_reset_pending = false;
  bool is_cancel_owed = false;
  std::vector<parked_submit> parked{};  // ascending by place
};

// One stored message of a page; frames are copies owned by the page.
struct stored_record {
  record_kind kind = record_kind::application;
  seq_num number{};
  seq_num last{};
  submit_token token{};
  bool is_damaged = false;  // its CRC does not fit: never resent
  std::string frame;
};

struct replay_page {
  numbering_generation generation{};
  seq_num begin{};   // as asked
  seq_num end{};     // last number this page speaks about; a number without a record in [begin, end] is lost
  bool is_last = false;  // nothing stored beyond `end` within what was asked
  std::vector<stored_record> records;
};

}  // namespace troupe::protocol
