/** What root may do inside a RUN: Docker's default set, as bits by capability number. */
const kept = [
  0, // chown
  1, // dac_override
  3, // fowner
  4, // fsetid
  5, // kill
  6, // setgid
  7, // setuid
  8, // setpcap
  10, // net_bind_service
  13, // net_raw
  18, // sys_chroot
  27, // mknod
  29, // audit_write
  31, // setfcap
]

/** More than any kernel has; dropping one that does not exist is EINVAL and no harm. */
const highest = 63

export const droppedCapabilities: readonly number[] = Array.from({ length: highest + 1 }, (_, n) => n).filter((n) => !kept.includes(n))

/** struct __user_cap_header_struct, version 3, this process. */
export const capabilityHeader = Buffer.from([0x22, 0x05, 0x08, 0x20, 0, 0, 0, 0])

/** The same as one number of 64 bits. */
export const capabilityMask = kept.reduce((all, n) => all | (1n << BigInt(n)), 0n)

/** Two triples of effective, permitted and inheritable: bits 0 to 31, then 32 to 63. */
export const capabilityData = Buffer.alloc(24)
const bits = kept.reduce((all, n) => all | (1 << n), 0) >>> 0
capabilityData.writeUInt32LE(bits, 0)
capabilityData.writeUInt32LE(bits, 4)
