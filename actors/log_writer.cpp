#include "actors/log_writer.hpp"

#include <utility>

namespace troupe::actors {
namespace {

// After the first line of a batch the writer waits this long for more: one wake-up, one write for all of them.
constexpr std::chrono::milliseconds gathering{5};

}  // namespace

log_writer::log_writer(log_bounds bounds, clock now) : bounds_(bounds), now_(std::move(now)), thread_([this] { run(); }) {}

log_writer::~log_writer() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool log_writer::post(log_channel& channel, std::uint8_t kind, std::string_view text) noexcept {
  try {
    log_line line{kind, now_(), std::string{text}};
    const std::lock_guard lock{mutex_};
    if (queue_.size() >= bounds_.lines || queued_bytes_ + text.size() > bounds_.bytes) return drop(channel);
    const bool was_empty = queue_.empty();
    queue_.push_back({&channel, std::move(line)});
    queued_bytes_ += text.size();
    ++posted_;
    is_hurried_ = is_hurried_ || queue_.size() * 2 > bounds_.lines || queued_bytes_ * 2 > bounds_.bytes;
    if (was_empty || is_hurried_) wake_.notify_one();
    return true;
  } catch (...) {  // no memory: the line is lost, the session is not
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
}

bool log_writer::drop(log_channel& channel) {
  if (channel.pending_drops_++ == 0) lossy_.push_back(&channel);
  dropped_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

bool log_writer::flush(std::chrono::milliseconds at_most) {
  std::unique_lock lock{mutex_};
  const std::uint64_t wanted = posted_;
  is_hurried_ = true;
  wake_.notify_one();
  return written_.wait_for(lock, at_most, [&] { return done_ >= wanted; });
}

void log_writer::run() {
  std::vector<queued> batch;
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    wake_.wait_for(lock, gathering, [&] { return is_stopping_ || is_hurried_; });
    batch.swap(queue_);
    queued_bytes_ = 0;
    is_hurried_ = false;
    const auto losses = take_losses();
    lock.unlock();
    write(batch, losses);
    lock.lock();
    done_ += batch.size();
    batch.clear();
    written_.notify_all();
  }
}

// Lines are dropped while the queue is full, so they belong behind what it holds.
std::vector<log_writer::loss> log_writer::take_losses() {
  std::vector<loss> losses;
  for (log_channel* channel : std::exchange(lossy_, {})) losses.push_back({channel, std::exchange(channel->pending_drops_, 0)});
  return losses;
}

void log_writer::write(const std::vector<queued>& batch, const std::vector<loss>& losses) {
  std::vector<log_channel*> touched;
  const auto touch = [&](log_channel* channel) {
    if (!std::exchange(channel->is_touched_, true)) touched.push_back(channel);
  };
  for (const queued& q : batch) {
    touch(q.channel);
    q.channel->write(q.line);
  }
  for (const loss& l : losses) {
    touch(l.channel);
    l.channel->dropped(l.lines);
  }
  for (log_channel* channel : touched) {
    channel->flush();
    channel->is_touched_ = false;
  }
}

}  // namespace troupe::actors
