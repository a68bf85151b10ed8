/* What each call is answered. GO_ON leaves it to the kernel. */
#define GO_ON 1000000

static int listener;

static long put3(const struct asked *by, u32 a, u32 b, u32 c) {
  u32 values[3] = {a, b, c};
  for (int i = 0; i < 3; i++)
    if (!write_memory(by->pid, by->args[i], values + i, 4)) return -EFAULT_;
  return 0;
}

static long get_groups(const struct asked *by, const struct ids *who) {
  int room = (int)by->args[0];
  if (room == 0) return (long)who->count;
  if (room < 0 || (u32)room < who->count) return -EINVAL_;
  return who->count == 0 || write_memory(by->pid, by->args[1], who->groups, 4 * who->count) ? (long)who->count : -EFAULT_;
}

static long set_groups(const struct asked *by, struct ids who) {
  u64 count = (u32)by->args[0];
  if (!is_able(&who)) return -EPERM_;
  if (count > MAX_GROUPS) return -EINVAL_;
  memset(who.groups, 0, sizeof who.groups);
  if (count > 0 && !read_memory(by->pid, by->args[1], who.groups, 4 * count)) return -EFAULT_;
  who.count = (u32)count;
  sort_groups(&who);
  return become(by->pid, &who);
}

static long set_fs(const struct asked *by, struct ids who, int group) {
  u32 wanted = (u32)by->args[0], before = group ? who.fsgid : who.fsuid;
  if (group) {
    if (may(wanted, is_able(&who), who.gid, who.egid, who.sgid) && wanted != NO_ID) who.fsgid = wanted;
  } else if (may(wanted, is_able(&who), who.uid, who.euid, who.suid) && wanted != NO_ID) who.fsuid = wanted;
  become(by->pid, &who);
  return (long)before;
}

/* Ids that the caller has not set follow the rules of setreuid: the saved one becomes the effective one. */
static long set_real(const struct asked *by, const struct ids *who, int group) {
  u32 r = (u32)by->args[0], e = (u32)by->args[1];
  u32 real = group ? who->gid : who->uid, effective = group ? who->egid : who->euid;
  u32 s = r != NO_ID || (e != NO_ID && e != real) ? (e != NO_ID ? e : effective) : NO_ID;
  return group ? set_gids(by->pid, *who, r, e, s) : set_uids(by->pid, *who, r, e, s);
}

static long set_one(const struct asked *by, const struct ids *who, int group) {
  u32 wanted = (u32)by->args[0];
  if (wanted == NO_ID) return -EINVAL_;
  u32 all = is_able(who) ? wanted : NO_ID;
  return group ? set_gids(by->pid, *who, all, wanted, all) : set_uids(by->pid, *who, all, wanted, all);
}

static long chown_path(const struct asked *by, const struct ids *who, int folder, u64 path, int flags, int first) {
  char to[PATH_ROOM];
  int r = reach(by, folder, path, to);
  if (r < 0) return r;
  if (r == 1 && !(flags & AT_EMPTY_PATH)) return -ENOENT_;
  int follow = r == 1 || !(flags & AT_SYMLINK_NOFOLLOW);
  return change_owner(who, to, follow, (u32)by->args[first], (u32)by->args[first + 1]);
}

static long chown_descriptor(const struct asked *by, const struct ids *who) {
  char to[PATH_ROOM];
  if (reach_descriptor(by, (int)by->args[0], to) < 0) return -EINVAL_;
  return change_owner(who, to, 1, (u32)by->args[1], (u32)by->args[2]);
}

