#include "store/store_advice.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace troupe::store {

std::string advice_for(int sqlite_code, const std::string& path) {
  switch (sqlite_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return " Another program holds the file: fuser " + path + " names it.";
    case SQLITE_FULL: return " Make room on the disk.";
    case SQLITE_IOERR: return " Make room on the disk, and look at its health.";
    case SQLITE_CORRUPT: return " The file is damaged or cut short: `troupe repair-store` says what can be had of it; or restore it from a copy.";
    case SQLITE_CANTOPEN: return " Check owner and permissions of file and folder, and the limit of open files (ulimit -n).";
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return " Check owner and permissions of file and folder.";
    case SQLITE_NOMEM: return " There is no memory left.";
    default: return {};
  }
}

std::string advice_for_errno(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE: return " Raise the limit of open files (ulimit -n).";
    case ENOSPC:
    case EDQUOT: return " Make room on the disk.";
    case EACCES:
    case EPERM:
    case EROFS: return " Check owner and permissions of file and folder.";
    default: return " The folder must exist and be writable.";
  }
}

}  // namespace troupe::store
