#include "apps/decode/source.hpp"

#include <zlib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace troupe::decode {
namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr int gzip_only = 15 + 16;  // the largest window, a gzip header

}  // namespace

class source::inflater {
 public:
  inflater() { is_ready_ = ::inflateInit2(&stream_, gzip_only) == Z_OK; }
  ~inflater() {
    if (is_ready_) ::inflateEnd(&stream_);
  }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  void feed(std::string_view raw) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
    stream_.avail_in = static_cast<uInt>(raw.size());
  }
  [[nodiscard]] bool is_hungry() const { return stream_.avail_in == 0 && !is_full_; }
  [[nodiscard]] bool is_between_members() const { return is_between_; }

  // Unpacks what fits. False: these are no gzip data.
  [[nodiscard]] bool step(std::string& into) {
    if (is_between_ && stream_.avail_in > 0) {
      if (*stream_.next_in == 0) return skip_padding(into);
      if (::inflateReset2(&stream_, gzip_only) != Z_OK) return false;
      is_between_ = false;
    }
    into.resize(read_size);
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(into.size());
    const int result = is_ready_ ? ::inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
    into.resize(into.size() - stream_.avail_out);
    is_full_ = stream_.avail_out == 0 && result == Z_OK;
    is_between_ = result == Z_STREAM_END;
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  }

 private:
  // Zeros may fill up the last block of a tape.
  bool skip_padding(std::string& into) {
    into.clear();
    while (stream_.avail_in > 0 && *stream_.next_in == 0) ++stream_.next_in, --stream_.avail_in;
    return true;
  }

  z_stream stream_{};
  bool is_ready_ = false;
  bool is_full_ = false;
  bool is_between_ = false;
};

source::source(std::string name, bool is_followed) : name_(std::move(name)), is_followed_(is_followed) {
  if (name_ == "-") {
    descriptor_ = STDIN_FILENO;
    return;
  }
  descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) why_ = std::strerror(errno);
}

source::~source() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

source_state source::fail(std::string why) {
  why_ = std::move(why);
  return source_state::failed;
}

source_state source::read_raw(std::string& into) {
  into.resize(read_size);
  ssize_t n = 0;
  do n = ::read(descriptor_, into.data(), into.size());
  while (n < 0 && errno == EINTR && !is_followed_);
  const int error = errno;
  into.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  if (n < 0 && error == EINTR) return source_state::end;  // the caller looks why
  if (n < 0) return fail(std::strerror(error));
  return n == 0 ? source_state::end : source_state::bytes;
}

source_state source::read(std::string& into) {
  if (inflater_) return inflate(into);
  const auto state = read_raw(into);
  if (state != source_state::bytes || std::exchange(is_begun_, true)) return state;
  while (into.size() < gzip_magic.size() && into[0] == gzip_magic[0]) {  // one byte may come alone through a pipe
    std::string more;
    if (read_raw(more) != source_state::bytes) break;
    into += more;
  }
  if (!into.starts_with(gzip_magic)) return state;
  raw_ = std::move(into);
  inflater_ = std::make_unique<inflater>();
  inflater_->feed(raw_);
  return inflate(into);
}

source_state source::inflate(std::string& into) {
  into.clear();
  while (into.empty()) {
    if (inflater_->is_hungry()) {
      const auto state = read_raw(raw_);
      if (state == source_state::failed) return state;
      if (state == source_state::end)
        return inflater_->is_between_members() ? state : fail("the gzip data end in the middle; what could be unpacked is shown");
      inflater_->feed(raw_);
    }
    if (!inflater_->step(into)) return fail("damaged gzip data; what could be unpacked is shown");
  }
  return source_state::bytes;
}

bool source::can_follow() const {
  struct stat is {};
  return name_ != "-" && ::fstat(descriptor_, &is) == 0 && S_ISREG(is.st_mode) && !inflater_;
}

bool source::is_replaced() const {
  struct stat ours {}, named {};
  if (::fstat(descriptor_, &ours) != 0 || ::stat(name_.c_str(), &named) != 0) return false;  // gone, and nothing new yet
  return ours.st_dev != named.st_dev || ours.st_ino != named.st_ino;
}

bool source::is_truncated() {
  struct stat is {};
  const off_t at = ::lseek(descriptor_, 0, SEEK_CUR);
  if (at < 0 || ::fstat(descriptor_, &is) != 0 || is.st_size >= at) return false;
  (void)::lseek(descriptor_, 0, SEEK_SET);
  is_begun_ = false;
  return true;
}

}  // namespace troupe::decode
