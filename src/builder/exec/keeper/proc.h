/*
 * /proc for a command whose root folder has none and where nothing can be mounted: it is opened here, outside of that folder, and the descriptor handed over. What
 * belongs to processes outside of it is not there.
 */
static char root_folder[4096];

static void be_like(u32 pid) {
  u32 ids[8];
  if (!ids_of_process(pid, ids)) return;
  sys(__NR_setfsgid, ids[7]);
  sys(__NR_setfsuid, ids[3]);
}

static void be_root(void) {
  sys(__NR_setfsuid, 0);
  sys(__NR_setfsgid, 0);
}

/* A process of this command: it has the same root folder. */
static int is_inside(u64 pid) {
  char file[64], target[4096];
  append_process(file, (u32)pid, "/root");
  long n = sys(__NR_readlinkat, AT_FDCWD, file, target, sizeof target);
  if (n < 0 || (size)n != length(root_folder)) return 0;
  for (long i = 0; i < n; i++)
    if (target[i] != root_folder[i]) return 0;
  return 1;
}

/* 1: the path means /proc, and this is it; 2: /sys, to read. Negative: it is not there for this command. 0: something else. */
static int in_proc(const struct asked *by, u64 path, char *to) {
  char text[4096];
  if (read_text(by->pid, path, text, sizeof text) < 0 || text[0] != '/') return 0;
  const char *from = text;
  while (from[1] == '/') from++;
  int at = own_path(by->pid, from, to);
  if (at != 0) return at < 0 ? -ENAMETOOLONG_ : 1;
  if (begins(from, "/sys") && (from[4] == 0 || from[4] == '/')) return append(to, 0, PATH_ROOM, from) < 0 ? -ENAMETOOLONG_ : 2;
  if (!begins(from, "/proc") || (from[5] != 0 && from[5] != '/')) return 0;
  const char *name = from + 5;
  while (*name == '/') name++;
  if (*name >= '0' && *name <= '9' && !is_inside(number(&name, 10))) return -ENOENT_;
  return append(to, 0, PATH_ROOM, from) < 0 ? -ENAMETOOLONG_ : 1;
}

