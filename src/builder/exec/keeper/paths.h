/* Memory and paths of the process that asks, as this one reaches them. */
#define PATH_ROOM 4600

struct asked {
  u32 pid;
  long call;
  const __u64 *args;
};

/*
 * Where no /proc of our own may be mounted, because parts of the one outside are hidden, it is that one which is in sight: it calls processes by other
 * numbers than the kernel tells us. Then the number is asked for, by a descriptor of the process.
 */
static int other_numbers;

#define PIDFD_THREAD O_EXCL

/* 0: it has ended. */
static u32 number_in_proc(u32 pid) {
  if (!other_numbers) return pid;
  char file[64], text[512];
  long process = sys(__NR_pidfd_open, pid, PIDFD_THREAD);
  if (process < 0) return 0;
  append_number(file, append(file, 0, sizeof file, "/proc/self/fdinfo/"), sizeof file, (u64)process);
  long fd = sys(__NR_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  long n = fd < 0 ? 0 : sys(__NR_read, fd, text, sizeof text - 1);
  sys(__NR_close, fd);
  sys(__NR_close, process);
  text[n > 0 ? n : 0] = 0;
  for (const char *at = text; *at; at++) {
    if (!begins(at, "\nPid:\t")) continue;
    at += 6;
    return *at == '-' ? 0 : (u32)number(&at, 10);
  }
  return 0;
}

/* Negative: the numbers are others, and this kernel does not tell them of threads. */
static long find_numbers(void) {
  char target[16];
  long own = sys(__NR_getpid), n = sys(__NR_readlinkat, AT_FDCWD, "/proc/self", target, sizeof target - 1);
  target[n > 0 ? n : 0] = 0;
  const char *at = target;
  other_numbers = (long)number(&at, 10) != own;
  if (!other_numbers) return 0;
  long process = sys(__NR_pidfd_open, own, PIDFD_THREAD);
  if (process < 0) return process;
  sys(__NR_close, process);
  return 0;
}

/* Real, effective, saved, of files: of users, then of groups. */
static int ids_of_process(u32 pid, u32 to[8]) {
  char file[64], text[1024];
  int at = append(file, 0, sizeof file, "/proc/");
  append(file, append_number(file, at, sizeof file, number_in_proc(pid)), sizeof file, "/status");
  long fd = sys(__NR_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long n = sys(__NR_read, fd, text, sizeof text - 1);
  sys(__NR_close, fd);
  text[n > 0 ? n : 0] = 0;
  int found = 0;
  for (const char *c = text; *c && found < 8; c++) {
    if (!begins(c, found == 0 ? "\nUid:\t" : "\nGid:\t")) continue;
    c += 6;
    for (int i = 0; i < 4; i++) {
      to[found++] = (u32)number(&c, 10);
      if (*c == '\t') c++;
    }
    c--;
  }
  return found == 8;
}

/* Memory of another user's process is open to that user; who may be every user can be that one for a moment. */
static long move_memory(long call, u32 pid, struct iovec here, struct iovec there) {
  u32 ids[8];
  long n = sys(call, pid, &here, 1, &there, 1, 0);
  if (n != -EPERM_ || !ids_of_process(pid, ids)) return n;
  sys(__NR_setresgid, ids[4], -1, -1);
  sys(__NR_setresuid, ids[0], -1, -1);
  n = sys(call, pid, &here, 1, &there, 1, 0);
  sys(__NR_setresuid, 0, -1, -1);
  sys(__NR_setresgid, 0, -1, -1);
  return n;
}

static int read_memory(u32 pid, u64 from, void *to, size n) {
  return move_memory(__NR_process_vm_readv, pid, (struct iovec){to, n}, (struct iovec){(void *)from, n}) == (long)n;
}

static int write_memory(u32 pid, u64 to, const void *from, size n) {
  return move_memory(__NR_process_vm_writev, pid, (struct iovec){(void *)from, n}, (struct iovec){(void *)to, n}) == (long)n;
}

/* Page by page: what lies behind the end of the text need not be there. */
static int read_text(u32 pid, u64 from, char *to, int room) {
  int at = 0;
  while (at < room) {
    int n = 4096 - (int)((from + (u64)at) & 4095);
    if (n > room - at) n = room - at;
    if (!read_memory(pid, from + (u64)at, to + at, (size)n)) return -EFAULT_;
    for (int i = 0; i < n; i++)
      if (to[at + i] == 0) return at + i;
    at += n;
  }
  return -ENAMETOOLONG_;
}

static int append_process(char *to, u32 pid, const char *what) {
  int at = append(to, 0, PATH_ROOM, "/proc/");
  at = append_number(to, at, PATH_ROOM, number_in_proc(pid));
  return append(to, at, PATH_ROOM, what);
}

/* What means the process itself would mean us. */
static int own_path(u32 pid, const char *path, char *to) {
  static const char *const self[] = {"/proc/self", "/proc/thread-self", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"};
  static const char *const instead[] = {"", "", "/fd", "/fd/0", "/fd/1", "/fd/2"};
  for (int i = 0; i < 6; i++) {
    if (!begins(path, self[i])) continue;
    char next = path[length(self[i])];
    if (next != 0 && next != '/') continue;
    return append(to, append_process(to, pid, instead[i]), PATH_ROOM, path + length(self[i]));
  }
  return 0;
}

static int has_other_root(u32 pid) {
  char file[64], target[4];
  append_process(file, pid, "/root");
  long n = sys(__NR_readlinkat, AT_FDCWD, file, target, 4);
  return n != 1 || target[0] != '/';
}

/* A path that leads us where the process would get with (folder, path). 0 when all went well. */
static int reach(const struct asked *by, int folder, u64 path, char *to) {
  char text[4096];
  int n = read_text(by->pid, path, text, sizeof text);
  if (n < 0) return n;
  int at;
  if (text[0] == '/') {
    at = own_path(by->pid, text, to);
    if (at == 0) at = append(to, has_other_root(by->pid) ? append_process(to, by->pid, "/root") : 0, PATH_ROOM, text);
  } else if (folder == AT_FDCWD) {
    at = append_process(to, by->pid, "/cwd");
    at = append(to, append(to, at, PATH_ROOM, "/"), PATH_ROOM, text);
  } else {
    at = append_number(to, append_process(to, by->pid, "/fd/"), PATH_ROOM, (u64)folder);
    if (n > 0) at = append(to, append(to, at, PATH_ROOM, "/"), PATH_ROOM, text);
  }
  return at < 0 ? -ENAMETOOLONG_ : n == 0 ? 1 : 0;
}

static int reach_descriptor(const struct asked *by, int descriptor, char *to) {
  return append_number(to, append_process(to, by->pid, "/fd/"), PATH_ROOM, (u64)(u32)descriptor) < 0 ? -ENAMETOOLONG_ : 0;
}

static u32 mask_of(u32 pid) {
  char file[64], text[512];
  append_process(file, pid, "/status");
  long fd = sys(__NR_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 022;
  long n = sys(__NR_read, fd, text, sizeof text - 1);
  sys(__NR_close, fd);
  text[n > 0 ? n : 0] = 0;
  for (const char *at = text; *at; at++)
    if (begins(at, "Umask:\t")) {
      at += 7;
      return (u32)number(&at, 8);
    }
  return 022;
}
