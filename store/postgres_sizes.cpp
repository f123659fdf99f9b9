#include "store/postgres_sizes.hpp"

namespace troupe::store {

postgres_sizes::postgres_sizes(const std::string& schema)
    : slice_{"sizes", "SELECT session, generation, count(*), sum(octet_length(frame)), max(number) FROM (SELECT session, generation, number, frame FROM " + schema +
                      ".record WHERE (session, generation, number) > ($1, $2, $3) ORDER BY session, generation, number LIMIT $4) AS slice "
                      "GROUP BY session, generation ORDER BY session, generation"} {}

std::optional<std::uint64_t> postgres_sizes::total(postgres_connection& c, unsigned slice) {
  if (progress_ == progress::whole) return total_;
  const auto [session, generation, number] = place_;
  const auto rows = c.run(slice_, postgres_values{}.number(session).number(generation).number(number).number(slice));
  progress_ = progress::counting;
  std::uint64_t counted = 0;
  for (int at = 0; at < rows.count(); ++at) {
    const numbering of{rows.number(at, 0), rows.number(at, 1)};
    counted += rows.number(at, 2);
    add(of, rows.number(at, 3) + rows.number(at, 2) * of_a_row);
    place_ = {of.first, of.second, rows.number(at, 4)};
  }
  if (counted == slice) return std::nullopt;
  progress_ = progress::whole;
  return total_;
}

void postgres_sizes::committed(std::uint64_t session, const protocol::commit_batch& batch) {
  if (progress_ == progress::unasked) return;
  for (const auto& r : batch.records) {
    const bool is_ahead = progress_ == progress::counting && std::tuple{session, batch.generation.value, r.number.value} > place_;
    if (!is_ahead) add({session, batch.generation.value}, batch.frame(r).size() + of_a_row);
  }
}

void postgres_sizes::removed(std::uint64_t session, std::uint64_t through) {
  const auto first = bytes_.lower_bound({session, 0}), behind = bytes_.upper_bound({session, through});
  for (auto at = first; at != behind; ++at) total_ -= at->second;
  bytes_.erase(first, behind);
}

void postgres_sizes::forget() {
  progress_ = progress::unasked;
  place_ = {};
  bytes_.clear();
  total_ = 0;
}

void postgres_sizes::add(const numbering& of, std::uint64_t bytes) {
  bytes_[of] += bytes;
  total_ += bytes;
}

}  // namespace troupe::store
