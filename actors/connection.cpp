#include "actors/connection.hpp"

#include "actors/deliver.hpp"
#include "actors/pinned.hpp"
#include "actors/proxy_connect.hpp"
#include "actors/read_buffer.hpp"
#include "actors/write_queue.hpp"

#include <optional>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

std::string text_of(std::chrono::nanoseconds time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return milliseconds % 1'000 == 0 ? std::to_string(milliseconds / 1'000) + " s" : std::to_string(milliseconds) + " ms";
}

class connection {
 public:
  using handle_type = connection_actor;
  using pointer = pinned<connection_actor::base>*;
  static constexpr const char* name = "connection";

  connection(pointer self, connection_epoch epoch, connection_client session, adopted_link adopted, connection_settings settings)
      : self_(self), epoch_(epoch), session_(std::move(session)), settings_(settings), adopted_(std::move(adopted)) {}
  connection(pointer self, connection_epoch epoch, connection_client session, session_group_actor group, connect_to where,
             connection_settings settings)
      : self_(self),
        epoch_(epoch),
        session_(std::move(session)),
        group_(std::move(group)),
        settings_(settings),
        where_(std::move(where)) {}

  // The actor ends, whatever the reason: killed, if nobody was told yet.
  ~connection() {
    if (!is_told_) tell_end_from_outside("the connection's actor was ended");
    if (stream_ && queue_.unwritten() > 0) stream_->close_hard();
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  [[nodiscard]] std::string about() const { return actors::about(session_); }
  connection_actor::behavior_type make_behavior() {
    home().post([keep = self_->keep_alive(), self = self_, this] {
      self->enter([this] { begin(); });
      pump(self, this);
    });
    return {[this](const transmit& m) { append(m.batch); }, [this](const abort_link& m) { abort(m); },
            [this](pause_read m) { set_paused(m.epoch, true); }, [this](resume_read m) { set_paused(m.epoch, false); },
            [this](consumed m) { return_credit(m); }};
  }

  // Called when the turn ends in which something was appended.
  void turn_ended() {
    is_flush_due_ = false;
    if (is_waiting_to_write_) {
      report();
    } else {
      flush();
    }
  }

 private:
  enum class phase : std::uint8_t { connecting, up, broken };

  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }

  // A callback that runs as a handler of this actor.
  template <class F>
  std::function<void()> entering(F f) {
    return [keep = self_->keep_alive(), self = self_, f] { self->enter(f); };
  }

  // ---------------------------------------------------------------- coming up

  void begin() {
    if (where_) {
      connect();
    } else {
      come_up(adopted_.socket, adopted_.peer);
    }
  }

  void connect() {
    const connect_place to{where_->host, where_->port, where_->source_host, where_->source_port, where_->options};
    if (where_->proxy.host.empty()) {
      attempt_ = home().net().connect(home(), to, [keep = self_->keep_alive(), self = self_, this](const link_ptr& socket, const std::string& text) {
        self->enter([&] { end_attempt(socket, text); });
      });
    } else {
      attempt_ = connect_by_proxy(home(), where_->proxy, to, [keep = self_->keep_alive(), self = self_, this](const link_ptr& socket, const std::string& text, std::string unread) {
        adopted_.unread = std::move(unread);
        self->enter([&] { end_attempt(socket, text); });
        pump(self, this);
      });
    }
    limit_time();
    attempt_->on_names_known(entering([this] {
      home().cancel_timer(limit_);
      limit_time();
    }));
  }

  void limit_time() {
    limit_ = home().start_timer(home().now().steady + where_->timeout, entering([this] { give_up(); }));
  }
  void give_up() {
    const auto asked_for = attempt_->looks_up();
    attempt_.reset();
    const auto& proxy = where_->proxy;
    const auto way = proxy.host.empty() ? std::string{} : " by proxy " + proxy.host + ":" + std::to_string(proxy.port);
    const auto why = asked_for.empty() ? "no answer in " + text_of(where_->timeout) : "still looking up " + asked_for + " after " + text_of(where_->timeout);
    fail_to_connect("cannot connect to " + where_->host + ":" + std::to_string(where_->port) + way + ": " + why);
  }

  void end_attempt(const link_ptr& socket, const std::string& text) {
    home().cancel_timer(limit_);
    if (!socket) return fail_to_connect(text);
    come_up(socket, text);
  }

  void fail_to_connect(const std::string& reason) {
    is_told_ = true;
    deliver(self_, group_, connect_failed{epoch_, reason});
    self_->quit();
  }

  void come_up(const link_ptr& socket, const std::string& peer) {
    phase_ = phase::up;
    deliver(self_, session_, link_up{epoch_, peer});
    try {
      stream_ = socket->attach(home());
    } catch (const std::system_error& e) {
      return go_down(e.what());
    }
    adopted_.socket.reset();
    stream_->on_readable([keep = self_->keep_alive(), self = self_, this] {
      self->enter([this] { read_once(); });
      pump(self, this);
    });
    stream_->on_writable(entering([this] {
      is_waiting_to_write_ = false;
      flush();
    }));
    if (!adopted_.unread.empty()) buffer_.append(std::exchange(adopted_.unread, {}));
    cut_frames();
    await_more();
  }

  // ---------------------------------------------------------------- reading

  [[nodiscard]] bool may_read() const { return phase_ == phase::up && !is_paused_ && !is_closing_ && unconsumed_ < settings_.max_unconsumed; }

