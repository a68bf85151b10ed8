/*
 * Starts the command of a RUN under a filter that hands some of its calls to this program, and answers those as a better system would. Made by
 * `node tools/keeper/build.ts`.
 *
 * "ids": there is only one id, in a user namespace with a single user. Calls about users and owners are answered, and remembered.
 * "/folder": nothing can be mounted. The command gets that folder as its root, and /proc although there is none in it.
 *
 * Arguments: that, the working directory, uid, gid, groups ("1,2" or "-"), rights that stay (hexadecimal bits), candidates (how many), the files to try, then the command's
 * arguments. Descriptor 3: where it reports a command that cannot be executed; 4: the log of owners; 5: owners that are known.
 */
#include "raw.h"
typedef unsigned short u16_;
#include "ids.h"
#include "paths.h"
#include "owners.h"
#include "answer.h"
#include "calls.h"
#include "proc.h"

#define CALLS (sizeof calls / sizeof *calls)
#define PROC_CALLS (sizeof proc_calls / sizeof *proc_calls)
#define REPORT 3
#define LOG 4
#define KNOWN 5
#define EXECUTE 0x7fffffff
#define KEEP 0x7ffffffe
#define NUMBERS 0x7ffffffd
/* CLOSE_RANGE_UNSHARE */
#define CLOSE_OWN 2

static void stop(int code) {
  for (;;) sys(__NR_exit_group, code);
}

/* Calls of the list, openat and open with O_CREAT, prctl with PR_SET_KEEPCAPS. Another kind of program (32 bits) is left alone. */
static long set_filter(int for_ids) {
  static struct sock_filter code[2 * CALLS + 32];
  const u16_ *list = for_ids ? calls : proc_calls;
  int n = 0, asks = 0, count = (int)(for_ids ? CALLS : PROC_CALLS);
#define ADD(...) code[n++] = (struct sock_filter)__VA_ARGS__
  ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4));
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0));
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0));
  for (; asks < count; asks++) {
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list[asks], 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
  }
#define ASKS_WHEN(call, argument, test, value)                    \
  ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));           \
  ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16 + 8 * argument));     \
  ADD(BPF_JUMP(BPF_JMP | test | BPF_K, value, 0, 1));             \
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));         \
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  if (for_ids) {
  ASKS_WHEN(__NR_openat, 2, BPF_JSET, O_CREAT)
#if defined(__x86_64__)
  ASKS_WHEN(__NR_open, 1, BPF_JSET, O_CREAT)
#endif
  ASKS_WHEN(__NR_prctl, 0, BPF_JEQ, PR_SET_KEEPCAPS)
  }
  ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  struct sock_fprog program = {(unsigned short)n, code};
  /* Killable waits spare programs with many signals a repeated call; older kernels do not know them. */
  long fd = sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | 1 << 5, &program);
  return fd == -EINVAL_ ? sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) : fd;
}

static void keep_rights(u64 bits) {
  for (int n = 0; n < 64; n++)
    if (!(bits >> n & 1)) sys(__NR_prctl, PR_CAPBSET_DROP, n, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{(u32)bits, (u32)bits, 0}, {(u32)(bits >> 32), (u32)(bits >> 32), 0}};
  sys(__NR_capset, &header, data);
}

static void report(int what, long error) {
  int record[2] = {what, (int)error};
  sys(__NR_write, REPORT, record, 8);
  stop(255);
}

struct job {
  struct ids who;
  u64 rights;
  long mask;
  u64 candidates;
  int for_ids;
  char **files, **args, **env;
  const char *folder;
};

