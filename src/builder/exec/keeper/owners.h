/*
 * Whom files belong to. An attribute says it, which goes along with the file (rename, hard links, being copied up in an overlay). What can
 * have no such attribute (links, pipes, other file systems) is in a table, and written to the log for whoever makes the layer.
 */
#define ATTRIBUTE "user.slipway.owner"
#define MAX_NOTED 65536

struct owner { u32 uid, gid; };

/* A record of the log: 32 bytes, little-endian. */
struct noted { u64 inode, device; u32 uid, gid; u64 born; };

static struct noted table[MAX_NOTED];
static u32 noted_count;
#define PLACES 131072
static u32 places[PLACES]; /* number in the table plus one, by inode */
static int log_descriptor = -1;

static int look(const char *path, int follow, struct statx *to) {
  return (int)sys(__NR_statx, AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, to);
}

static u64 device_of(const struct statx *s) { return (u64)s->stx_dev_major << 32 | s->stx_dev_minor; }
static u64 born_of(const struct statx *s) { return (u64)s->stx_btime.tv_sec * 1000000000ull + s->stx_btime.tv_nsec; }

/* Where it is, or would be. */
static u32 *place_of(const struct statx *s) {
  u64 born = born_of(s), device = device_of(s);
  u32 at = (u32)(s->stx_ino * 0x9e3779b97f4a7c15ull >> 40) % PLACES;
  for (;; at = (at + 1) % PLACES) {
    const struct noted *found = table + places[at] - 1;
    if (places[at] == 0 || (found->inode == s->stx_ino && found->device == device && found->born == born)) return places + at;
  }
}

static struct noted *find_noted(const struct statx *s) {
  u32 n = *place_of(s);
  return n == 0 ? 0 : table + n - 1;
}

/* 1 when the file has an owner of its own. */
static int owner_of(const char *path, int follow, struct owner *to) {
  long n = follow ? sys(__NR_getxattr, path, ATTRIBUTE, to, sizeof *to) : sys(__NR_lgetxattr, path, ATTRIBUTE, to, sizeof *to);
  if (n == sizeof *to) return 1;
  struct statx s;
  if (noted_count == 0 || look(path, follow, &s) < 0) return 0;
  const struct noted *found = find_noted(&s);
  if (!found) return 0;
  *to = (struct owner){found->uid, found->gid};
  return found->uid != 0 || found->gid != 0;
}

static long note_owner(const char *path, int follow, struct owner is) {
  struct statx s;
  if (look(path, follow, &s) < 0) return 0;
  struct noted *found = find_noted(&s);
  if (!found) {
    if (is.uid == 0 && is.gid == 0) return 0;
    if (noted_count == MAX_NOTED) return -EPERM_;
    found = table + noted_count++;
    *place_of(&s) = noted_count;
  }
  *found = (struct noted){s.stx_ino, device_of(&s), is.uid, is.gid, born_of(&s)};
  return sys(__NR_write, log_descriptor, found, sizeof *found) < 0 ? -EPERM_ : 0;
}

static long keep_owner(const char *path, int follow, struct owner is) {
  if (is.uid == 0 && is.gid == 0) {
    if (follow) sys(__NR_removexattr, path, ATTRIBUTE);
    else sys(__NR_lremovexattr, path, ATTRIBUTE);
    return noted_count == 0 ? 0 : note_owner(path, follow, is);
  }
  long r = follow ? sys(__NR_setxattr, path, ATTRIBUTE, &is, sizeof is, 0) : sys(__NR_lsetxattr, path, ATTRIBUTE, &is, sizeof is, 0);
  return r == 0 ? 0 : note_owner(path, follow, is);
}

/* What lower layers have: records of uid and gid, 4 bytes each, and a path that ends with NUL. */
static void know_owners(int descriptor) {
  static char text[65536];
  long have = 0, n;
  while ((n = sys(__NR_read, descriptor, text + have, sizeof text - (size)have)) > 0) {
    long at = 0;
    have += n;
    for (;;) {
      long end = at + 8;
      while (end < have && text[end]) end++;
      if (end >= have) break;
      struct owner is;
      struct statx s;
      memcpy(&is, text + at, sizeof is);
      if (look(text + at + 8, 0, &s) == 0 && noted_count < MAX_NOTED && !find_noted(&s)) {
        table[noted_count] = (struct noted){s.stx_ino, device_of(&s), is.uid, is.gid, born_of(&s)};
        u32 *place = place_of(&s);
        *place = ++noted_count;
      }
      at = end + 1;
    }
    for (long i = at; i < have; i++) text[i - at] = text[i];
    have -= at;
    if (have == sizeof text) return;
  }
}

/* The kernel makes it root's first: that brings the file up in an overlay and takes setuid bits away, as any change of owners does. */
static long change_owner(const struct ids *who, const char *path, int follow, u32 uid, u32 gid) {
  struct owner now = {0, 0};
  owner_of(path, follow, &now);
  if (who->euid != 0) {
    if (uid != NO_ID && (uid != now.uid || who->fsuid != now.uid)) return -EPERM_;
    if (gid != NO_ID && gid != now.gid && (who->fsuid != now.uid || !in_group(who, gid))) return -EPERM_;
  }
  long r = sys(__NR_fchownat, AT_FDCWD, path, uid == NO_ID ? -1 : 0, gid == NO_ID ? -1 : 0, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  if (r < 0 || (uid == NO_ID && gid == NO_ID)) return r;
  if (uid != NO_ID) now.uid = uid;
  if (gid != NO_ID) now.gid = gid;
  return keep_owner(path, follow, now);
}
