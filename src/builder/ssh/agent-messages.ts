/**
 * Messages of ssh clients as ssh2 can take them: of those that it does not know it refuses the type, and takes what comes after it for the next
 * message. Such are the ones with which OpenSSH since 8.9 begins every connection. They keep their type only.
 */
import { Transform } from 'node:stream'

const known: ReadonlySet<number> = new Set([11, 13])
const lengthBytes = 4
/** OpenSSH's own limit. */
const most = 256 * 1024

export function knownMessages(): Transform {
  let waiting: Buffer = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      waiting = Buffer.concat([waiting, chunk])
      while (waiting.length > lengthBytes) {
        const length = waiting.readUInt32BE(0)
        if (length === 0 || length > most) return done(new Error('no message of an ssh client'))
        if (waiting.length < lengthBytes + length) break
        const message = waiting.subarray(0, lengthBytes + length)
        waiting = waiting.subarray(message.length)
        this.push(known.has(message[lengthBytes] ?? 0) ? message : Buffer.from([0, 0, 0, 1, message[lengthBytes] ?? 0]))
      }
      done()
    },
  })
}
