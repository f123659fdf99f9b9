// What a session knows of its connection: it can name it to the store, and cut it. It cannot make it transmit.
//
// A connection_actor accepts `transmit`, so whoever held the handle could pass the store by. Only this class holds it for a
// session, and hands it to nobody but a commit.
#pragma once

#include "actors/deliver.hpp"
#include "actors/messages.hpp"

namespace troupe::actors {

class way_out {
 public:
  void open(const link_owner& owner) {
    epoch_ = owner.epoch;
    connection_ = owner.connection;
  }
  void close() { connection_ = nullptr; }
  [[nodiscard]] bool is_open() const { return static_cast<bool>(connection_); }
  [[nodiscard]] connection_epoch epoch() const { return epoch_; }

  void address(commit& c) const { c.then = connection_; }

  template <class Self>
  void abort(Self* self, protocol::end_reason why) const {
    deliver(self, connection_, abort_link{epoch_, why});
  }
  template <class Self>
  void pause(Self* self) const {
    deliver(self, connection_, pause_read{epoch_});
  }
  template <class Self>
  void resume(Self* self) const {
    deliver(self, connection_, resume_read{epoch_});
  }
  template <class Self>
  void give_credit(Self* self, const received& r) const {
    if (r.epoch == epoch_) deliver(self, connection_, consumed{r.epoch, r.bytes});
  }

 private:
  connection_epoch epoch_{};
  connection_actor connection_;
};

}  // namespace troupe::actors
