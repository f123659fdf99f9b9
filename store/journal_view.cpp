#include "store/journal_view.hpp"

#include "store/file_lock.hpp"
#include "store/journal_segments.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <utility>

namespace troupe::store {

using namespace protocol;
using namespace journal;

namespace {

constexpr int most_looks = 10;  // an engine seals a segment every few seconds at most

std::vector<index_row> rows_of(const segment_index& index) {
  std::vector<index_row> rows;
  for (const auto& [whose, part] : index.all()) {
    index_row row;
    row.slot = whose.slot;
    row.generation = whose.generation;
    row.first = part.references.front().number;
    row.last = part.last;
    rows.push_back(row);
  }
  return rows;
}

// Perhaps a segment that was to be the first.
bool holds_nothing(const std::string& folder) {
  const std::filesystem::directory_iterator all{folder};
  return std::all_of(begin(all), end(all), [](const auto& entry) {
    const auto name = entry.path().filename().string();
    return name.ends_with(".tmp") || name.ends_with(".seg");
  });
}

}  // namespace

journal_view::journal_view(std::string folder, std::vector<session_id> names, bool is_ours) : folder_(std::move(folder)), names_(std::move(names)), is_ours_(is_ours) {
  while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
  look();
}

std::string journal_view::path_of(std::uint64_t segment, std::string_view ending) const { return folder_ + "/" + segment_name(segment, ending); }

void journal_view::look() {
  for (int looks = 1;; ++looks) {
    try {
      return look_once();
    } catch (const file_failure& e) {
      if (looks == most_looks) throw store_error(folder_ + ": cannot be read: " + told(e));
    } catch (const std::filesystem::filesystem_error& e) {
      throw store_error(folder_ + ": cannot be read: " + e.code().message() + ".");
    }
  }
}

void journal_view::look_once() {
  kept_.reset();
  open_messages_.reset();
  const bool is_in_use = !is_ours_ && holder_of(folder_).has_value();
  auto numbers = segments_in(folder_);
  while (!numbers.empty() && is_unbegun(path_of(numbers.back()))) numbers.pop_back();
  if (numbers.empty() && holds_nothing(folder_)) throw store_unbegun(folder_);
  if (numbers.empty()) throw store_error(folder_ + ": is no journal: there is no segment (00000001.seg) in it.");
  told_ = tell_headers(folder_, numbers);
  base_ = base_of(told_);
  look_from_base(base_ == 0 ? find_names(folder_, told_, names_) : told_names{}, is_in_use);
  if (base_ != 0 && !survey_->strangers().empty()) look_from_base(find_names(folder_, told_, names_), is_in_use);
}

// The last whose snapshot is whole: with it, and what follows, all is known. 0: none.
std::uint64_t journal_view::base_of(const told_journal& told) const {
  for (auto s = told.segments.rbegin(); s != told.segments.rend(); ++s)
    if (s->can_be_read() && has_whole_snapshot(open_segment(path_of(s->number), s->header))) return s->number;
  return 0;
}

void journal_view::look_from_base(told_names names, bool is_in_use) {
  segments_.clear();
  const bool is_opened = base_ != 0 && std::all_of(told_.segments.begin(), told_.segments.end(), [](const auto& s) { return s.is == told_segment::state::whole; });
  survey_.emplace(base_ != 0, std::move(names), is_opened);
  for (const auto& s : told_.segments) {
    const bool is_last = &s == &told_.segments.back();
    if (!s.can_be_read()) {
      survey_->pass_over(s.number);
      continue;
    }
    auto& seen = segments_.emplace_back();
    seen.number = s.number;
    seen.header = s.header;
    seen.has_header = s.is == told_segment::state::whole;
    seen.is_growing = is_in_use && is_last;
    if (s.number >= base_) replay(seen, is_last);
    else read_rows(seen);
  }
  survey_->finish();
}

void journal_view::replay(seen_segment& seen, bool is_last) {
  const auto segment = open_as_seen(seen);
  seen.limit = is_last && segment.header.is_synced != 0 ? end_of_acknowledged(segment) : segment.size;
  segment_index index;
  survey_->begin(segment);
  const auto found = scan(
      segment, [&](std::uint64_t offset, const entry_view& e) {
        if (offset >= seen.limit) return false;
        if (survey_->take(offset, e) == taken::nameless)
          throw store_error(segment.path + ": the entry at " + std::to_string(offset) + " has no session's name, and a checksum that fits. Another program wrote it.");
        index.add(static_cast<std::uint32_t>(offset), e);
        return true;
      },
      seen.is_growing);
  survey_->end(found, seen.limit);
  if (!found.damaged.empty())
    if (const auto before = index_of(seen)) index.keep_damaged(*before, found.damaged);
  seen.rows = rows_of(index);
}

void journal_view::read_rows(seen_segment& seen) {
  seen.limit = ~std::uint64_t{0};
  if (const auto file = index_of(seen)) seen.rows.assign(file->rows().begin(), file->rows().end());
  else seen.rows = rows_of(read_index(seen));
}

std::optional<index_file> journal_view::index_of(const seen_segment& seen) const {
  return index_file::open(path_of(seen.number, ".idx"), {told_.store, seen.number, seen.header.edition});
}

// Throws file_failure, too, if its engine has written it anew meanwhile.
segment_file journal_view::open_as_seen(const seen_segment& seen) const {
  if (!seen.has_header) return open_segment(path_of(seen.number), seen.header);
  auto segment = open_segment(path_of(seen.number), seen.number);
  if (segment.header.edition != seen.header.edition) throw file_failure(segment.path, "be read as it was", ESTALE);
  return segment;
}

segment_index journal_view::read_index(const seen_segment& seen) const {
  segment_index index;
  scan(open_as_seen(seen), [&](std::uint64_t offset, const entry_view& e) {
    if (offset >= seen.limit) return false;
    index.add(static_cast<std::uint32_t>(offset), e);
    return true;
  }, seen.is_growing);
  return index;
}

std::vector<viewed_session> journal_view::sessions() {
  look();
  std::vector<viewed_session> all;
  for (const auto& [id, s] : survey_->sessions()) {
    auto& v = all.emplace_back();
    v.id = id;
    v.key = s.slot;
    v.state = s.state;
    v.last_commit = s.last_commit;
    v.is_behind = survey_->is_behind(s);
    v.is_unnamed = base_ != 0 && survey_->is_unnamed(s);
  }
  return all;
}

std::vector<numbering_generation> journal_view::numberings(const viewed_session& s) {
  std::set<std::uint64_t> all;
  for (const auto& segment : segments_)
    for (const auto& row : segment.rows)
      if (row.slot == s.key) all.insert(row.generation);
  std::vector<numbering_generation> numberings;
  for (const auto n : all) numberings.push_back(numbering_generation{n});
  return numberings;
}

// Ascending.
std::vector<journal_view::part> journal_view::parts_of(const viewed_session& s, numbering_generation of) const {
  const numbering whose{static_cast<std::uint32_t>(s.key), of.value};
  numbering_parts<const seen_segment> parts{s.state, of};
  for (auto at = segments_.rbegin(); at != segments_.rend(); ++at)
    if (const auto* row = row_of(at->rows, whose)) parts.add({&*at, row->first, row->last});
  return parts.take();
}

std::shared_ptr<const numbering_index> journal_view::index_of(const seen_segment& segment, const numbering& whose) {
  if (kept_ && kept_segment_ == segment.number && kept_whose_ == whose) return kept_;
  kept_segment_ = segment.number;
  kept_whose_ = whose;
  kept_.reset();
  if (const auto file = index_of(segment)) {
    const auto* row = file->find(whose);
    auto loaded = row ? file->load(*row) : std::nullopt;
    if (loaded) return kept_ = std::make_shared<const numbering_index>(std::move(*loaded));
  }
  const auto index = read_index(segment);
  if (const auto* found = index.find(whose)) kept_ = std::make_shared<const numbering_index>(*found);
  return kept_;
}

// Of a message that cannot be read at all: the index is a file of its own.
submit_token journal_view::token_in(const std::shared_ptr<const numbering_index>& index, std::uint64_t number) {
  const auto is_before = [](const token_row& a, const token_row& b) { return a.number < b.number; };
  if (tokens_of_ != index) {
    tokens_ = index->tokens;
    std::sort(tokens_.begin(), tokens_.end(), is_before);
    tokens_of_ = index;
  }
  const auto at = std::lower_bound(tokens_.begin(), tokens_.end(), token_row{0, number}, is_before);
  return at != tokens_.end() && at->number == number ? submit_token{at->token} : submit_token{};
}

messages_of_segment& journal_view::messages_of(const seen_segment& segment) {
  if (!open_messages_ || open_segment_ != segment.number || segment.is_growing) {
    open_messages_.reset();
    messages_of_segment messages{segment.number, seed_of(told_.store), path_of(segment.number)};
    (void)open_as_seen(segment);  // behind the opening of it: what was put in its place since is found out
    open_messages_ = std::move(messages);
    open_segment_ = segment.number;
  }
  return *open_messages_;
}

replay_page journal_view::fetch(const viewed_session& s, numbering_generation of, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  for (int tries = 1;; ++tries) {
    try {
      return fetch_once(s, of, begin, end, max_records, max_bytes);
    } catch (const file_failure& e) {  // perhaps a segment was just cut to its length, written anew, or removed
      look();
      if (tries == most_looks) throw store_error(folder_ + ": messages of " + to_string(s.id) + " from " + std::to_string(begin.value) + " on cannot be read: " + told(e));
    }
  }
}

replay_page journal_view::fetch_once(const viewed_session& s, numbering_generation of, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  replay_page page{of, begin, end, true, {}};
  const auto* const known = find(s);
  if (!known) return page;
  std::size_t bytes = 0;
  for (const auto& p : parts_of(s, of)) {
    if (p.last < begin.value) continue;
    if (p.first > end.value) break;
    const auto index = index_of(*p.segment, {known->slot, of.value});
    if (!index) continue;
    auto& messages = messages_of(*p.segment);
    for (auto at = first_for(index->references, begin.value); at != index->references.end() && at->number <= std::min(end.value, p.last); ++at) {
      auto r = messages.at(*at, known->name_check);
      if (r.last < begin) continue;
      if (r.is_damaged && r.token == submit_token{}) r.token = token_in(index, r.number.value);
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
}

std::vector<parked_submit> journal_view::parked(const viewed_session& s, std::uint64_t after, std::size_t most) {
  std::vector<parked_submit> page;
  const auto* const known = find(s);
  if (!known) return page;
  for (const auto& p : known->parked) {
    if (page.size() == most) break;
    if (p.place > after) page.push_back(p);
  }
  return page;
}

std::string journal_view::place_of(const viewed_session& s, numbering_generation of, seq_num number) try {
  for (const auto& p : parts_of(s, of)) {
    if (number.value < p.first || number.value > p.last) continue;
    const auto index = index_of(*p.segment, {static_cast<std::uint32_t>(s.key), of.value});
    if (!index) continue;
    const auto at = first_for(index->references, number.value);
    if (at != index->references.end() && at->number <= number.value)
      return path_of(p.segment->number) + ": message " + std::to_string(at->record + 1) + " of the entry at byte " + std::to_string(at->entry);
  }
  return {};
} catch (const file_failure&) {
  return {};
}

const session_state* journal_view::find(const viewed_session& s) const {
  const auto& sessions = survey_->sessions();
  const auto at = sessions.find(s.id);
  return at == sessions.end() || at->second.slot != s.key ? nullptr : &at->second;
}

}  // namespace troupe::store