static long open_proc(const struct asked *by, u64 id, u64 path, int flags) {
  char file[PATH_ROOM];
  int r = in_proc(by, path, file);
  if (r <= 0) return r == 0 ? GO_ON : r;
  if (r == 2 && (flags & O_ACCMODE) != O_RDONLY) return -EROFS_;
  be_like(by->pid);
  /* Never waiting for the other end of a pipe. */
  long fd = sys(__NR_openat, AT_FDCWD, file, (flags & ~(O_CREAT | O_EXCL)) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
  be_root();
  if (fd < 0) return fd;
  long now = sys(__NR_fcntl, fd, F_GETFL, 0);
  if (!(flags & (O_NONBLOCK | O_PATH))) sys(__NR_fcntl, fd, F_SETFL, now & ~O_NONBLOCK);
  struct seccomp_notif_addfd add = {id, SECCOMP_ADDFD_FLAG_SEND, (u32)fd, 0, flags & O_CLOEXEC};
  r = (int)sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
  sys(__NR_close, fd);
  return r < 0 ? r : GO_ON + 1;
}

static long stat_proc(const struct asked *by, u64 path, int flags, u64 to) {
  char file[PATH_ROOM];
  struct stat s;
  int r = in_proc(by, path, file);
  if (r <= 0) return r == 0 ? GO_ON : r;
  be_like(by->pid);
  long done = sys(__NR_newfstatat, AT_FDCWD, file, &s, flags & AT_SYMLINK_NOFOLLOW);
  be_root();
  return done < 0 ? done : write_memory(by->pid, to, &s, sizeof s) ? 0 : -EFAULT_;
}

static long statx_proc(const struct asked *by) {
  char file[PATH_ROOM];
  struct statx s;
  if (by->args[1] == 0) return GO_ON;
  int r = in_proc(by, by->args[1], file);
  if (r <= 0) return r == 0 ? GO_ON : r;
  be_like(by->pid);
  long done = sys(__NR_statx, AT_FDCWD, file, by->args[2], by->args[3], &s);
  be_root();
  return done < 0 ? done : write_memory(by->pid, by->args[4], &s, sizeof s) ? 0 : -EFAULT_;
}

static long access_proc(const struct asked *by, u64 path, u64 mode) {
  char file[PATH_ROOM];
  int r = in_proc(by, path, file);
  if (r <= 0) return r == 0 ? GO_ON : r;
  be_like(by->pid);
  long done = sys(__NR_faccessat2, AT_FDCWD, file, mode, AT_EACCESS);
  be_root();
  return done;
}

/* Links lead to files as the command sees them. */
static long link_proc(const struct asked *by, u64 path, u64 to, u64 room) {
  char file[PATH_ROOM], target[4096];
  int r = in_proc(by, path, file);
  if (r <= 0) return r == 0 ? GO_ON : r;
  be_like(by->pid);
  long n = sys(__NR_readlinkat, AT_FDCWD, file, target, sizeof target - 1);
  be_root();
  if (n < 0) return n;
  target[n] = 0;
  const char *seen = target;
  size above = length(root_folder);
  if (begins(target, root_folder) && (target[above] == '/' || target[above] == 0)) seen = target[above] ? target + above : "/";
  n = (long)length(seen);
  if ((u64)n > room) n = (long)room;
  return write_memory(by->pid, to, seen, (size)n) ? n : -EFAULT_;
}

static long no_attributes(const struct asked *by, u64 path) {
  char file[PATH_ROOM];
  int r = in_proc(by, path, file);
  return r == 0 ? GO_ON : r < 0 ? r : -EOPNOTSUPP_;
}

/* The name of the host as every build sees it: there is no namespace in which it could be set. */
static long name_host(const struct asked *by) {
  struct new_utsname is;
  long r = sys(__NR_uname, &is);
  if (r < 0) return r;
  memset(is.nodename, 0, sizeof is.nodename);
  append(is.nodename, 0, sizeof is.nodename, "buildkitsandbox");
  return write_memory(by->pid, by->args[0], &is, sizeof is) ? 0 : -EFAULT_;
}

static const u16_ proc_calls[] = {
    __NR_uname,
    __NR_getxattr, __NR_lgetxattr, __NR_listxattr, __NR_llistxattr,
    __NR_openat, __NR_newfstatat, __NR_statx, __NR_faccessat, __NR_faccessat2, __NR_readlinkat,
#if defined(__x86_64__)
    __NR_open, __NR_stat, __NR_lstat, __NR_access, __NR_readlink,
#endif
};

static long answer_proc(const struct asked *by, u64 id) {
  const __u64 *a = by->args;
  switch (by->call) {
  case __NR_uname: return name_host(by);
  case __NR_openat: return open_proc(by, id, a[1], (int)a[2]);
  case __NR_newfstatat: return stat_proc(by, a[1], (int)a[3], a[2]);
  case __NR_statx: return statx_proc(by);
  case __NR_getxattr:
  case __NR_lgetxattr:
  case __NR_listxattr:
  case __NR_llistxattr: return no_attributes(by, a[0]);
  case __NR_faccessat:
  case __NR_faccessat2: return access_proc(by, a[1], a[2]);
  case __NR_readlinkat: return link_proc(by, a[1], a[2], a[3]);
#if defined(__x86_64__)
  case __NR_open: return open_proc(by, id, a[0], (int)a[1]);
  case __NR_stat: return stat_proc(by, a[0], 0, a[1]);
  case __NR_lstat: return stat_proc(by, a[0], AT_SYMLINK_NOFOLLOW, a[1]);
  case __NR_access: return access_proc(by, a[0], a[1]);
  case __NR_readlink: return link_proc(by, a[0], a[1], a[2]);
#endif
  default: return GO_ON;
  }
}
