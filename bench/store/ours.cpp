// Our stores behind their contract: a commit with records and both numbers, a page as the session machine asks for it.
#include "bench/store/case.hpp"

#include "store/open_store.hpp"

#include <stdexcept>
#include <vector>

namespace troupe::bench {
namespace {

using namespace protocol;
using namespace store;

constexpr std::size_t page_records = 256, page_bytes = 256 * 1024;

session_id id_of(std::uint64_t n) { return {"FIX.4.4", "VENUE", "C" + std::to_string(n), {}}; }

class our_store final : public keeper {
 public:
  our_store(const workload& w, store_kind kind, durability durability)
      : work_(w), settings_{kind, w.folder + (kind == store_kind::journal ? "/journal" : "/store.db"), durability} {
    for (std::uint64_t i = 0; i < w.sessions; ++i) ids_.push_back(id_of(i));
    batches_.resize(w.sessions);
    for (auto& b : batches_)
      for (std::uint64_t i = 0; i < w.batch; ++i) {
        const record r{record_kind::application, {}, {}, {}, static_cast<std::uint32_t>(b.bytes.size()), static_cast<std::uint32_t>(w.frame.size())};
        b.records.push_back(r);
        b.bytes += w.frame;
      }
    for (std::uint64_t i = 0; i < w.sessions; ++i) items_.push_back({&ids_[i], &batches_[i]});
    results_.resize(w.sessions);
    open();
  }

  void append(std::uint64_t number) override {
    for (auto& b : batches_) {
      ++b.id;
      auto n = number;
      for (auto& r : b.records) {
        r.number = r.last = seq_num{n};
        r.token = submit_token{n++};
      }
      b.next_sender = b.next_target = seq_num{n};
    }
    store_->commit(items_, results_);
    for (const auto& r : results_)
      if (r.status != commit_status::done) throw std::runtime_error{store_->describe() + ": " + r.reason};
  }

  std::uint64_t read(std::uint64_t begin, std::uint64_t end) override {
    std::uint64_t bytes = 0;
    for (;;) {
      const auto page = store_->fetch(ids_[0], seq_num{begin}, seq_num{end}, page_records, page_bytes);
      for (const auto& r : page.records) {
        if (r.is_damaged) throw std::runtime_error{store_->describe() + ": message " + std::to_string(r.number.value) + " is damaged"};
        bytes += r.frame.size();
      }
      if (page.is_last) return bytes;
      begin = page.end.value + 1;
    }
  }

  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() {
    store_ = open_store(settings_);
    for (std::uint64_t i = 0; i < work_.sessions; ++i) {
      const auto from = store_->load(ids_[i], utc_time{});
      batches_[i].incarnation = from.incarnation;
      batches_[i].generation = from.generation;
      batches_[i].id = {};
    }
  }

  workload work_;
  store_settings settings_;
  std::vector<session_id> ids_;
  std::vector<commit_batch> batches_;
  std::vector<session_batch> items_;
  std::vector<commit_result> results_;
  std::unique_ptr<message_store> store_;
};

make_keeper of(store_kind kind, durability durability) {
  return [=](const workload& w) { return std::make_unique<our_store>(w, kind, durability); };
}

}  // namespace

std::map<std::string, make_keeper> our_stores() {
  return {{"journal", of(store_kind::journal, durability::process)},
          {"journal.power", of(store_kind::journal, durability::power)},
          {"sqlite", of(store_kind::sqlite, durability::process)},
          {"sqlite.power", of(store_kind::sqlite, durability::power)}};
}

}  // namespace troupe::bench
