// One thread that writes logs, and a bounded queue in front of it, so that whoever logs never waits for a disk.
//
// Lines beyond the bounds are dropped and counted per channel; the channel is told how many, in order, by the writer's thread.
// Thread: post may be called from any; channels are called by the writer's thread only, and must outlive the writer.
#pragma once

#include "protocol/types.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace troupe::actors {

// What a channel is handed for one line; `kind` and the meaning of `text` are the channel's.
struct log_line {
  std::uint8_t kind = 0;
  protocol::utc_time at{};
  std::string text;
};

class log_channel {
 public:
  virtual ~log_channel() = default;
  virtual void write(const log_line& line) = 0;
  virtual void dropped(std::uint64_t lines) = 0;  // so many were dropped behind the last one written
  virtual void flush() = 0;                       // the end of a batch

 private:
  friend class log_writer;
  std::uint64_t pending_drops_ = 0;  // guarded by the writer's mutex
  bool is_touched_ = false;          // writer's thread
};

struct log_bounds {
  std::size_t lines = 65'536;
  std::size_t bytes = 64 * 1024 * 1024;
};

class log_writer {
 public:
  using clock = std::function<protocol::utc_time()>;

  log_writer(log_bounds bounds, clock now);
  ~log_writer();  // writes what is queued
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  // Copies `text` and returns at once; false: dropped.
  bool post(log_channel& channel, std::uint8_t kind, std::string_view text) noexcept;
  // Waits until everything posted before is written, at most so long. Not for a reactor's thread.
  bool flush(std::chrono::milliseconds at_most);

  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct queued {
    log_channel* channel;
    log_line line;
  };
  struct loss {
    log_channel* channel;
    std::uint64_t lines;
  };

  bool drop(log_channel& channel);
  void run();
  std::vector<loss> take_losses();
  static void write(const std::vector<queued>& batch, const std::vector<loss>& losses);

  const log_bounds bounds_;
  const clock now_;
  std::atomic<std::uint64_t> dropped_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::vector<queued> queue_;
  std::vector<log_channel*> lossy_;  // dropped a line since the last batch
  std::size_t queued_bytes_ = 0;
  std::uint64_t posted_ = 0;
  std::uint64_t done_ = 0;
  bool is_hurried_ = false;
  bool is_stopping_ = false;

  std::thread thread_;
};

}  // namespace troupe::actors
