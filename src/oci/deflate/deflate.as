/**
 * Deflate for layers, in AssemblyScript: one piece of up to 1 MiB at a time, with up to 32 KiB before it as dictionary, to blocks that
 * end on a byte border and are none of them the last, so that pieces can be joined. Memory is laid out by hand; nothing is ever freed.
 */

const window: u32 = 32768
const tables: usize = 0x10000
/** Fast: two positions of 16 bits for each hash. Chains: heads, then what was at each position's hash before it. */
const heads: usize = tables
const previous: usize = tables + 0x10000
const heads3: usize = tables + 0x20000
const sequences: usize = 0x40000
const sequencesEnd: usize = 0xc0000
const literalFrequency: usize = 0xc0000
const offsetFrequency: usize = literalFrequency + 4 * 288
const precodeFrequency: usize = offsetFrequency + 4 * 32
const literalLengths: usize = 0xc1000
const offsetLengths: usize = literalLengths + 288
const precodeLengths: usize = offsetLengths + 32
/** Code in the low 16 bits, its length above. */
const literalCodes: usize = 0xc2000
const offsetCodes: usize = 0xc3000
const precodeCodes: usize = 0xc3100
/** For each length of a match: code and extra bits in the low 24, how many bits above. */
const matchCodes: usize = 0xc4000
const sorted: usize = 0xc5000
const weights: usize = 0xc6000
const runs: usize = 0xc7000
const staticLengths: usize = 0xc8000
const lengthSlots: usize = 0xc9000
export const input: usize = 0x110000
export const output: usize = 0x220000

let bits: u64 = 0
let count: u32 = 0
let out: usize = 0

@inline function flush(): void {
  store<u64>(out, bits)
  out += count >>> 3
  bits >>= count & ~7
  count &= 7
}

@inline function put(value: u32, length: u32): void {
  bits |= (value as u64) << count
  count += length
}

@inline function hash4(value: u32): u32 {
  return (value * 0x9e3779b1) >>> 17
}

@inline function hash3(value: u32): u32 {
  return ((value << 8) * 0x9e3779b1) >>> 19
}

@inline function commonLength(a: usize, b: usize, from: u32, most: u32): u32 {
  let n = from
  while (n < most) {
    const x = load<u64>(a + n) ^ load<u64>(b + n)
    if (x != 0) {
      n += (ctz(x) as u32) >>> 3
      return n < most ? n : most
    }
    n += 8
  }
  return most
}

@inline function offsetSlot(x: u32): u32 {
  if (x < 2) return x
  const n = 31 - clz(x)
  return 2 * n + ((x >>> (n - 1)) & 1)
}

@inline function note(at: usize, literals: usize, length: u32, distance: u32): void {
  store<u64>(at, ((literals as u64) << 32) | ((length << 16) as u64) | ((distance - 1) as u64))
}

/** Fills in what never changes. */
export function begin(): void {
  for (let i: u32 = 0; i < 288; i++) store<u8>(staticLengths + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)
  for (let i: u32 = 0; i < 32; i++) store<u8>(staticLengths + 288 + i, 5)
  // Slot of each length, with its base and extra bits worked out once.
  for (let length: u32 = 3; length <= 258; length++) {
    let slot: u32 = 0
    if (length == 258) slot = 28
    else if (length < 11) slot = length - 3
    else {
      const x = length - 3
      const n = 31 - clz(x)
      slot = 4 * (n - 1) + ((x >>> (n - 2)) & 3)
    }
    store<u8>(lengthSlots + length, slot as u8)
  }
}

@inline function lengthExtraBits(slot: u32): u32 {
  return slot < 8 || slot == 28 ? 0 : (slot >>> 2) - 1
}

/**
 * `size` bytes at `input`, after `before` bytes of dictionary; how many bytes are at `output` then. `effort` 1 looks at two earlier places,
 * 2 at eight, 3 at eight, and at the next byte's places before it decides.
 */
export function deflate(before: u32, size: u32, effort: u32): u32 {
  bits = 0
  count = 0
  out = output
  const from = input
  const end = input + size
  const base = input - before
  if (effort == 1) fast(base, from, end)
  else if (effort == 2) chains(base, from, end, 8, 32, 0)
  else chains(base, from, end, 8, 48, 16)
  // An empty stored block brings the end to a byte border.
  put(0, 3)
  flush()
  if (count > 0) {
    out++
    bits = 0
    count = 0
  }
  store<u32>(out, 0xffff0000)
  return (out + 4 - output) as u32
}

