/** A container's log with the time before each line: the times are taken off, and where the log was cut it is taken up again without a line twice. */

/** What of a log has been given on: enough to go on with another request for it. */
export interface LogPlace {
  /** Lines of this second and later were counted, to the second. */
  since: string | undefined
  lines: number
  /** Bytes of the line after these. */
  bytes: number
}

export interface LogReader {
  /** Bytes of the answer to what they say to people. */
  read(chunk: Buffer): Buffer
  /** What the kubelet itself says, in lines without a time. */
  readonly remarks: string
  /** What is left where the log ends without the end of a line. */
  rest(): Buffer
}

const newline = 10
const space = 32
/** As containerd cuts long lines; kubelets before 1.26 put the time before each of the pieces. */
const pieceLength = 16_384
const stampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) $/
const longestStamp = 36

export function newLogPlace(): LogPlace {
  return { since: undefined, lines: 0, bytes: 0 }
}

/** One request from `place` on; it is kept up to date. */
export function logReader(place: LogPlace): LogReader {
  const { since: from } = place
  let skipLines = place.lines
  let skipBytes = place.bytes
  let stamp: number[] | undefined = []
  let maybe = false
  let length = 0
  let second = ''
  const counted = (): boolean => place.since !== undefined && second >= place.since
  const begin = (): void => {
    if (second !== '' && (place.since === undefined || second > place.since)) {
      place.since = second
      place.lines = 0
    }
    if (second !== from) {
      skipLines = 0
      skipBytes = 0
    }
    place.bytes = skipLines > 0 ? place.bytes : skipBytes
    length = 0
  }
  const finish = (): void => {
    if (remark) remark = false
    else if (skipLines > 0) skipLines--
    else {
      if (counted()) place.lines++
      skipBytes = 0
      place.bytes = 0
    }
    stamp = []
    maybe = false
  }
  let out: Buffer[] = []
  let remark = false
  let remarks = ''
  const give = (bytes: Buffer): void => {
    if (remark) {
      remarks += bytes.toString('utf8')
      return
    }
    length += bytes.length
    if (skipLines > 0) return
    const skipped = Math.min(skipBytes, bytes.length)
    skipBytes -= skipped
    place.bytes += bytes.length - skipped
    if (skipped < bytes.length) out.push(bytes.subarray(skipped))
  }
  const taken = (): Buffer => {
    const bytes = Buffer.concat(out)
    out = []
    return bytes
  }
  return {
    get remarks() {
      return remarks
    },
    read(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (stamp !== undefined) {
          const byte = chunk[at++] ?? 0
          stamp.push(byte)
          const over = byte === space || byte === newline || stamp.length > longestStamp
          if (!over) continue
          const text = Buffer.from(stamp)
          stamp = undefined
          const isStamp = stampPattern.test(text.toString('latin1'))
          if (!maybe) {
            remark = !isStamp
            if (isStamp) {
              second = `${text.toString('latin1', 0, 19)}Z`
              begin()
            }
          }
          if (!isStamp) give(text)
          maybe = false
          if (!isStamp && byte === newline) finish()
          continue
        }
        const end = chunk.indexOf(newline, at)
        const room = pieceLength - (length % pieceLength)
        const stop = Math.min(end < 0 ? chunk.length : end + 1, at + room)
        give(Buffer.from(chunk.subarray(at, stop)))
        at = stop
        if (chunk[at - 1] === newline) finish()
        else if (length % pieceLength === 0) {
          stamp = []
          maybe = true
        }
      }
      return taken()
    },
    rest() {
      if (stamp !== undefined && stamp.length > 0) {
        remark = !maybe
        give(Buffer.from(stamp))
        stamp = undefined
      }
      return taken()
    },
  }
}
