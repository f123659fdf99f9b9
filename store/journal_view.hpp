// Reads a journal without its engine, or beside it: takes no lock, makes and removes nothing.
//
// It also looks into one that the engine does not open, because headers or snapshots are damaged: what can be told is told.
//
// Beside an engine the last segment grows; what is not whole at its end is not there yet. Segments that end or go meanwhile are looked
// for again. Memory: what is parked, a row for each session and numbering of each segment, and the index of one segment.
#pragma once

#include "store/journal_header.hpp"
#include "store/journal_index.hpp"
#include "store/journal_messages.hpp"
#include "store/journal_parts.hpp"
#include "store/journal_sessions.hpp"
#include "store/journal_survey.hpp"
#include "store/store_view.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

class journal_view final : public store_view {
 public:
  // `names`: of sessions that it may have, for one in which the names are damaged; believed if a message's checksum says so.
  // `is_ours`: whoever asks holds the lock, so nobody writes meanwhile. Throws store_error: no journal, nothing of it can be read, of a version that is not known.
  explicit journal_view(std::string folder, std::vector<protocol::session_id> names = {}, bool is_ours = false);

  [[nodiscard]] std::vector<viewed_session> sessions() override;
  // As of the latest `sessions`, and so are all these.
  [[nodiscard]] std::vector<protocol::numbering_generation> numberings(const viewed_session& s) override;
  [[nodiscard]] protocol::replay_page fetch(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num begin, protocol::seq_num end,
                                            std::size_t max_records, std::size_t max_bytes) override;
  [[nodiscard]] std::vector<protocol::parked_submit> parked(const viewed_session& s, std::uint64_t after = 0,
                                                            std::size_t most = std::numeric_limits<std::size_t>::max() >> 1) override;
  [[nodiscard]] std::string place_of(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num number) override;
  [[nodiscard]] bool check_structure(bool is_in_use, const std::function<void(store_damage)>& found) override;  // journal_structure.cpp
  [[nodiscard]] std::string describe() const override { return "journal " + folder_; }

  // -- for its repair

  [[nodiscard]] const journal::told_journal& headers() const { return told_; }
  [[nodiscard]] const journal::survey& surveyed() const { return *survey_; }

 private:
  struct seen_segment {
    std::uint64_t number = 0;
    journal::segment_header header;        // as it is, or as it must have been. Of another edition messages are at other places
    bool has_header = true;                // it is whole
    std::uint64_t limit = 0;               // what stands from here on counts for nothing
    bool is_growing = false;
    std::vector<journal::index_row> rows;  // the numberings in it; of these slot, generation, first and last are set
  };
  using part = journal::numbering_part<const seen_segment>;

  void look();
  void look_once();
  [[nodiscard]] std::uint64_t base_of(const journal::told_journal& told) const;
  void look_from_base(journal::told_names names, bool is_in_use);
  void replay(seen_segment& seen, bool is_last);
  void read_rows(seen_segment& seen);
  [[nodiscard]] std::optional<journal::index_file> index_of(const seen_segment& seen) const;
  [[nodiscard]] protocol::replay_page fetch_once(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                                                 std::size_t max_bytes);
  [[nodiscard]] journal::segment_file open_as_seen(const seen_segment& seen) const;
  [[nodiscard]] journal::segment_index read_index(const seen_segment& seen) const;
  [[nodiscard]] std::vector<part> parts_of(const viewed_session& s, protocol::numbering_generation of) const;
  [[nodiscard]] std::shared_ptr<const journal::numbering_index> index_of(const seen_segment& segment, const journal::numbering& whose);
  [[nodiscard]] protocol::submit_token token_in(const std::shared_ptr<const journal::numbering_index>& index, std::uint64_t number);
  [[nodiscard]] journal::messages_of_segment& messages_of(const seen_segment& segment);
  [[nodiscard]] std::string path_of(std::uint64_t segment, std::string_view ending = ".seg") const;
  [[nodiscard]] const journal::session_state* find(const viewed_session& s) const;

  std::string folder_;
  std::vector<protocol::session_id> names_;
  bool is_ours_;
  journal::told_journal told_;
  std::uint64_t base_ = 0;  // the last segment whose snapshot is whole; 0: none
  std::optional<journal::survey> survey_;
  std::vector<seen_segment> segments_;  // ascending; those that can be read
  // The index that was read last.
  std::uint64_t kept_segment_ = 0;
  journal::numbering kept_whose_;
  std::shared_ptr<const journal::numbering_index> kept_;
  // The tokens of an index, ascending by number, once they were asked for.
  std::shared_ptr<const journal::numbering_index> tokens_of_;
  std::vector<journal::token_row> tokens_;
  // The sealed segment that was read last: its next page goes on in the entry where this one ended.
  std::uint64_t open_segment_ = 0;
  std::optional<journal::messages_of_segment> open_messages_;
};

}  // namespace troupe::store