function fast(base: usize, from: usize, end: usize): void {
  memory.fill(tables, 0, 0x20000)
  for (let p = base; p + 4 <= from; p++) {
    const slot = tables + (hash4(load<u32>(p)) << 2)
    store<u32>(slot, (load<u32>(slot) << 16) | ((p as u32) & 0xffff))
  }
  let ip = from
  while (ip < end) {
    const block = ip
    let literals = ip
    let seq = sequences
    let stop = ip + fastBlock
    if (stop > end || end - stop < fastBlock / 4) stop = end
    const lastSearch = end - 4
    const full = sequences + fastSequences * 8
    let misses: u32 = 0
    while (ip < stop && seq < full) {
      if (ip > lastSearch) {
        ip = end
        break
      }
      const v = load<u32>(ip)
      const slot = tables + (hash4(v) << 2)
      const entry = load<u32>(slot)
      store<u32>(slot, (entry << 16) | ((ip as u32) & 0xffff))
      const d1 = ((ip as u32) - entry) & 0xffff
      const d2 = ((ip as u32) - (entry >>> 16)) & 0xffff
      let length: u32 = 0
      let distance: u32 = 0
      const most = min<u32>(258, (end - ip) as u32)
      if (d1 - 1 < window && ip - d1 >= base && load<u32>(ip - d1) == v) {
        length = commonLength(ip, ip - d1, 4, most)
        distance = d1
        if (length < 32 && d2 - 1 < window && ip - d2 >= base && load<u32>(ip - d2) == v && load<u32>(ip - d2 + length - 3) == load<u32>(ip + length - 3)) {
          const other = commonLength(ip, ip - d2, 4, most)
          if (other > length) {
            length = other
            distance = d2
          }
        }
      } else if (d2 - 1 < window && ip - d2 >= base && load<u32>(ip - d2) == v) {
        length = commonLength(ip, ip - d2, 4, most)
        distance = d2
      }
      if (length == 0) {
        // Where nothing repeats, look ever more seldom.
        ip += 1 + (misses++ >>> 5)
        continue
      }
      misses = 0
      note(seq, ip - literals, length, distance)
      seq += 8
      const next = ip + length
      const till = min<usize>(next, lastSearch)
      // Of a long match, the end is enough to be found again.
      if (length > 32) ip = next - 8
      for (ip++; ip < till; ip++) {
        const h = tables + (hash4(load<u32>(ip)) << 2)
        store<u32>(h, (load<u32>(h) << 16) | ((ip as u32) & 0xffff))
      }
      ip = next
      literals = next
    }
    if (ip > end) ip = end
    writeBlock(block, ip, literals, seq)
  }
}

/** Short blocks: what lies in a layer changes its kind often, and each block gets codes of its own. */
const fastBlock: usize = 32768
const fastSequences: usize = 8192
const chainBlock: usize = 32768
const chainSequences: usize = 16384

@inline function insert(ip: usize): u32 {
  const v = load<u32>(ip)
  const head = heads + (hash4(v) << 1)
  const known = load<u16>(head) as u32
  store<u16>(head, ip as u16)
  store<u16>(previous + (((ip as u32) & (window - 1)) << 1), known as u16)
  store<u16>(heads3 + (hash3(v) << 1), ip as u16)
  return known
}

let foundDistance: u32 = 0

/** The longest match at `ip`, longer than `least`; 0 = none. Enters `ip` into the tables. */
@inline function search(ip: usize, base: usize, end: usize, depth: u32, nice: u32, least: u32): u32 {
  const v = load<u32>(ip)
  const at3 = heads3 + (hash3(v) << 1)
  const d3 = ((ip as u32) - (load<u16>(at3) as u32)) & 0xffff
  let candidate = insert(ip)
  const most = min<u32>(258, (end - ip) as u32)
  let best = least
  let last: u32 = 0
  if (best < 3 && d3 - 1 < 4096 && ip - d3 >= base && ((load<u32>(ip - d3) ^ v) << 8) == 0) {
    best = 3
    foundDistance = d3
  }
  for (let left = depth; left > 0; left--) {
    const d = ((ip as u32) - candidate) & 0xffff
    if (d <= last || d > window || ip - d < base) break
    last = d
    const other = ip - d
    if (load<u32>(other) == v && (best < 4 || load<u32>(other + best - 3) == load<u32>(ip + best - 3))) {
      const length = commonLength(ip, other, 4, most)
      if (length > best) {
        best = length
        foundDistance = d
        if (length >= nice) break
      }
    }
    candidate = load<u16>(previous + ((candidate & (window - 1)) << 1)) as u32
  }
  return best > least ? best : 0
}

