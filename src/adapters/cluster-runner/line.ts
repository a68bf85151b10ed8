/**
 * The line into a runner's pod, as the one who has started the run sees it: opened anew whenever it is cut, until somebody closes it.
 *
 *   connect ──> hello ──> messages ──(cut, silent)──> wait ──> connect
 */
import { PassThrough, type Readable } from 'node:stream'
import type { Clock } from '../../base/clock.ts'
import { bytesFrame, messageFrame, readFrames } from './frames.ts'
import type { FromRunner, ToRunner } from './messages.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface Wire {
  readonly output: Readable
  readonly ended: Promise<unknown>
}

export interface LineOptions {
  /** What goes in is written to `input`. */
  connect(input: PassThrough, o: Waiting): Promise<Wire>
  readonly clock: Clock
  /** What was heard so far. */
  readonly heard: () => number
  /** Throws what makes it pointless to go on. */
  onMessage(message: FromRunner): void
  onBytes(bytes: Buffer): void
  /** Decides whether to try once more: throws if not. Nothing was heard for so long. */
  onCut(error: unknown, silentMs: number): Promise<void> | void
}

export interface Line {
  /** Resolves once it is on its way; rejects when the line is cut under it. */
  send(message: ToRunner): Promise<void>
  sendBytes(bytes: Buffer): Promise<void>
  /** The next time that the pod says hello, and now if the line stands; the signal aborts when that line is cut. */
  standing(o: Waiting): Promise<AbortSignal>
  close(): void
  /** Rejects with what made it end before it was closed. */
  readonly lost: Promise<never>
}

const pingMs = 10_000
/** Proxies in between cut lines without a word. */
const silenceMs = 40_000
const waitsMs = [200, 500, 1000, 2000, 4000]

export function openLine(o: LineOptions): Line {
  const closing = new AbortController()
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  let input: PassThrough | undefined
  let stands: AbortSignal | undefined
  let waiting: ((stands: AbortSignal) => void)[] = []
  let lastHeard = o.clock.now()

  const write = async (frame: Buffer): Promise<void> => {
    const into = input
    if (into === undefined || into.destroyed) throw new Error('the line is cut')
    if (!into.write(frame)) await drained(into)
  }
  const one = async (): Promise<void> => {
    const cut = new AbortController()
    const signal = AbortSignal.any([closing.signal, cut.signal])
    const mine = new PassThrough()
    let silence: NodeJS.Timeout | undefined
    const alive = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => cut.abort(new Error('nothing was heard of it')), silenceMs)
    }
    alive()
    const ping = setInterval(() => void (mine.destroyed || mine.write(messageFrame({ kind: 'ping' } satisfies ToRunner))), pingMs)
    try {
      const { output, ended } = await o.connect(mine, { signal })
      ended.catch(() => undefined)
      mine.write(messageFrame({ kind: 'from', seq: o.heard() } satisfies ToRunner))
      for await (const frame of readFrames(output)) {
        alive()
        lastHeard = o.clock.now()
        if (frame.kind === 'bytes') {
          o.onBytes(frame.bytes)
          continue
        }
        const message = frame.json as FromRunner
        if (message.kind === 'hello') {
          o.onMessage(message)
          input = mine
          stands = cut.signal
          for (const go of waiting.splice(0)) go(cut.signal)
        } else o.onMessage(message)
      }
      await ended
    } finally {
      clearTimeout(silence)
      clearInterval(ping)
      if (input === mine) {
        input = undefined
        stands = undefined
      }
      cut.abort(new Error('the line is cut'))
      mine.destroy()
    }
  }
  const keep = async (): Promise<never> => {
    for (let tries = 0; ; tries++) {
      const before = o.heard()
      try {
        await one()
        await o.onCut(undefined, o.clock.now() - lastHeard)
      } catch (error) {
        closing.signal.throwIfAborted()
        await o.onCut(error, o.clock.now() - lastHeard)
      }
      closing.signal.throwIfAborted()
      if (o.heard() > before) tries = 0
      await o.clock.sleep(waitsMs[Math.min(tries, waitsMs.length - 1)] ?? 0, { signal: closing.signal })
    }
  }
  keep().catch(lost.reject)
  return {
    send: (message) => write(messageFrame(message)),
    sendBytes: (bytes) => write(bytesFrame(bytes)),
    standing({ signal }) {
      if (stands !== undefined) return Promise.resolve(stands)
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          waiting = waiting.filter((one) => one !== go)
          signal.removeEventListener('abort', onAbort)
          act()
        }
        const go = (now: AbortSignal): void => settle(() => resolve(now))
        const onAbort = (): void => settle(() => reject(signal.reason))
        waiting.push(go)
        signal.addEventListener('abort', onAbort, { once: true })
        if (signal.aborted) onAbort()
        lost.promise.catch((error: unknown) => settle(() => reject(error)))
      })
    },
    close: () => closing.abort(new Error('the line is closed')),
    lost: lost.promise,
  }
}

function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      stream.off('drain', go)
      stream.off('close', go)
      if (stream.destroyed) reject(new Error('the line is cut'))
      else resolve()
    }
    stream.on('drain', go)
    stream.on('close', go)
  })
}
