/*
 * Who a process believes to be. The kernel keeps it for us: the soft limit RLIMIT_LOCKS, which has no effect since Linux 2.6, goes along with fork and
 * execve and belongs to all threads of a process. It holds the number of an entry of this table; "no limit" is root.
 */
#define NO_ID 0xffffffffu
#define MAX_GROUPS 64
#define MAX_IDS 4096
#define LIMIT_BASE 0x51ab0000ull

struct ids {
  u32 uid, euid, suid, fsuid;
  u32 gid, egid, sgid, fsgid;
  u32 keep, able; /* PR_SET_KEEPCAPS, and what it has kept: the right to become somebody else */
  u32 count;
  u32 groups[MAX_GROUPS];
};

struct limit { u64 soft, hard; };

static struct ids known[MAX_IDS];
static u32 known_count = 1; /* the first is root: all zero */

static struct ids *ids_of(u32 pid) {
  struct limit now;
  if (sys(__NR_prlimit64, pid, RLIMIT_LOCKS, 0, &now) < 0) return known;
  u64 n = now.soft - LIMIT_BASE;
  return now.soft >= LIMIT_BASE && n < known_count ? known + n : known;
}

static int same_ids(const struct ids *a, const struct ids *b) {
  const u8 *p = (const u8 *)a, *q = (const u8 *)b;
  for (size i = 0; i < sizeof *a; i++)
    if (p[i] != q[i]) return 0;
  return 1;
}

/* A table that is full, or a limit that cannot be set, is an error that the process sees. */
static long become(u32 pid, const struct ids *wanted) {
  u32 n = 0;
  while (n < known_count && !same_ids(known + n, wanted)) n++;
  if (n == MAX_IDS) return -EPERM_;
  if (n == known_count) known[known_count++] = *wanted;
  struct limit now;
  long r = sys(__NR_prlimit64, pid, RLIMIT_LOCKS, 0, &now);
  if (r < 0) return r;
  now.soft = n == 0 ? now.hard : LIMIT_BASE + n;
  return sys(__NR_prlimit64, pid, RLIMIT_LOCKS, &now, 0);
}

/* As the kernel keeps them. */
static void sort_groups(struct ids *who) {
  for (u32 i = 1; i < who->count; i++) {
    u32 group = who->groups[i], at = i;
    for (; at > 0 && who->groups[at - 1] > group; at--) who->groups[at] = who->groups[at - 1];
    who->groups[at] = group;
  }
}

static int may(u32 wanted, int privileged, u32 a, u32 b, u32 c) {
  return wanted == NO_ID || privileged || wanted == a || wanted == b || wanted == c;
}

static int is_able(const struct ids *who) { return who->euid == 0 || who->able; }

static long set_uids(u32 pid, struct ids now, u32 r, u32 e, u32 s) {
  int root = is_able(&now);
  if (!may(r, root, now.uid, now.euid, now.suid) || !may(e, root, now.uid, now.euid, now.suid) || !may(s, root, now.uid, now.euid, now.suid)) return -EPERM_;
  if (r != NO_ID) now.uid = r;
  if (e != NO_ID) now.euid = now.fsuid = e;
  if (s != NO_ID) now.suid = s;
  if (now.uid != 0 && now.euid != 0 && now.suid != 0) now.able = now.keep;
  return become(pid, &now);
}

static long set_gids(u32 pid, struct ids now, u32 r, u32 e, u32 s) {
  int root = is_able(&now);
  if (!may(r, root, now.gid, now.egid, now.sgid) || !may(e, root, now.gid, now.egid, now.sgid) || !may(s, root, now.gid, now.egid, now.sgid)) return -EPERM_;
  if (r != NO_ID) now.gid = r;
  if (e != NO_ID) now.egid = now.fsgid = e;
  if (s != NO_ID) now.sgid = s;
  return become(pid, &now);
}

static int in_group(const struct ids *who, u32 gid) {
  if (who->egid == gid || who->fsgid == gid) return 1;
  for (u32 i = 0; i < who->count; i++)
    if (who->groups[i] == gid) return 1;
  return 0;
}