function chains(base: usize, from: usize, end: usize, depth: u32, nice: u32, lazy: u32): void {
  memory.fill(tables, 0, 0x20000 + 0x4000)
  for (let p = base; p + 4 <= from; p++) insert(p)
  let ip = from
  const lastSearch = end - 4
  while (ip < end) {
    const block = ip
    let literals = ip
    let seq = sequences
    let stop = ip + chainBlock
    if (stop > end || end - stop < chainBlock / 4) stop = end
    const full = sequences + chainSequences * 8
    let misses: u32 = 0
    while (ip < stop && seq < full) {
      if (ip > lastSearch) {
        ip = end
        break
      }
      let length = search(ip, base, end, depth, nice, 0)
      if (length == 0) {
        ip += 1 + (misses++ >>> 8)
        continue
      }
      misses = 0
      let distance = foundDistance
      while (length < lazy && ip < lastSearch) {
        const better = search(ip + 1, base, end, depth >>> 1, nice, length)
        if (better == 0) {
          // The next position is in the tables already.
          break
        }
        ip++
        length = better
        distance = foundDistance
      }
      note(seq, ip - literals, length, distance)
      seq += 8
      const next = ip + length
      const till = min<usize>(next, lastSearch)
      ip += lazy > 0 && length < lazy ? 2 : 1
      if (length > 64) ip = next - 16
      for (; ip < till; ip++) insert(ip)
      ip = next
      literals = next
    }
    if (ip > end) ip = end
    writeBlock(block, ip, literals, seq)
  }
}