  void read_once() {
    if (!may_read() || !cut_.frames.empty()) return;
    const auto room = buffer_.prepare(settings_.max_unconsumed - unconsumed_);
    auto r = stream_->read(room);
    switch (r.status) {
      case io_status::done:
        buffer_.commit(r.bytes);
        cut_frames();
        break;
      case io_status::would_block: break;
      case io_status::end: return go_down("closed by the peer");
      case io_status::failed: return go_down(r.error);
    }
    await_more();
  }

  void cut_frames() {
    for (;;) {
      const auto unread = buffer_.unread();
      const auto r = framer_.next(unread);
      if (r.what == protocol::frame_result::kind::need_more) {
        buffer_.take(r.consumed);
        break;
      }
      const bool is_frame = r.what == protocol::frame_result::kind::frame;
      cut_.frames.push_back({is_frame ? r.frame : unread.substr(0, r.consumed), r.error});
      cut_.bytes += r.consumed;
      buffer_.take(r.consumed);
    }
    if (cut_.frames.empty()) return;
    cut_.epoch = epoch_;
    cut_.block = buffer_.block();
    unconsumed_ += cut_.bytes;
  }

  // Hands over what a read has cut, outside of any handler of this actor, so that the answer can come back in place. The state
  // may be gone when it returns.
  static void pump(pointer self, connection* state) {
    received batch;
    connection_client session;
    self->enter([&] {
      batch = std::exchange(state->cut_, {});
      session = state->session_;
    });
    if (!batch.frames.empty()) deliver(self, session, std::move(batch));
  }

  void await_more() {
    if (may_read() && stream_) stream_->await_readable();
  }

  void set_paused(connection_epoch epoch, bool on) {
    if (epoch != epoch_) return;
    is_paused_ = on;
    await_more();
  }

  void return_credit(consumed m) {
    if (m.epoch != epoch_) return;
    unconsumed_ -= std::min<std::uint64_t>(m.bytes, unconsumed_);
    await_more();
  }

  // ---------------------------------------------------------------- writing

  void append(const protocol::commit_ptr& batch) {
    if (batch->epoch != epoch_ || phase_ != phase::up || is_closing_) return;
    queue_.add(batch);
    is_closing_ = batch->close_after_flush;
    if (!std::exchange(is_flush_due_, true)) home().call_at_turn_end(*self_);
  }

  void flush() {
    if (phase_ != phase::up || !stream_) return;
    while (queue_.unwritten() > 0) {
      auto r = stream_->write(queue_.parts());
      if (r.status == io_status::done) {
        queue_.written(r.bytes);
      } else if (r.status == io_status::would_block) {
        is_waiting_to_write_ = true;
        stream_->await_writable();
        break;
      } else {
        return end_soon(r.status == io_status::failed ? r.error : "closed by the peer");
      }
    }
    if (queue_.unwritten() == 0 && is_closing_) return close();
    report();
  }

  void report() {
    const auto unwritten = queue_.unwritten();
    if (unwritten > 0 && unwritten / settings_.mark == reported_ / settings_.mark) return;
    reported_ = unwritten;
    deliver(self_, session_, wrote{epoch_, unwritten});
  }

  void close() {
    stream_->close_gently();
    stream_.reset();
    go_down("closed after the last message");
  }

  // ---------------------------------------------------------------- going down

  void abort(const abort_link& m) {
    if (m.epoch != epoch_) return;
    if (phase_ == phase::connecting) return fail_to_connect("given up: " + std::string{protocol::to_string(m.why)});
    go_down("cut: " + std::string{protocol::to_string(m.why)});
  }

  // A failed write is told in a turn of its own: whoever caused the write may be on the stack.
  void end_soon(std::string reason) {
    phase_ = phase::broken;
    home().post(entering([this, reason = std::move(reason)] { go_down(reason); }));
  }

  void go_down(const std::string& reason) {
    if (std::exchange(is_told_, true)) return;
    phase_ = phase::broken;
    deliver(self_, session_, link_down{epoch_, reason});
    self_->quit();
  }

  void tell_end_from_outside(const char* reason) {
    if (limit_.value != 0) home().cancel_timer(limit_);
    if (phase_ == phase::connecting && group_) {
      caf::anon_send(group_, connect_failed{epoch_, reason});
    } else {
      caf::anon_send(session_, link_down{epoch_, reason});
    }
  }

  pointer self_;
  connection_epoch epoch_;
  connection_client session_;
  session_group_actor group_;
  connection_settings settings_;

  // connecting
  std::optional<connect_to> where_;
  std::unique_ptr<connect_attempt> attempt_;
  timer_id limit_;
  adopted_link adopted_;

  // up
  phase phase_ = phase::connecting;
  bool is_told_ = false;
  std::unique_ptr<stream> stream_;
  protocol::framer framer_{settings_.max_frame, settings_.check};
  read_buffer buffer_;
  received cut_;  // frames of the last read, not yet handed over
  std::uint64_t unconsumed_ = 0;
  bool is_paused_ = false;
  write_queue queue_;
  std::uint64_t reported_ = 0;
  bool is_closing_ = false;
  bool is_flush_due_ = false;
  bool is_waiting_to_write_ = false;
};

}  // namespace

connection_actor spawn_connection(reactor& home, connection_epoch epoch, connection_client session, adopted_link adopted,
                                  connection_settings settings) {
  return home.spawn<connection>(epoch, std::move(session), std::move(adopted), settings);
}

connection_actor spawn_connection(reactor& home, connection_epoch epoch, connection_client session, session_group_actor group,
                                  connect_to where, connection_settings settings) {
  return home.spawn<connection>(epoch, std::move(session), std::move(group), std::move(where), settings);
}

}  // namespace troupe::actors
