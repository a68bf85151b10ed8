/*
 * The first process of a step's container in a pod. The image need not bring anything: no shell, no library.
 *
 *   launcher wait               until `go` is written, then the step: its end is told in `report` and as the container's message
 *   launcher start FOLDER       a further process of the container, asked for in FOLDER
 *   launcher end MS             asks all processes of the container to end, and ends them after MS
 *   launcher connect PORT MS    ends with 0 as soon as the port takes connections, with 1 after MS
 *
 * A request is a list of texts, each ended by NUL: how many files may be handed back, and their names; how many commands are to be
 * tried, and for each of them how many words it has, and these; then variables, which replace those of the container.
 *
 * Beside it `links` may lie: for each file that the program has at a place of its own, that place and where the file really is.
 */
#define _GNU_SOURCE
#include "../../../../builder/exec/keeper/raw.h"

#define HOME "/run/slipway"
#define HERE (-100)
enum { OK = 0, TERM = 15, INT = 2, KILL = 9, CHLD = 17, ENOEXEC_ = 8, MOST = 8192 };

static char *environment[MOST];
static char *words[MOST];
static char path[8192];
static char line[128];

__attribute__((noreturn)) static void leave(int code) {
  for (;;) sys(__NR_exit_group, code);
}

static int equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static int in_folder(const char *folder, const char *name) {
  int at = append(path, 0, sizeof path, folder);
  at = append(path, at, sizeof path, "/");
  return append(path, at, sizeof path, name);
}

static int is_there(const char *folder, const char *name) {
  return in_folder(folder, name) >= 0 && sys(__NR_faccessat, HERE, path, 0) >= 0;
}

static void write_file(const char *file, const char *text, int flags) {
  long fd = sys(__NR_openat, HERE, file, flags | O_CLOEXEC, 0666);
  if (fd < 0) return;
  sys(__NR_write, fd, text, length(text));
  sys(__NR_close, fd);
}

static void sleep_ms(u64 ms) {
  long time[2] = { (long)(ms / 1000), (long)(ms % 1000) * 1000000 };
  sys(__NR_nanosleep, time, 0);
}