function writeBlock(from: usize, to: usize, literals: usize, seqEnd: usize): void {
  memory.fill(literalFrequency, 0, 4 * (288 + 32 + 19))
  let ip = from
  for (let seq = sequences; seq < seqEnd; seq += 8) {
    const s = load<u64>(seq)
    const till = ip + ((s >>> 32) as usize)
    for (; ip < till; ip++) count1(literalFrequency + ((load<u8>(ip) as usize) << 2))
    const length = ((s >>> 16) as u32) & 0xffff
    count1(literalFrequency + ((257 + (load<u8>(lengthSlots + length) as usize)) << 2))
    count1(offsetFrequency + ((offsetSlot((s as u32) & 0xffff) as usize) << 2))
    ip += length
  }
  for (; ip < to; ip++) count1(literalFrequency + ((load<u8>(ip) as usize) << 2))
  store<u32>(literalFrequency + 256 * 4, 1)
  lengthsFor(literalFrequency, 286, 15, literalLengths)
  lengthsFor(offsetFrequency, 30, 15, offsetLengths)
  let literalCount: u32 = 286
  while (literalCount > 257 && load<u8>(literalLengths + literalCount - 1) == 0) literalCount--
  let offsetCount: u32 = 30
  while (offsetCount > 1 && load<u8>(offsetLengths + offsetCount - 1) == 0) offsetCount--
  const runCount = describeLengths(literalCount, offsetCount)
  lengthsFor(precodeFrequency, 19, 7, precodeLengths)
  let precodeCount: u32 = 19
  while (precodeCount > 4 && load<u8>(precodeLengths + precodeOrder(precodeCount - 1)) == 0) precodeCount--
  let extra: u32 = 0
  for (let slot: u32 = 8; slot < 28; slot++) extra += load<u32>(literalFrequency + ((257 + slot) << 2)) * lengthExtraBits(slot)
  for (let slot: u32 = 4; slot < 30; slot++) extra += load<u32>(offsetFrequency + (slot << 2)) * ((slot >>> 1) - 1)
  let dynamic: u32 = 17 + 3 * precodeCount + extra
  let fixed: u32 = 3 + extra
  for (let i: u32 = 0; i < 19; i++) {
    const f = load<u32>(precodeFrequency + (i << 2))
    dynamic += f * ((load<u8>(precodeLengths + i) as u32) + (i == 16 ? 2 : i == 17 ? 3 : i == 18 ? 7 : 0))
  }
  for (let i: u32 = 0; i < 286; i++) {
    const f = load<u32>(literalFrequency + (i << 2))
    dynamic += f * (load<u8>(literalLengths + i) as u32)
    fixed += f * (load<u8>(staticLengths + i) as u32)
  }
  for (let i: u32 = 0; i < 30; i++) {
    const f = load<u32>(offsetFrequency + (i << 2))
    dynamic += f * (load<u8>(offsetLengths + i) as u32)
    fixed += f * 5
  }
  const bytes = (to - from) as u32
  const stored: u32 = 8 * (bytes + 5 * ((bytes + 65534) / 65535)) + 10
  if (stored <= dynamic && stored <= fixed) return writeStored(from, to)
  if (fixed <= dynamic) {
    put(0b010, 3)
    codesFor(staticLengths, 288, literalCodes)
    codesFor(staticLengths + 288, 30, offsetCodes)
  } else {
    put(0b100, 3)
    codesFor(precodeLengths, 19, precodeCodes)
    put(literalCount - 257, 5)
    put(offsetCount - 1, 5)
    put(precodeCount - 4, 4)
    flush()
    for (let i: u32 = 0; i < precodeCount; i++) {
      put(load<u8>(precodeLengths + precodeOrder(i)), 3)
      flush()
    }
    for (let i: u32 = 0; i < runCount; i++) {
      const run = load<u16>(runs + (i << 1)) as u32
      const code = load<u32>(precodeCodes + ((run & 31) << 2))
      put(code & 0xffff, code >>> 16)
      const symbol = run & 31
      if (symbol >= 16) put(run >>> 5, symbol == 16 ? 2 : symbol == 17 ? 3 : 7)
      flush()
    }
    codesFor(literalLengths, 286, literalCodes)
    codesFor(offsetLengths, 30, offsetCodes)
  }
  flush()
  writeSymbols(from, to, seqEnd)
}

@inline function count1(at: usize): void {
  store<u32>(at, load<u32>(at) + 1)
}

function writeSymbols(from: usize, to: usize, seqEnd: usize): void {
  for (let length: u32 = 3; length <= 258; length++) {
    const slot = load<u8>(lengthSlots + length) as u32
    const extra = lengthExtraBits(slot)
    const code = load<u32>(literalCodes + ((257 + slot) << 2))
    const bits = code >>> 16
    const rest = slot < 8 || slot == 28 ? 0 : (length - 3) & ((1 << extra) - 1)
    store<u32>(matchCodes + (length << 2), (code & 0xffff) | (rest << bits) | ((bits + extra) << 24))
  }
  let b = bits
  let n = count
  let o = out
  let ip = from
  let seq = sequences
  for (;;) {
    const s = seq < seqEnd ? load<u64>(seq) : ((to - ip) as u64) << 32
    const till = ip + ((s >>> 32) as usize)
    while (ip + 3 <= till) {
      const c1 = load<u32>(literalCodes + ((load<u8>(ip) as usize) << 2))
      const c2 = load<u32>(literalCodes + ((load<u8>(ip, 1) as usize) << 2))
      const c3 = load<u32>(literalCodes + ((load<u8>(ip, 2) as usize) << 2))
      b |= ((c1 & 0xffff) as u64) << n
      n += c1 >>> 16
      b |= ((c2 & 0xffff) as u64) << n
      n += c2 >>> 16
      b |= ((c3 & 0xffff) as u64) << n
      n += c3 >>> 16
      store<u64>(o, b)
      o += n >>> 3
      b >>= n & ~7
      n &= 7
      ip += 3
    }
    while (ip < till) {
      const c = load<u32>(literalCodes + ((load<u8>(ip++) as usize) << 2))
      b |= ((c & 0xffff) as u64) << n
      n += c >>> 16
    }
    if (seq >= seqEnd) break
    store<u64>(o, b)
    o += n >>> 3
    b >>= n & ~7
    n &= 7
    seq += 8
    const length = ((s >>> 16) as u32) & 0xffff
    const x = (s as u32) & 0xffff
    const m = load<u32>(matchCodes + (length << 2))
    b |= ((m & 0xffffff) as u64) << n
    n += m >>> 24
    const slot = offsetSlot(x)
    const c = load<u32>(offsetCodes + (slot << 2))
    b |= ((c & 0xffff) as u64) << n
    n += c >>> 16
    if (slot >= 4) {
      const extra = (slot >>> 1) - 1
      b |= ((x & ((1 << extra) - 1)) as u64) << n
      n += extra
    }
    store<u64>(o, b)
    o += n >>> 3
    b >>= n & ~7
    n &= 7
    ip += length
  }
  const last = load<u32>(literalCodes + 256 * 4)
  b |= ((last & 0xffff) as u64) << n
  n += last >>> 16
  bits = b
  count = n
  out = o
  flush()
}

