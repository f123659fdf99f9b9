// Whether a file has to be salvaged, and the new one in the old one's place.
#include "store/file_layer.hpp"
#include "store/message_store.hpp"
#include "store/sqlite_pages.hpp"
#include "store/sqlite_salvage.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace troupe::store {

namespace {

file_handle opened_to_write(const std::string& path) {
  file_handle file{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (!file) throw file_failure(path, "be opened", errno);
  return file;
}

// What a checkpoint does. The file with its log, and without it, is the same store, and so it is at any moment in between.
void move_log_into(const std::string& path) {
  const auto pages = pages_at(path);
  if (pages.logged().empty()) return;
  auto& files = plain_files();
  const auto file = opened_to_write(path);
  const auto log = open_to_read(path + "-wal");
  std::string bytes(pages.page_size(), '\0');
  for (const auto& [number, at] : pages.logged()) {
    if (!read_exactly(log.get(), path + "-wal", bytes.data(), bytes.size(), at)) throw file_failure(path + "-wal", "be read", EIO);
    files.write(file.get(), path, bytes, std::uint64_t{number - 1} * pages.page_size());
  }
  if (const auto size = std::uint64_t{pages.count()} * pages.page_size(); size < size_of(file.get(), path)) files.truncate(file.get(), path, size);
  files.sync(file.get(), path);
}

// Or the engine could not open what the administrator has repaired.
void take_owner(const std::string& of, const std::string& to) {
  struct stat old {};
  struct stat now {};
  if (::stat(of.c_str(), &old) != 0 || ::stat(to.c_str(), &now) != 0) throw file_failure(of, "be looked at", errno);
  if ((old.st_uid != now.st_uid || old.st_gid != now.st_gid) && ::chown(to.c_str(), old.st_uid, old.st_gid) != 0) throw file_failure(to, "be given to the owner of the store", errno);
  if (::chmod(to.c_str(), old.st_mode & 07777) != 0) throw file_failure(to, "be given the permissions of the store", errno);
}

}  // namespace

std::optional<std::string> structure_damage(const std::string& path) try {
  sqlite_connection c{path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX};
  c.run("PRAGMA busy_timeout = 2000");
  {
    sqlite_statement check{c, "PRAGMA integrity_check(1)"};
    if (check.step() && check.bytes(0) != "ok") return std::string{check.bytes(0)};
  }
  if (const auto version = c.number("PRAGMA user_version"); c.number("PRAGMA application_id") == sqlite_application_id && version != sqlite_user_version) {
    const bool is_ours = c.number("SELECT count(*) FROM pragma_table_info('session') WHERE name = 'as_of'") > 0;
    if (version < sqlite_user_version && is_ours) return "its header says that it is of format " + std::to_string(version) + ", and its tables do not";
    return std::nullopt;  // whole, and of another version
  }
  try {
    require_readable(c, path);
  } catch (const store_error& e) {
    return e.what();
  }
  return std::nullopt;
} catch (const sqlite_error& e) {
  if (e.code() == SQLITE_CORRUPT || e.code() == SQLITE_NOTADB) return e.what();
  throw store_error(path + ": cannot be read: " + e.what() + "." + advice_for(e.code(), path));
}

std::string salvaged_of(const std::string& path) {
  std::error_code ignored;
  const auto real = std::filesystem::canonical(path, ignored).string();
  return (real.empty() ? path : real) + ".salvaged";
}

void take_place(const std::string& path, const std::string& salvaged) try {
  const auto real = std::filesystem::canonical(path).string();
  const auto folder = std::filesystem::path{real}.parent_path().string();
  auto& files = plain_files();
  take_owner(real, salvaged);
  files.sync(open_to_read(salvaged).get(), salvaged);
  if (std::filesystem::exists(real + "-wal")) move_log_into(real);
  // The new file must not stand beside the old log, which SQLite would lay over it.
  files.remove(real + "-wal");
  files.remove(real + "-shm");
  files.sync_folder(folder);
  files.rename(salvaged, real);
  files.sync_folder(folder);
  remove_salvaged(salvaged);
} catch (const file_failure& e) {
  throw store_error(path + ": was not replaced, and is as it was: " + told(e));
} catch (const std::filesystem::filesystem_error& e) {
  throw store_error(path + ": was not replaced, and is as it was: " + e.what());
}

}  // namespace troupe::store
