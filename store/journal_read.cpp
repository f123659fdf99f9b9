// Finding messages in a journal: by number, and by token.
#include "store/journal_store.hpp"

#include "store/journal_messages.hpp"
#include "store/store_unavailable.hpp"

#include <algorithm>
#include <utility>

namespace troupe::store {

using namespace protocol;
using namespace journal;

namespace {

// Of several the first, which an index that is being written has not sorted.
std::optional<std::uint64_t> number_of(const numbering_index& index, std::uint64_t token, bool is_sorted) {
  const auto is_it = [&](const token_row& t) { return t.token == token; };
  const auto at = is_sorted ? std::lower_bound(index.tokens.begin(), index.tokens.end(), token_row{token, 0})
                            : std::find_if(index.tokens.begin(), index.tokens.end(), is_it);
  return at != index.tokens.end() && is_it(*at) ? std::optional{at->number} : std::nullopt;
}

}  // namespace

// The file of a sealed segment's index, once it is there.
void journal_store::settle_index(sealed_segment& s) {
  if (s.file) return;
  s.file = index_file::open(path_of(s.number, ".idx"), named(s));
  if (s.file && !s.fresh) note_places(s);
  if (s.file) s.fresh.reset();
  else if (!s.fresh) read_index_again(s);
}

void journal_store::read_index_again(sealed_segment& s) {
  auto index = std::make_shared<segment_index>();
  const auto segment = open_segment(path_of(s.number), s.number);
  s.edition = segment.header.edition;
  scan(segment, [&](std::uint64_t offset, const entry_view& e) {
    index->add(static_cast<std::uint32_t>(offset), e);
    return true;
  });
  s.file.reset();
  s.fresh = index;
  note_places(s);
  try {
    write_index(files_, path_of(s.number, ".idx"), named(s), *index);
  } catch (const file_failure&) {  // it stays in memory
  }
}

std::shared_ptr<const numbering_index> journal_store::index_of(sealed_segment& s, const numbering& whose) {
  settle_index(s);
  if (s.file) {
    if (last_read_.index && last_read_.segment == s.number && last_read_.whose == whose) return last_read_.index;
    const auto* row = s.file->find(whose);
    if (!row) return nullptr;
    if (auto loaded = s.file->load(*row)) {
      last_read_ = {s.number, whose, std::make_shared<const numbering_index>(std::move(*loaded))};
      return last_read_.index;
    }
    read_index_again(s);
  }
  const auto* found = s.fresh ? s.fresh->find(whose) : nullptr;
  return found ? std::shared_ptr<const numbering_index>{s.fresh, found} : nullptr;
}

// Ascending.
std::vector<journal_store::part> journal_store::parts_of(const session& s, std::uint64_t generation) {
  const numbering whose{s.slot, generation};
  numbering_parts<sealed_segment> parts{s.state, numbering_generation{generation}};
  if (const auto* now = end_.index->find(whose)) parts.add({nullptr, now->references.front().number, now->last});
  const auto places = places_.of(whose);
  const auto is_before = [](const sealed_segment& segment, std::uint64_t number) { return segment.number < number; };
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    const auto at = std::lower_bound(sealed_.begin(), sealed_.end(), *place, is_before);
    if (at == sealed_.end() || at->number != *place) continue;
    settle_index(*at);
    if (at->file) {
      if (const auto* row = at->file->find(whose)) parts.add({&*at, row->first, row->last, row->tokens > 0 ? row->first_token : 1, row->last_token});
    } else if (const auto* found = at->fresh ? at->fresh->find(whose) : nullptr) {
      parts.add({&*at, found->references.front().number, found->last});
    }
  }
  return parts.take();
}

// The next page most often goes on in the entry where this one ended, and an entry may be large.
messages_of_segment& journal_store::messages_of(const sealed_segment* s) {
  const auto number = s ? s->number : end_.number;
  const bool is_settled = !s || s->file.has_value();
  const std::string_view written = s ? std::string_view{} : std::string_view{end_.room.bytes, end_.tail};
  if (!last_messages_ || last_messages_->segment != number || !last_messages_->is_settled)
    last_messages_.emplace(open_messages{number, is_settled, s ? messages_of_segment{number, seed_, path_of(number)} : messages_of_segment{number, seed_, written}});
  if (!s) last_messages_->messages.grow(written);
  return last_messages_->messages;
}

replay_page journal_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto found = sessions_.find(id);
  return fetch_of(id, found == sessions_.end() ? numbering_generation{} : found->second.state.generation, begin, end, max_records, max_bytes);
}

replay_page journal_store::fetch_of(const session_id& id, numbering_generation generation, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) try {
  replay_page page{generation, begin, end, true, {}};
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return page;
  const auto& s = found->second;
  const numbering whose{s.slot, generation.value};
  std::size_t bytes = 0;
  for (const auto& p : parts_of(s, generation.value)) {
    if (p.last < begin.value) continue;
    if (p.first > end.value) break;
    const auto index = p.segment ? index_of(*p.segment, whose) : std::shared_ptr<const numbering_index>{end_.index, end_.index->find(whose)};
    if (!index) continue;
    auto& source = messages_of(p.segment);
    for (auto at = first_for(index->references, begin.value); at != index->references.end() && at->number <= std::min(end.value, p.last); ++at) {
      auto r = source.at(*at, s.name_check);
      if (r.last < begin) continue;
      bytes += r.frame.size();
      if (!page.records.empty() && (page.records.size() >= max_records || bytes > max_bytes)) {
        page.end = page.records.back().last;
        page.is_last = false;
        return page;
      }
      page.records.push_back(std::move(r));
    }
  }
  return page;
} catch (const file_failure& e) {
  last_messages_.reset();
  throw store_unavailable("messages " + std::to_string(begin.value) + " to " + std::to_string(end.value) + " of " + to_string(id) + " cannot be read: " + told(e));
}

std::optional<seq_num> journal_store::find_token(const session_id& id, submit_token token) try {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || token == submit_token{}) return std::nullopt;
  const auto& s = at->second;
  const auto now = s.state.generation.value;
  if (const auto number = find_token(s, now, token.value)) return number;
  return now > 1 && options_.kept_generations > 1 ? find_token(s, now - 1, token.value) : std::nullopt;
} catch (const file_failure& e) {
  throw store_unavailable("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up: " + told(e));
}

std::optional<seq_num> journal_store::find_token(const session& s, std::uint64_t generation, std::uint64_t token) {
  const numbering whose{s.slot, generation};
  for (const auto& p : parts_of(s, generation)) {
    if (token < p.first_token || token > p.last_token) continue;
    std::optional<std::uint64_t> number;
    if (!p.segment) {
      number = number_of(*end_.index->find(whose), token, false);
    } else if (const auto index = index_of(*p.segment, whose)) {
      number = number_of(*index, token, p.segment->file.has_value());
    }
    if (number && *number >= p.first && *number <= p.last) return seq_num{*number};
  }
  return std::nullopt;
}

bool journal_store::is_parked(const session_id& id, submit_token token) {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && token != submit_token{} &&
         std::any_of(at->second.parked.begin(), at->second.parked.end(), [&](const auto& p) { return p.token == token; });
}

}  // namespace troupe::store