function writeStored(from: usize, to: usize): void {
  for (let at = from; at < to; ) {
    const size = min<usize>(65535, to - at)
    put(0, 3)
    flush()
    if (count > 0) {
      out++
      bits = 0
      count = 0
    }
    store<u16>(out, size as u16)
    store<u16>(out + 2, ~(size as u16))
    memory.copy(out + 4, at, size)
    out += size + 4
    at += size
  }
}

@inline function precodeOrder(i: u32): u32 {
  return load<u8>(order + i) as u32
}

const order: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])

/** The lengths of both codes as runs: symbol in the low 5 bits, extra above; counts them as well. */
function describeLengths(literalCount: u32, offsetCount: u32): u32 {
  const total = literalCount + offsetCount
  let made: u32 = 0
  for (let i: u32 = 0; i < total; ) {
    const length = lengthAt(i, literalCount)
    let run: u32 = 1
    while (i + run < total && lengthAt(i + run, literalCount) == length) run++
    i += run
    if (length == 0) {
      while (run >= 11) {
        const n = min<u32>(138, run)
        made = addRun(made, 18, n - 11)
        run -= n
      }
      if (run >= 3) {
        made = addRun(made, 17, run - 3)
        run = 0
      }
    } else if (run >= 4) {
      made = addRun(made, length, 0)
      run--
      while (run >= 3) {
        const n = min<u32>(6, run)
        made = addRun(made, 16, n - 3)
        run -= n
      }
    }
    while (run-- > 0) made = addRun(made, length, 0)
  }
  return made
}

@inline function lengthAt(i: u32, literalCount: u32): u32 {
  return i < literalCount ? (load<u8>(literalLengths + i) as u32) : (load<u8>(offsetLengths + i - literalCount) as u32)
}

function addRun(made: u32, symbol: u32, extra: u32): u32 {
  store<u16>(runs + (made << 1), (symbol | (extra << 5)) as u16)
  count1(precodeFrequency + (symbol << 2))
  return made + 1
}

/** Lengths of the best code for these frequencies with none longer than `limit`. At least two symbols get one. */
function lengthsFor(frequency: usize, symbols: u32, limit: u32, lengths: usize): void {
  memory.fill(lengths, 0, symbols)
  let used: u32 = 0
  for (let i: u32 = 0; i < symbols; i++) {
    const f = load<u32>(frequency + (i << 2))
    if (f > 0) store<u32>(sorted + (used++ << 2), (f << 9) | i)
  }
  if (used < 2) {
    const only = used == 1 ? load<u32>(sorted) & 511 : 0
    store<u8>(lengths + only, 1)
    store<u8>(lengths + (only == 0 ? 1 : 0), 1)
    return
  }
  sort(used)
  for (let i: u32 = 0; i < used; i++) store<u32>(weights + (i << 2), load<u32>(sorted + (i << 2)) >>> 9)
  depths(used)
  // How many codes of each length, the too long ones cut down; then as many are made longer as that has cost.
  memory.fill(runs + 1024, 0, 64)
  const counts = runs + 1024
  for (let i: u32 = 0; i < used; i++) count1(counts + (min<u32>(limit, load<u32>(weights + (i << 2))) << 2))
  let kraft: u32 = 0
  for (let l: u32 = 1; l <= limit; l++) kraft += load<u32>(counts + (l << 2)) << (limit - l)
  while (kraft > (1 << limit)) {
    store<u32>(counts + (limit << 2), load<u32>(counts + (limit << 2)) - 1)
    let l = limit - 1
    while (load<u32>(counts + (l << 2)) == 0) l--
    store<u32>(counts + (l << 2), load<u32>(counts + (l << 2)) - 1)
    store<u32>(counts + ((l + 1) << 2), load<u32>(counts + ((l + 1) << 2)) + 2)
    kraft--
  }
  let at: u32 = 0
  for (let l = limit; l > 0; l--) {
    for (let n = load<u32>(counts + (l << 2)); n > 0; n--) store<u8>(lengths + (load<u32>(sorted + (at++ << 2)) & 511), l as u8)
  }
}