/* Shares its descriptors with the keeper until the filter's is made. */
static void be_command(const struct job *job, int told) {
  sys(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  sys(__NR_setsid);
  if (!job->for_ids) {
    /* Without the right to mount, a filter needs the promise that nothing gains rights by execute. */
    sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (sys(__NR_chroot, root_folder) < 0 || sys(__NR_chdir, job->folder) < 0) stop(255);
  }
  int fd = (int)set_filter(job->for_ids);
  sys(__NR_write, told, &fd, sizeof fd);
  if (fd < 0) stop(255);
  /* A table of its own by this way first: filters of containers often allow no unshare. */
  if (sys(__NR_close_range, LOG, ~0u, CLOSE_OWN) < 0) {
    if (sys(__NR_unshare, CLONE_FILES) < 0) report(KEEP, -EPERM_);
    sys(__NR_close_range, LOG, ~0u, 0);
  }
  if (!job->for_ids) {
    long r = sys(__NR_setgroups, job->who.count, job->who.groups);
    if (r == 0) r = sys(__NR_setresgid, job->who.gid, job->who.gid, job->who.gid);
    if (r < 0) report(KEEP, r);
  }
  keep_rights(job->rights);
  if (!job->for_ids && sys(__NR_setresuid, job->who.uid, job->who.uid, job->who.uid) < 0) report(KEEP, -EPERM_);
  /* Changing ids has cleared it. */
  sys(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  sys(__NR_umask, job->mask);
  u64 none = 0;
  sys(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
  long error = -ENOENT_;
  for (u64 i = 0; i < job->candidates; i++) {
    error = sys(__NR_execve, job->files[i], job->args, job->env);
    if (error != -ENOENT_ && error != -ENOTDIR_ && error != -EACCES_) break;
  }
  report(EXECUTE, error);
}

static void serve(void) {
  static struct seccomp_notif asked;
  memset(&asked, 0, sizeof asked);
  if (sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) return;
  struct asked by = {asked.pid, asked.data.nr, asked.data.args};
  long r = root_folder[0] ? answer_proc(&by, asked.id) : answer(&by, asked.id);
  if (r == GO_ON + 1) return;
  struct seccomp_notif_resp told = {asked.id, r < 0 || r == GO_ON ? 0 : r, r < 0 ? (int)r : 0, r == GO_ON ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0};
  sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_SEND, &told);
}

/* Where it is no first process, what the command has left running has become its child. */
static void end_with(int code) {
  for (int tries = 0; root_folder[0] && tries < 1000; tries++) {
    char text[4096];
    long fd = sys(__NR_openat, AT_FDCWD, "/proc/thread-self/children", O_RDONLY | O_CLOEXEC, 0);
    long n = fd < 0 ? 0 : sys(__NR_read, fd, text, sizeof text - 1);
    sys(__NR_close, fd);
    if (n <= 0) break;
    text[n] = 0;
    for (const char *at = text; *at; at++) {
      long child = (long)number(&at, 10);
      int status;
      sys(__NR_kill, child, SIGKILL);
      sys(__NR_wait4, child, &status, __WALL, 0);
      if (!*at) break;
    }
  }
  stop(code);
}

/* As the first process it buries all others; with the command's end everything ends. */
static void bury(long command) {
  for (;;) {
    int status = 0;
    long pid = sys(__NR_wait4, -1, &status, WNOHANG | __WALL, 0);
    if (pid <= 0) return;
    if (pid == command) end_with(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
  }
}

static void keep(const struct job *job) {
  u64 children = 1ull << (SIGCHLD - 1);
  sys(__NR_rt_sigprocmask, SIG_BLOCK, &children, 0, 8);
  long ends = sys(__NR_signalfd4, -1, &children, 8, O_CLOEXEC | O_NONBLOCK);
  int told[2];
  if (!job->for_ids) sys(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  if (ends < 0 || sys(__NR_pipe2, told, O_CLOEXEC) < 0) report(KEEP, ends < 0 ? ends : -EPERM_);
  long command = sys(__NR_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
  if (command == 0) be_command(job, told[1]);
  if (command < 0 || sys(__NR_read, told[0], &listener, sizeof listener) != sizeof listener || listener < 0) report(KEEP, listener < 0 ? listener : command);
  if (job->for_ids && become((u32)command, &job->who) < 0) report(KEEP, -EPERM_);
  /* The kernel may wake us on the same processor; older ones do not know how. */
  sys(__NR_ioctl, listener, SECCOMP_IOW(4, __u64), 1);
  for (;;) {
    struct pollfd on[2] = {{listener, POLLIN, 0}, {(int)ends, POLLIN, 0}};
    if (sys(__NR_ppoll, on, 2, 0, 0, 0) < 0) continue;
    if (on[0].revents & POLLIN) serve();
    if (on[1].revents & POLLIN) {
      u8 gone[128];
      sys(__NR_read, ends, gone, sizeof gone);
      bury(command);
    }
    if (on[0].revents & POLLHUP) {
      /* Nobody is left under the filter. */
      int status = 0;
      sys(__NR_wait4, command, &status, __WALL, 0);
      end_with(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
    }
  }
}

void begin(long *stack) {
  static struct job job;
  long count = stack[0];
  char **args = (char **)(stack + 1);
  if (count < 9) stop(255);
  job.for_ids = args[1][0] != '/';
  if (!job.for_ids && append(root_folder, 0, sizeof root_folder, args[1]) < 0) stop(255);
  job.folder = args[2];
  const char *at = args[3];
  job.who.uid = job.who.euid = job.who.suid = job.who.fsuid = (u32)number(&at, 10);
  at = args[4];
  job.who.gid = job.who.egid = job.who.sgid = job.who.fsgid = (u32)number(&at, 10);
  for (at = args[5]; *at >= '0' && *at <= '9' && job.who.count < MAX_GROUPS; at += *at == ',') job.who.groups[job.who.count++] = (u32)number(&at, 10);
  sort_groups(&job.who);
  at = args[6];
  job.rights = number(&at, 16);
  at = args[7];
  job.candidates = number(&at, 10);
  job.files = args + 8;
  job.args = job.files + job.candidates;
  job.env = args + count + 1;
  log_descriptor = LOG;
  sys(__NR_fcntl, REPORT, 2, 1);
  if (job.for_ids) {
    know_owners(KNOWN);
    sys(__NR_close, KNOWN);
    long r = find_numbers();
    if (r < 0) report(NUMBERS, r);
  }
  job.mask = sys(__NR_umask, 0);
  keep(&job);
}
