// A counterparty that a test plays by hand, on a fake wire: it speaks FIX, keeps its number, and misbehaves when it is told to.
//
//   fix_peer peer{s.clock(), s.seller.id()};           // connects to the engine that has this session; or fix_peer::listening
//   peer.log_on();
//   peer.send("D", "11=A1|55=TEST|54=1|");             // MsgSeqNum(34), times, BodyLength(9) and CheckSum(10) are put around it
//   peer.skip(3);                                      // three numbers that never come: a gap
//   s.run();
//   BOOST_TEST(peer.take() == "2:7=3|16=0");           // what came since: ResendRequest(2), without its header
//
// It has no code in common with the engine, so that both cannot be wrong in the same way. By itself it only answers a
// TestRequest(1), unless it is silent. Everything is called on the test's thread; bodies are written with '|' for SOH.
#pragma once

#include "actors/fake_peer.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::testing {

class fix_peer {
 public:
  struct message {
    std::string type;                // MsgType(35)
    std::uint64_t number = 0;        // MsgSeqNum(34)
    bool is_possible_duplicate = false;
    std::string body;                // without header and CheckSum, '|' for SOH and none at the end
    std::string all;                 // as it came, '|' for SOH
  };

  // `engine`: the session as the engine names it; this peer is the other side. Connects at once.
  fix_peer(virtual_reactor& home, const protocol::session_id& engine, std::uint16_t port = 9876);
  // Waits for the engine, an initiator, to connect.
  [[nodiscard]] static fix_peer listening(virtual_reactor& home, const protocol::session_id& engine, std::uint16_t port = 9876);
  ~fix_peer();
  fix_peer(fix_peer&&) noexcept;
  fix_peer& operator=(fix_peer&&) noexcept;

  // ---- says
  void log_on(const std::string& further_fields = {}, unsigned heart_bt_int = 30);
  void send(const std::string& type, const std::string& body = {});
  // With a number of its own choice; ours does not move. `marks`: "43=Y|122=…|" and the like, into the header.
  void send_as(std::uint64_t number, const std::string& type, const std::string& body = {}, const std::string& marks = {});
  // Marked, with OrigSendingTime(122): as the answer to a ResendRequest(2).
  void resend(std::uint64_t number, const std::string& type, const std::string& body = {});
  void fill_gap(std::uint64_t from, std::uint64_t next);  // SequenceReset(4)-GapFill
  // One write for all of them: they arrive in one segment.
  void send_together(const std::vector<std::string>& frames);
  // A whole frame, with our next number, not sent.
  [[nodiscard]] std::string next_frame(const std::string& type, const std::string& body = {});

  // ---- misbehaves
  void be_silent(bool on = true);
  void skip(std::uint64_t n = 1);  // numbers that it says it used
  void garble(const std::string& type, const std::string& body = {});  // a wrong CheckSum(10); its number is used again
  void repeat_last();                                                  // the last frame again, byte for byte
  void read(bool on);  // off: what comes piles up on the wire
  void close();

  // ---- hears
  [[nodiscard]] std::vector<message> take_all();
  // "A:98=0|108=30 D:11=A1|…": type and body of what came since.
  [[nodiscard]] std::string take();
  [[nodiscard]] std::uint64_t next() const;  // the number of our next message
  void set_next(std::uint64_t n);
  [[nodiscard]] bool is_connected() const;

 private:
  struct state;
  explicit fix_peer(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

}  // namespace troupe::actors::testing
