/* Tries to get out of the sandbox of a RUN, in ways that do no harm where they succeed. Prints one line for each: its name and what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *name, long result) { printf("seen %s %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno)); }

static long opens(const char *path, int flags) {
  int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0) close(fd);
  return fd;
}

static long reads(const char *path) {
  char buffer[512];
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  long n = read(fd, buffer, sizeof buffer);
  int e = errno;
  close(fd);
  errno = e;
  return n;
}

static long device(const char *path, mode_t kind, dev_t number) {
  unlink(path);
  if (mknod(path, kind | 0600, number) < 0) return -1;
  long r = reads(path);
  int e = errno;
  unlink(path);
  errno = e;
  return r;
}

static long connects(const char *name, int abstract) {
  struct sockaddr_un to = {AF_UNIX, ""};
  strncpy(to.sun_path + abstract, name, sizeof to.sun_path - 2);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  long r = connect(fd, (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract + strlen(name)));
  int e = errno;
  close(fd);
  errno = e;
  return r;
}

/* In a process of its own: what it changes is gone with it. */
static void aside(const char *name, long (*try)(const char *), const char *with) {
  fflush(stdout);
  if (fork() == 0) {
    tell(name, try(with));
    exit(0);
  }
  wait(NULL);
}

static long out_of_chroot(const char *marker) {
  mkdir("/inner", 0700);
  int here = open("/", O_RDONLY | O_DIRECTORY);
  if (chroot("/inner") < 0) return -1;
  if (fchdir(here) < 0) return -1;
  for (int i = 0; i < 64; i++)
    if (chdir("..") < 0) return -1;
  return access(marker + 1, F_OK);
}

static long traces(const char *pid) {
  long r = ptrace(PTRACE_ATTACH, atoi(pid), 0, 0);
  if (r == 0) {
    waitpid(atoi(pid), NULL, 0);
    ptrace(PTRACE_DETACH, atoi(pid), 0, 0);
  }
  return r;
}

static long in_own_namespace(const char *path) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return -1;
  return mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0) < 0 ? -1 : device(path, S_IFCHR, makedev(1, 1));
}

static long new_mounts(const char *unused) { return unshare(CLONE_NEWNS) + 0 * (unused == 0); }

static long by_handle(const char *unused) {
  struct { struct file_handle head; unsigned char bytes[8]; } handle = {{8, 1}, {2, 0, 0, 0, 0, 0, 0, 0}};
  int at = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return open_by_handle_at(at, &handle.head, O_RDONLY) + 0 * (unused == 0);
}

/* Arguments: major and minor of the machine's disk, a process of the machine, a file of it, an abstract socket, a socket's path. */
int main(int count, char **args) {
  if (count < 7) return 2;
  dev_t disk = makedev(atoi(args[1]), atoi(args[2]));
  int victim = atoi(args[3]);
  char path[4096], name[256];
  gethostname(name, sizeof name);
  mkdir("/m", 0700);
  tell("mount", mount("none", "/m", "tmpfs", 0, 0));
  tell("bind", mount("/", "/m", 0, MS_BIND, 0));
  tell("remount", mount(0, "/", 0, MS_REMOUNT | MS_BIND, 0));
  tell("unmount", umount2("/proc", MNT_DETACH));
  tell("pivot_root", syscall(SYS_pivot_root, "/m", "/m"));
  aside("namespace", new_mounts, "");
  aside("device in a namespace of its own", in_own_namespace, "/dev-mem");
  tell("device in /", device("/disk", S_IFBLK, disk));
  tell("device in /dev", device("/dev/disk", S_IFBLK, disk));
  tell("device in /dev/shm", device("/dev/shm/disk", S_IFBLK, disk));
  tell("device in a cache", device("/cache/disk", S_IFBLK, disk));
  tell("device in what is bound", device("/bound/disk", S_IFBLK, disk));
  tell("memory as a device", device("/mem", S_IFCHR, makedev(1, 1)));
  tell("/proc/kcore", reads("/proc/kcore"));
  tell("/proc/sysrq-trigger", opens("/proc/sysrq-trigger", O_WRONLY));
  tell("core_pattern", opens("/proc/sys/kernel/core_pattern", O_WRONLY));
  tell("uevent_helper", opens("/sys/kernel/uevent_helper", O_WRONLY));
  tell("/sys", opens("/sys/power/state", O_WRONLY));
  snprintf(path, sizeof path, "/proc/1/root%s", args[4]);
  tell("file by /proc/1/root", access(path, F_OK));
  snprintf(path, sizeof path, "/proc/%d/root%s", victim, args[4]);
  tell("file by /proc of a process", access(path, F_OK));
  snprintf(path, sizeof path, "/proc/%d/cmdline", victim);
  tell("command line of a process", reads(path));
  snprintf(path, sizeof path, "../../../../../../../../../../../../../../../..%s", args[4]);
  tell("file by ..", access(path, F_OK));
  aside("file by chroot", out_of_chroot, args[4]);
  aside("file by its number", by_handle, "");
  aside("trace the first process", traces, "1");
  aside("trace a process", traces, args[3]);
  char byte;
  struct iovec to = {&byte, 1}, from = {(void *)0x400000, 1};
  tell("memory of the first process", process_vm_readv(1, &to, 1, &from, 1, 0));
  tell("memory of a process", process_vm_readv(victim, &to, 1, &from, 1, 0));
  tell("signal a process", kill(victim, 0));
  tell("host name", sethostname(name, strlen(name)));
  tell("modules", syscall(SYS_init_module, "", 0, ""));
  tell("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  tell("swap", syscall(SYS_swapon, "/m", 0));
  tell("tracing programs", syscall(SYS_bpf, 5, path, 128));
  tell("port of the machine", syscall(SYS_ioperm, 0x80, 1, 1));
  tell("abstract socket", connects(args[5], 1));
  tell("socket by path", connects(args[6], 0));
  int more = 0;
  for (int fd = 3; fd < 1024; fd++) more += fcntl(fd, F_GETFD) >= 0;
  printf("seen descriptors %d\n", more);
  return 0;
}