/* The whole file, with a NUL behind it; 0 where there is none. */
static char *read_whole(const char *file, size *bytes) {
  long fd = sys(__NR_openat, HERE, file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  struct stat facts;
  if (sys(__NR_fstat, fd, &facts) < 0) return 0;
  size room = (size)facts.st_size + 1, have = 0;
  char *text = (char *)sys(__NR_mmap, 0, room, 3, 0x22, -1, 0);
  if ((long)text < 0 && (long)text > -4096) return 0;
  while (have + 1 < room) {
    long n = sys(__NR_read, fd, text + have, room - 1 - have);
    if (n <= 0) break;
    have += (size)n;
  }
  sys(__NR_close, fd);
  *bytes = have;
  return text;
}

struct request { char *at, *end; };

static char *next(struct request *r) {
  if (r->at >= r->end) return 0;
  char *text = r->at;
  r->at += length(text) + 1;
  return text;
}

static u64 next_number(struct request *r) {
  const char *text = next(r);
  return text ? number(&text, 10) : 0;
}

static int same_name(const char *a, const char *b) {
  while (*a && *a != '=' && *a == *b) a++, b++;
  return (*a == '=' || !*a) && (*b == '=' || !*b);
}

static void set_variable(char **list, char *variable) {
  int i = 0;
  for (; list[i]; i++)
    if (same_name(list[i], variable)) break;
  if (i + 1 < MOST) list[i] = variable;
}

static const char *value_of(char **list, const char *name) {
  for (int i = 0; list[i]; i++)
    if (same_name(list[i], name)) return list[i] + length(name) + 1;
  return 0;
}

/* Answers why it could not be: where a file was found that may not be executed, that says more than that others were not there. */
static long execute(char **argv) {
  const char *name = argv[0], *search = value_of(environment, "PATH");
  long worst = ENOENT_;
  int slash = !*name;
  for (const char *c = name; *c; c++) slash |= *c == '/';
  if (slash) return -sys(__NR_execve, name, argv, environment);
  if (!search || !*search) search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  while (*search) {
    int at = 0;
    while (*search && *search != ':' && at < 4096) path[at++] = *search++;
    while (*search && *search != ':') search++;
    if (*search) search++;
    path[at] = 0;
    if (!at) at = append(path, 0, sizeof path, ".");
    at = append(path, at, sizeof path, "/");
    if (append(path, at, sizeof path, name) < 0) continue;
    long error = -sys(__NR_execve, path, argv, environment);
    if (error != ENOENT_ && error != ENOTDIR_) worst = error;
    if (error != ENOENT_ && error != ENOTDIR_ && error != EACCES_) return error;
  }
  return worst;
}

static void in_the_child(struct request r, int tell) {
  u64 none = 0;
  sys(__NR_rt_sigprocmask, 2, &none, 0, 8);
  sys(__NR_setsid);
  long error = ENOENT_;
  u64 commands = next_number(&r);
  struct request first = r;
  for (u64 c = 0; c < commands; c++)
    for (u64 n = next_number(&r); n; n--) next(&r);
  for (char *variable; (variable = next(&r));) set_variable(environment, variable);
  for (u64 c = 0; c < commands; c++) {
    u64 n = next_number(&first), w = 0;
    for (; w < n; w++) {
      char *word = next(&first);
      if (w + 1 < MOST) words[w] = word;
    }
    words[w < MOST ? w : MOST - 1] = 0;
    long said = execute(words);
    if (error == ENOENT_ || said != ENOENT_) error = said;
    if (error != ENOENT_ && error != ENOTDIR_ && error != EACCES_) break;
  }
  sys(__NR_write, tell, &error, sizeof error);
  leave(127);
}

static void tell_end(const char *folder, const char *how, u64 n, struct request names, int message) {
  int at = append(line, 0, sizeof line, how);
  at = append(line, at, sizeof line, " ");
  at = append_number(line, at, sizeof line, n);
  int files = 0;
  for (u64 count = next_number(&names); count; count--) {
    char *name = next(&names);
    files |= name && is_there(folder, name);
  }
  at = append(line, at, sizeof line, files ? " files\n" : " nothing\n");
  if (in_folder(folder, "report") >= 0) write_file(path, line, O_WRONLY | O_CREAT | O_TRUNC);
  if (message) write_file("/dev/termination-log", line, O_WRONLY | O_TRUNC);
}

/* With the folders above it. */
static void make_link(char *place, const char *to) {
  for (char *c = place + 1; *place && *c; c++) {
    if (*c != '/') continue;
    *c = 0;
    sys(__NR_mkdirat, HERE, place, 0755);
    *c = '/';
  }
  sys(__NR_unlinkat, HERE, place, 0);
  sys(__NR_symlinkat, to, HERE, place);
}

static void make_links(const char *folder) {
  size bytes = 0;
  struct request r = { 0, 0 };
  r.at = in_folder(folder, "links") < 0 ? 0 : read_whole(path, &bytes);
  if (!r.at) return;
  r.end = r.at + bytes;
  for (char *place, *to; (place = next(&r)) && (to = next(&r));) make_link(place, to);
}

/* `watch` is told of signals; the process ends as the step did. */
static void run(const char *folder, int watch, int message) {
  size bytes = 0;
  struct request names = { 0, 0 }, r;
  char *text = in_folder(folder, "request") < 0 ? 0 : read_whole(path, &bytes);
  if (!text) {
    tell_end(folder, "unasked", 0, names, message);
    leave(127);
  }
  names.at = text;
  names.end = text + bytes;
  r = names;
  for (u64 n = next_number(&r); n; n--) next(&r);
  int pipe[2];
  long status = 0, error = 0, n;
  make_links(folder);
  sys(__NR_pipe2, pipe, O_CLOEXEC);
  long child = sys(__NR_clone, CHLD, 0, 0, 0, 0);
  if (child == 0) in_the_child(r, pipe[1]);
  sys(__NR_close, pipe[1]);
  if (child < 0) error = -child;
  else if (sys(__NR_read, pipe[0], &error, sizeof error) <= 0) error = 0;
  if (error) {
    tell_end(folder, "failed", (u64)error, names, message);
    leave(127);
  }
  for (int ended = 0, alone = 0; !ended || !alone;) {
    /* What a shell has started has time to end too, when it was asked to. */
    if (ended && !(message && is_there(HOME, "asked"))) break;
    struct { u32 number; u8 rest[124]; } signal;
    if (sys(__NR_read, watch, &signal, sizeof signal) != sizeof signal) continue;
    if (signal.number != CHLD && message) {
      write_file(HOME "/asked", "", O_WRONLY | O_CREAT);
      sys(__NR_kill, -1, TERM);
    }
    int one;
    while ((n = sys(__NR_wait4, -1, &one, 1, 0)) > 0)
      if (n == child) ended = 1, status = one;
    alone = n < 0;
  }
  int by = (int)status & 0x7f;
  tell_end(folder, by ? "signal" : "exited", by ? (u64)by : (u64)(status >> 8 & 0xff), names, message);
  leave(by ? 128 + by : (int)(status >> 8 & 0xff));
}

static int watch_signals(void) {
  u64 set = 1ULL << (TERM - 1) | 1ULL << (INT - 1) | 1ULL << (CHLD - 1);
  sys(__NR_rt_sigprocmask, 0, &set, 0, 8);
  return (int)sys(__NR_signalfd4, -1, &set, 8, O_CLOEXEC);
}

static void wait_and_run(void) {
  int watch = watch_signals();
  long go = sys(__NR_openat, HERE, HOME "/go", O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  if (go < 0) leave(126);
  for (;;) {
    struct pollfd ready[2] = { { (int)go, POLLIN, 0 }, { watch, POLLIN, 0 } };
    if (sys(__NR_ppoll, ready, 2, 0, 0, 8) <= 0) continue;
    if (ready[0].revents & POLLIN) break;
    if (ready[1].revents) {
      struct { u32 number; u8 rest[124]; } signal;
      if (sys(__NR_read, watch, &signal, sizeof signal) == sizeof signal && signal.number != CHLD) leave(128 + (int)signal.number);
    }
  }
  sys(__NR_close, go);
  write_file(HOME "/started", "", O_WRONLY | O_CREAT);
  run(HOME, watch, 1);
}

static void end_all(u64 ms) {
  write_file(HOME "/asked", "", O_WRONLY | O_CREAT);
  sys(__NR_kill, -1, TERM);
  sleep_ms(ms);
  sys(__NR_kill, -1, KILL);
}

static int takes(int family, void *address, int bytes) {
  long fd = sys(__NR_socket, family, 0x80001, 0);
  if (fd < 0) return 0;
  long said = sys(__NR_connect, fd, address, bytes);
  sys(__NR_close, fd);
  return said >= 0;
}

static int answers(u64 port, u64 ms) {
  u8 four[16] = { 2, 0, (u8)(port >> 8), (u8)port, 127, 0, 0, 1 };
  u8 six[28] = { 10, 0, (u8)(port >> 8), (u8)port };
  six[23] = 1;
  for (u64 waited = 0;; waited += 50) {
    if (takes(2, four, sizeof four) || takes(10, six, sizeof six)) return 1;
    if (waited >= ms) return 0;
    sleep_ms(50);
  }
}

void begin(long *stack) {
  long argc = stack[0];
  char **argv = (char **)(stack + 1), **envp = argv + argc + 1;
  const char *one = argc > 2 ? argv[2] : "0", *two = argc > 3 ? argv[3] : "0";
  for (int i = 0; envp[i] && i + 1 < MOST; i++) environment[i] = envp[i];
  if (argc < 2) leave(2);
  if (equal(argv[1], "wait")) wait_and_run();
  if (equal(argv[1], "start") && argc > 2) run(one, watch_signals(), 0);
  if (equal(argv[1], "end")) {
    end_all(number(&one, 10));
    leave(OK);
  }
  if (equal(argv[1], "connect")) leave(answers(number(&one, 10), number(&two, 10)) ? OK : 1);
  leave(2);
}
