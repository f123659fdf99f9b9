// QuickFIX's FileStore in the same runs: what bench_store does with append and read, for C++14.
#include <quickfix/FileStore.h>
#include <quickfix/SessionID.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

double now() { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double processor_time() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

const FIX::SessionID& id() {
  static const FIX::SessionID one{"FIX.4.4", "VENUE", "C0"};
  return one;
}

struct clocks {
  double begin = now(), spent = processor_time();
  void tell(std::uint64_t count) const {
    const double taken = now() - begin, worked = processor_time() - spent;
    std::printf("%.2f\t%.2f\n", taken / static_cast<double>(count), worked / static_cast<double>(count));
  }
};

void append(FIX::FileStore& store, const std::string& frame, std::uint64_t from, std::uint64_t count) {
  for (std::uint64_t n = from; n < from + count; ++n) {
    store.set(static_cast<int>(n), frame);
    store.incrNextSenderMsgSeqNum();
    store.incrNextTargetMsgSeqNum();
  }
}

void read(FIX::FileStore& store, std::uint64_t count) {
  std::uint64_t bytes = 0;
  for (std::uint64_t n = 1; n <= count; n += 256) {
    std::vector<std::string> page;
    store.get(static_cast<int>(n), static_cast<int>(n + 255 < count ? n + 255 : count), page);
    for (const auto& m : page) bytes += m.size();
  }
  if (bytes != 200 * count) throw std::runtime_error("not all was read");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::invalid_argument("usage: append|read FOLDER MESSAGES");
  const std::string what = argv[1], folder = argv[2], frame(200, 'x');
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  FIX::FileStore store{folder, id()};
  if (what == "append") {
    append(store, frame, 1, count / 10 + 1);
    const clocks taken;
    append(store, frame, count / 10 + 2, count);
    taken.tell(count);
  } else {
    append(store, frame, 1, count);
    FIX::FileStore again{folder, id()};
    const clocks taken;
    read(again, count);
    taken.tell(count);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
  return 1;
}
