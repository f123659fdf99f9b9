#include "store/journal_room.hpp"

#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <sys/mman.h>
#include <utility>

namespace troupe::store::journal {

namespace {

// Linux 5.14. The pages are there before the first message is written into them; where it is not known, they come one by one.
constexpr int populate_to_write = 23;

}  // namespace

room::room(room&& other) noexcept
    : path(std::move(other.path)), file(std::move(other.file)), bytes(std::exchange(other.bytes, nullptr)), capacity(std::exchange(other.capacity, 0)) {}

room& room::operator=(room&& other) noexcept {
  std::swap(path, other.path);
  std::swap(file, other.file);
  std::swap(bytes, other.bytes);
  std::swap(capacity, other.capacity);
  return *this;
}

room::~room() {
  if (bytes) ::munmap(bytes, capacity);
}

room make_room(file_layer& files, const std::string& path, std::uint64_t size, bool waits_for_disk) {
  room r;
  r.path = path;
  r.file = files.make(path, size);
  if (waits_for_disk) {
    const std::string zeros(1 << 20, '\0');
    for (std::uint64_t at = 0; at < size; at += zeros.size())
      files.write(r.file.get(), path, std::string_view{zeros}.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), size - at))), at);
    files.sync(r.file.get(), path);
    // The kernel keeps in large pieces what was written so, and a sync writes a whole one for each message in it. What is read anew comes in small ones.
    (void)::posix_fadvise(r.file.get(), 0, 0, POSIX_FADV_DONTNEED);
  }
  void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, r.file.get(), 0);
  if (at == MAP_FAILED) throw file_failure(path, "be mapped", errno);
  r.bytes = static_cast<char*>(at);
  r.capacity = size;
  ::madvise(at, size, populate_to_write);
  return r;
}

rooms::rooms(file_layer& files, background& thread, std::string folder, std::uint64_t size, bool waits_for_disk)
    : files_(files), thread_(thread), folder_(std::move(folder)), size_(size), waits_for_disk_(waits_for_disk) {}

rooms::~rooms() {
  if (!next_.valid()) return;
  try {
    const auto unused = next_.get();
    files_.remove(unused.path);
  } catch (const std::exception&) {  // a file that the next opening removes
  }
}

std::string rooms::next_path() { return folder_ + "/next-" + std::to_string(++made_) + ".tmp"; }

void rooms::prepare() {
  if (next_.valid()) return;
  auto promise = std::make_shared<std::promise<room>>();
  next_ = promise->get_future();
  thread_.post([promise, &files = files_, path = next_path(), size = size_, waits = waits_for_disk_] {
    try {
      promise->set_value(make_room(files, path, size, waits));
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  });
}

room rooms::take(std::uint64_t at_least) {
  if (at_least > size_) return make_room(files_, next_path(), at_least, waits_for_disk_);
  prepare();
  return next_.get();
}

}  // namespace troupe::store::journal