/* Only what has an owner of its own is told by us; the kernel tells the rest, errors included. */
static long tell_stat(const struct asked *by, const char *path, int follow, u64 to) {
  struct owner is;
  struct stat s;
  if (!owner_of(path, follow, &is)) return GO_ON;
  if (sys(__NR_newfstatat, AT_FDCWD, path, &s, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) return GO_ON;
  s.st_uid = is.uid;
  s.st_gid = is.gid;
  return write_memory(by->pid, to, &s, sizeof s) ? 0 : -EFAULT_;
}

static long stat_path(const struct asked *by, int folder, u64 path, int flags, u64 to) {
  char file[PATH_ROOM];
  int r = reach(by, folder, path, file);
  if (r < 0 || (r == 1 && !(flags & AT_EMPTY_PATH))) return GO_ON;
  return tell_stat(by, file, r == 1 || !(flags & AT_SYMLINK_NOFOLLOW), to);
}

static long stat_descriptor(const struct asked *by) {
  char file[PATH_ROOM];
  return reach_descriptor(by, (int)by->args[0], file) < 0 ? GO_ON : tell_stat(by, file, 1, by->args[1]);
}

static long tell_statx(const struct asked *by) {
  char file[PATH_ROOM];
  int flags = (int)by->args[2];
  int r = by->args[1] == 0 ? reach_descriptor(by, (int)by->args[0], file) == 0 ? 1 : -1 : reach(by, (int)by->args[0], by->args[1], file);
  if (r < 0 || (r == 1 && !(flags & AT_EMPTY_PATH))) return GO_ON;
  int follow = r == 1 || !(flags & AT_SYMLINK_NOFOLLOW);
  struct owner is;
  struct statx s;
  if (!owner_of(file, follow, &is)) return GO_ON;
  if (sys(__NR_statx, AT_FDCWD, file, (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) | (follow ? 0 : AT_SYMLINK_NOFOLLOW), by->args[3], &s) < 0) return GO_ON;
  s.stx_uid = is.uid;
  s.stx_gid = is.gid;
  return write_memory(by->pid, by->args[4], &s, sizeof s) ? 0 : -EFAULT_;
}

/* In a folder with the setgid bit a new file gets the folder's group. */
static struct owner new_owner(const struct ids *who, const char *path) {
  struct owner is = {who->fsuid, who->fsgid}, of;
  char folder[PATH_ROOM];
  int end = append(folder, 0, PATH_ROOM, path);
  while (end > 1 && folder[end - 1] == '/') end--;
  while (end > 0 && folder[end] != '/') end--;
  folder[end > 0 ? end : 1] = 0;
  struct statx s;
  if (look(folder, 1, &s) == 0 && s.stx_mode & 02000) is.gid = owner_of(folder, 1, &of) ? of.gid : 0;
  return is;
}

/* What root makes is root's without our doing. */
static int is_roots(struct owner is) { return is.uid == 0 && is.gid == 0; }

static long open_new(const struct asked *by, u64 id, const struct ids *who, int folder, u64 path, int flags, u32 mode) {
  char file[PATH_ROOM];
  struct statx s;
  if (!(flags & O_CREAT) || reach(by, folder, path, file) != 0) return GO_ON;
  struct owner is = new_owner(who, file);
  /* What is there already, a link to nowhere included, is opened by the kernel. */
  if (is_roots(is) || look(file, 0, &s) == 0) return GO_ON;
  long fd = sys(__NR_openat, AT_FDCWD, file, flags | O_CREAT | O_EXCL | O_CLOEXEC, mode & 07777 & ~mask_of(by->pid));
  if (fd == -EEXIST_ && !(flags & O_EXCL)) return GO_ON;
  if (fd < 0) return fd;
  keep_owner(file, 0, is);
  struct seccomp_notif_addfd add = {id, SECCOMP_ADDFD_FLAG_SEND, (u32)fd, 0, flags & O_CLOEXEC};
  long r = sys(__NR_ioctl, listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
  sys(__NR_close, fd);
  return r < 0 ? r : GO_ON + 1; /* answered */
}

static long make_folder(const struct asked *by, const struct ids *who, int folder, u64 path, u32 mode) {
  char file[PATH_ROOM];
  if (reach(by, folder, path, file) != 0) return GO_ON;
  struct owner is = new_owner(who, file);
  if (is_roots(is)) return GO_ON;
  long r = sys(__NR_mkdirat, AT_FDCWD, file, mode & 07777 & ~mask_of(by->pid));
  return r < 0 ? r : keep_owner(file, 0, is);
}

static long make_link(const struct asked *by, const struct ids *who, u64 target, int folder, u64 path) {
  char file[PATH_ROOM], text[4096];
  if (reach(by, folder, path, file) != 0) return GO_ON;
  struct owner is = new_owner(who, file);
  if (is_roots(is) || read_text(by->pid, target, text, sizeof text) < 0) return GO_ON;
  long r = sys(__NR_symlinkat, text, AT_FDCWD, file);
  return r < 0 ? r : keep_owner(file, 0, is);
}

static long make_node(const struct asked *by, const struct ids *who, int folder, u64 path, u32 mode, u64 device) {
  char file[PATH_ROOM];
  if (reach(by, folder, path, file) != 0) return GO_ON;
  struct owner is = new_owner(who, file);
  if (is_roots(is)) return GO_ON;
  u32 rights = mode & 07777 & ~mask_of(by->pid);
  long r = sys(__NR_mknodat, AT_FDCWD, file, (mode & ~07777u) | rights, device);
  return r < 0 ? r : keep_owner(file, 0, is);
}

/* Before the kernel does it: setuid and setgid bits count for whom the file belongs to. */
static long about_to_execute(const struct asked *by, const struct ids *who, int folder, u64 path) {
  char file[PATH_ROOM];
  struct statx s;
  struct ids next = *who;
  next.keep = next.able = 0;
  if (who->fsuid == 0 && who->fsgid == 0 && who->uid == 0 && who->suid == 0) {
    if (who->keep) become(by->pid, &next);
    return GO_ON;
  }
  if (reach(by, folder, path, file) < 0 || look(file, 1, &s) < 0 || (s.stx_mode & 0170000) != 0100000) return GO_ON;
  struct owner is = {0, 0};
  owner_of(file, 1, &is);
  if (s.stx_mode & 04000) next.euid = is.uid;
  if ((s.stx_mode & 02010) == 02010) next.egid = is.gid;
  next.suid = next.fsuid = next.euid;
  next.sgid = next.fsgid = next.egid;
  become(by->pid, &next);
  return GO_ON;
}

static long keep_rights_of(const struct asked *by, struct ids who) {
  who.keep = by->args[1] == 1;
  become(by->pid, &who);
  return GO_ON;
}