/** Ascending, by shell sort: at most 286. */
function sort(n: u32): void {
  let gap: u32 = 132
  for (;;) {
    for (let i = gap; i < n; i++) {
      const v = load<u32>(sorted + (i << 2))
      let j = i
      while (j >= gap && load<u32>(sorted + ((j - gap) << 2)) > v) {
        store<u32>(sorted + (j << 2), load<u32>(sorted + ((j - gap) << 2)))
        j -= gap
      }
      store<u32>(sorted + (j << 2), v)
    }
    if (gap == 1) return
    gap = gap == 132 ? 57 : gap == 57 ? 23 : gap == 23 ? 10 : gap == 10 ? 4 : 1
  }
}

@inline function w(i: i32): u32 {
  return load<u32>(weights + ((i as usize) << 2))
}
@inline function setW(i: i32, v: u32): void {
  store<u32>(weights + ((i as usize) << 2), v)
}

/** Ascending weights to depths in the tree, in place (Moffat and Katajainen). */
function depths(size: u32): void {
  const n = size as i32
  setW(0, w(0) + w(1))
  let root: i32 = 0
  let leaf: i32 = 2
  for (let next: i32 = 1; next < n - 1; next++) {
    if (leaf >= n || w(root) < w(leaf)) {
      setW(next, w(root))
      setW(root++, next as u32)
    } else setW(next, w(leaf++))
    if (leaf >= n || (root < next && w(root) < w(leaf))) {
      setW(next, w(next) + w(root))
      setW(root++, next as u32)
    } else setW(next, w(next) + w(leaf++))
  }
  setW(n - 2, 0)
  for (let next = n - 3; next >= 0; next--) setW(next, w(w(next) as i32) + 1)
  let available: i32 = 1
  let used: i32 = 0
  let depth: u32 = 0
  root = n - 2
  let next = n - 1
  while (available > 0) {
    while (root >= 0 && w(root) == depth) {
      used++
      root--
    }
    while (available > used) {
      setW(next--, depth)
      available--
    }
    available = 2 * used
    depth++
    used = 0
  }
}

/** Canonical codes, bits reversed as deflate writes them. */
function codesFor(lengths: usize, symbols: u32, codes: usize): void {
  const next = runs + 1024
  memory.fill(next, 0, 128)
  for (let i: u32 = 0; i < symbols; i++) {
    const l = load<u8>(lengths + i) as u32
    if (l > 0) count1(next + 64 + (l << 2))
  }
  let code: u32 = 0
  for (let l: u32 = 1; l < 16; l++) {
    code = (code + load<u32>(next + 64 + ((l - 1) << 2))) << 1
    store<u32>(next + (l << 2), code)
  }
  for (let i: u32 = 0; i < symbols; i++) {
    const l = load<u8>(lengths + i) as u32
    if (l == 0) {
      store<u32>(codes + (i << 2), 0)
      continue
    }
    const c = load<u32>(next + (l << 2))
    store<u32>(next + (l << 2), c + 1)
    store<u32>(codes + (i << 2), reversed(c, l) | (l << 16))
  }
}

function reversed(code: u32, length: u32): u32 {
  let v = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555)
  v = ((v & 0x3333) << 2) | ((v >>> 2) & 0x3333)
  v = ((v & 0x0f0f) << 4) | ((v >>> 4) & 0x0f0f)
  v = ((v & 0x00ff) << 8) | ((v >>> 8) & 0x00ff)
  return v >>> (16 - length)
}
