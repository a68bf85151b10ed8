/* Which calls come to us, and who answers them. */
static const u16_ calls[] = {
    __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setresuid, __NR_setresgid, __NR_setfsuid, __NR_setfsgid, __NR_setgroups,
    __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_getresuid, __NR_getresgid, __NR_getgroups,
    __NR_fchown, __NR_fchownat, __NR_fstat, __NR_newfstatat, __NR_statx, __NR_mkdirat, __NR_symlinkat, __NR_mknodat, __NR_execve, __NR_execveat,
#if defined(__x86_64__)
    __NR_chown, __NR_lchown, __NR_stat, __NR_lstat, __NR_creat, __NR_mkdir, __NR_symlink, __NR_mknod,
#endif
};

static long answer(const struct asked *by, u64 id) {
  const __u64 *a = by->args;
  struct ids *who = ids_of(by->pid);
  switch (by->call) {
  case __NR_setuid: return set_one(by, who, 0);
  case __NR_setgid: return set_one(by, who, 1);
  case __NR_setreuid: return set_real(by, who, 0);
  case __NR_setregid: return set_real(by, who, 1);
  case __NR_setresuid: return set_uids(by->pid, *who, (u32)a[0], (u32)a[1], (u32)a[2]);
  case __NR_setresgid: return set_gids(by->pid, *who, (u32)a[0], (u32)a[1], (u32)a[2]);
  case __NR_setfsuid: return set_fs(by, *who, 0);
  case __NR_setfsgid: return set_fs(by, *who, 1);
  case __NR_setgroups: return set_groups(by, *who);
  case __NR_getuid: return (long)who->uid;
  case __NR_geteuid: return (long)who->euid;
  case __NR_getgid: return (long)who->gid;
  case __NR_getegid: return (long)who->egid;
  case __NR_getresuid: return put3(by, who->uid, who->euid, who->suid);
  case __NR_getresgid: return put3(by, who->gid, who->egid, who->sgid);
  case __NR_getgroups: return get_groups(by, who);
  case __NR_fchown: return chown_descriptor(by, who);
  case __NR_fchownat: return chown_path(by, who, (int)a[0], a[1], (int)a[4], 2);
  case __NR_fstat: return stat_descriptor(by);
  case __NR_newfstatat: return stat_path(by, (int)a[0], a[1], (int)a[3], a[2]);
  case __NR_statx: return tell_statx(by);
  case __NR_mkdirat: return make_folder(by, who, (int)a[0], a[1], (u32)a[2]);
  case __NR_symlinkat: return make_link(by, who, a[0], (int)a[1], a[2]);
  case __NR_mknodat: return make_node(by, who, (int)a[0], a[1], (u32)a[2], a[3]);
  case __NR_openat: return open_new(by, id, who, (int)a[0], a[1], (int)a[2], (u32)a[3]);
  case __NR_prctl: return keep_rights_of(by, *who);
  case __NR_execve: return about_to_execute(by, who, AT_FDCWD, a[0]);
  case __NR_execveat: return about_to_execute(by, who, (int)a[0], a[1]);
#if defined(__x86_64__)
  case __NR_chown: return chown_path(by, who, AT_FDCWD, a[0], 0, 1);
  case __NR_lchown: return chown_path(by, who, AT_FDCWD, a[0], AT_SYMLINK_NOFOLLOW, 1);
  case __NR_stat: return stat_path(by, AT_FDCWD, a[0], 0, a[1]);
  case __NR_lstat: return stat_path(by, AT_FDCWD, a[0], AT_SYMLINK_NOFOLLOW, a[1]);
  case __NR_open: return open_new(by, id, who, AT_FDCWD, a[0], (int)a[1], (u32)a[2]);
  case __NR_creat: return open_new(by, id, who, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, (u32)a[1]);
  case __NR_mkdir: return make_folder(by, who, AT_FDCWD, a[0], (u32)a[1]);
  case __NR_symlink: return make_link(by, who, a[0], AT_FDCWD, a[1]);
  case __NR_mknod: return make_node(by, who, AT_FDCWD, a[0], (u32)a[1], a[2]);
#endif
  default: return GO_ON;
  }
}
