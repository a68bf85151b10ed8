/** Numbers of the system calls that generated programs make: x86-64 and arm64 (the generic table). */
export type Cpu = 'x64' | 'arm64'

export const systemCalls = {
  capset: { x64: 126, arm64: 91 },
  chdir: { x64: 80, arm64: 49 },
  clone: { x64: 56, arm64: 220 },
  close: { x64: 3, arm64: 57 },
  close_range: { x64: 436, arm64: 436 },
  connect: { x64: 42, arm64: 203 },
  dup3: { x64: 292, arm64: 24 },
  execve: { x64: 59, arm64: 221 },
  execveat: { x64: 322, arm64: 281 },
  exit_group: { x64: 231, arm64: 94 },
  fchdir: { x64: 81, arm64: 50 },
  fchmodat: { x64: 268, arm64: 53 },
  fchown: { x64: 93, arm64: 55 },
  fchownat: { x64: 260, arm64: 54 },
  fcntl: { x64: 72, arm64: 25 },
  ioctl: { x64: 16, arm64: 29 },
  kill: { x64: 62, arm64: 129 },
  lgetxattr: { x64: 192, arm64: 9 },
  llistxattr: { x64: 195, arm64: 12 },
  lsetxattr: { x64: 189, arm64: 6 },
  mkdirat: { x64: 258, arm64: 34 },
  mknodat: { x64: 259, arm64: 33 },
  mmap: { x64: 9, arm64: 222 },
  mount: { x64: 165, arm64: 40 },
  mount_setattr: { x64: 442, arm64: 442 },
  move_mount: { x64: 429, arm64: 429 },
  open_tree: { x64: 428, arm64: 428 },
  openat: { x64: 257, arm64: 56 },
  pivot_root: { x64: 155, arm64: 41 },
  ppoll: { x64: 271, arm64: 73 },
  prctl: { x64: 157, arm64: 167 },
  read: { x64: 0, arm64: 63 },
  recvfrom: { x64: 45, arm64: 207 },
  rt_sigaction: { x64: 13, arm64: 134 },
  sethostname: { x64: 170, arm64: 161 },
  setgroups: { x64: 116, arm64: 159 },
  setresgid: { x64: 119, arm64: 149 },
  setresuid: { x64: 117, arm64: 147 },
  setsid: { x64: 112, arm64: 157 },
  socket: { x64: 41, arm64: 198 },
  symlinkat: { x64: 266, arm64: 36 },
  umask: { x64: 95, arm64: 166 },
  umount2: { x64: 166, arm64: 39 },
  unshare: { x64: 272, arm64: 97 },
  utimensat: { x64: 280, arm64: 88 },
  wait4: { x64: 61, arm64: 260 },
  write: { x64: 1, arm64: 64 },
} as const satisfies Record<string, Record<Cpu, number>>

export type SystemCall = keyof typeof systemCalls

/** Error numbers, the same on both. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENOTDIR: 20,
  EINVAL: 22,
  ENOTTY: 25,
  ETXTBSY: 26,
  EROFS: 30,
  ENODATA: 61,
  EOPNOTSUPP: 95,
} as const satisfies Record<string, number>

export function errorName(number: number): string {
  return Object.entries(errno).find(([, value]) => value === number)?.[0] ?? `error ${number}`
}
