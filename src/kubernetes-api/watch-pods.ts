/**
 * What becomes of pods, as it happens: a list, then a watch from its version on, and again from the list where the watch is lost.
 *
 *   list ──> watch ──(ended, silent, cut)──> wait ──> watch
 *    ^                    └─(410 Gone)──────────┐
 *    └──────────────────────────────────────────┘
 *
 * A server that stays away is not waited for without end: those who wait are told, and who asks later has it tried anew.
 */
import type { Readable } from 'node:stream'
import { isProblem } from '../base/problem.ts'
import { type ClusterConnection, unreachableCluster, waitBeforeTry } from './connection.ts'
import { type PodFacts, parseEvent, parsePods } from './schema.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface PodWatch {
  /** Told by somebody who has just made it. */
  know(pod: PodFacts): void
  /** Nobody asks for it any more. */
  forget(name: string): void
  /**
   * Waits until `decide` answers something. It is asked with what is known of the pod now, and with each change; undefined: the pod is gone.
   * Rejects with what ends the watch for good, such as a missing right, and with K8S_UNREACHABLE.
   */
  until<T>(name: string, decide: (pod: PodFacts | undefined) => T | undefined, o: Waiting): Promise<T>
  close(): void
}

export interface WatchOptions {
  readonly namespace: string
  /** Of the labels. */
  readonly selector: string
  /** A watch as old as this is begun anew; one that is silent for longer, usually a good deal, is dead. */
  readonly seconds?: number
  readonly silentSeconds?: number
  /** How long the server may be away. */
  readonly awayMs?: number
}

/** Longer than all else is waited for: who waits here has nothing to ask for meanwhile. */
const usualAwayMs = 10 * 60_000

type Listener = (pod: PodFacts | undefined) => void

export function watchPods(
  cluster: ClusterConnection,
  { namespace, selector, seconds = 120, silentSeconds = seconds + 30, awayMs = usualAwayMs }: WatchOptions,
): PodWatch {
  const known = new Map<string, PodFacts>()
  const listeners = new Map<string, Set<Listener>>()
  const closing = new AbortController()
  let broken: unknown
  const breaks = new Set<(error: unknown) => void>()
  const request = { resource: 'pods', namespace, path: `/api/v1/namespaces/${namespace}/pods` }
  const tell = (name: string, pod: PodFacts | undefined): void => {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(pod)
  }
  /** What is gone never comes again, whatever is told late. */
  const dead = new Set<string>()
  const set = (pod: PodFacts): void => {
    if (pod.uid !== '' && dead.has(pod.uid)) return
    const before = known.get(pod.name)
    if (before?.uid === pod.uid && isOlder(pod.version, before.version)) return
    known.set(pod.name, pod)
    tell(pod.name, pod)
  }
  const gone = (name: string): void => {
    const pod = known.get(name)
    if (pod === undefined) return
    known.delete(name)
    dead.add(pod.uid)
    tell(name, undefined)
  }
  /** From the first failure on: before that, this machine may have slept for any time. */
  let awaySince: number | undefined
  const answered = (): void => {
    awaySince = undefined
  }
  const list = async (w: Waiting): Promise<string> => {
    const before = new Set(known.keys())
    const { version, pods } = parsePods(await cluster.json({ ...request, verb: 'list', query: { labelSelector: selector } }, w), cluster.name)
    for (const pod of pods) {
      before.delete(pod.name)
      set(pod)
    }
    answered()
    // What was made while the list was on its way is not in it, and not gone.
    for (const name of before) gone(name)
    return version
  }
  /** Answers the version to go on from; undefined: that is not known any more. */
  const follow = async (version: string, heard: () => void, w: Waiting): Promise<string | undefined> => {
    let last = version
    const query = { labelSelector: selector, watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: String(seconds) }
    const silence = silenceOf(w.signal, silentSeconds * 1000)
    try {
      const body = await cluster.stream({ ...request, verb: 'watch', query }, silence)
      answered()
      if (body === undefined) return undefined
      for await (const line of linesOf(body)) {
        silence.heard()
        heard()
        const event = parseEvent(line, cluster.name)
        if (event.kind === 'error') {
          if (event.code === 410) return undefined
          break
        }
        last = event.version
        if (event.kind === 'changed') set(event.pod)
        else if (event.kind === 'deleted') gone(event.pod.name)
      }
      return last
    } finally {
      silence.clear()
    }
  }
  const watch = async (): Promise<void> => {
    const w = { signal: closing.signal }
    let version: string | undefined
    for (let tries = 0; ; ) {
      const began = cluster.clock.now()
      try {
        version ??= await list(w)
        version = await follow(
          version,
          () => {
            tries = 0
          },
          w,
        )
        // A server that ends each watch at once is not asked as fast as it can answer.
        if (cluster.clock.now() - began >= 1000) tries = 0
      } catch (error) {
        w.signal.throwIfAborted()
        if (isProblem(error, 'K8S_REFUSED') && error.message.includes('410')) {
          version = undefined
          answered()
        } else if (!mayPass(error)) throw error
        else {
          awaySince ??= cluster.clock.now()
          if (cluster.clock.now() - awaySince > awayMs) throw isProblem(error) ? error : unreachableCluster(cluster.access, error)
        }
      }
      await cluster.clock.sleep(waitBeforeTry(tries++), w)
    }
  }
  let started = false
  const start = (): void => {
    if (started) return
    started = true
    watch().catch((error: unknown) => {
      if (closing.signal.aborted) return
      if (mayPass(error)) started = false
      else broken = error
      answered()
      for (const breaking of [...breaks]) breaking(error)
    })
  }
  return {
    know(pod) {
      // What the watch has said meanwhile is newer.
      if (!known.has(pod.name)) set(pod)
    },
    forget: (name) => void known.delete(name),
    until(name, decide, { signal }) {
      start()
      return new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          listeners.get(name)?.delete(listener)
          if (listeners.get(name)?.size === 0) listeners.delete(name)
          breaks.delete(onBreak)
          signal.removeEventListener('abort', onAbort)
          act()
        }
        const onAbort = (): void => settle(() => reject(signal.reason))
        const onBreak = (error: unknown): void => settle(() => reject(error))
        const listener: Listener = (pod) => {
          try {
            const decided = decide(pod)
            if (decided !== undefined) settle(() => resolve(decided))
          } catch (error) {
            settle(() => reject(error))
          }
        }
        if (signal.aborted) return reject(signal.reason)
        if (broken !== undefined) return reject(broken)
        listeners.set(name, (listeners.get(name) ?? new Set()).add(listener))
        breaks.add(onBreak)
        signal.addEventListener('abort', onAbort, { once: true })
        listener(known.get(name))
      })
    },
    close() {
      closing.abort(new Error('the watch is closed'))
    },
  }
}

/** Versions are numbers in all servers there are, though they need not be. */
function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than)
}

const silent = new Error('nothing was heard for too long')

/** Where a try fails with it, the next one need not. */
function mayPass(error: unknown): boolean {
  return error === silent || (isProblem(error) && (error.retryable || error.code === 'K8S_ANSWER_UNREADABLE'))
}

/** A signal that also aborts when nothing was heard for so long. Real time: it is about a line that is dead, whatever the clock of the run says. */
function silenceOf(outer: AbortSignal, ms: number): Waiting & { heard(): void; clear(): void } {
  const own = new AbortController()
  const dead = (): void => own.abort(silent)
  let timer = setTimeout(dead, ms)
  return {
    signal: AbortSignal.any([outer, own.signal]),
    heard() {
      clearTimeout(timer)
      timer = setTimeout(dead, ms)
    },
    clear: () => clearTimeout(timer),
  }
}

/** Ends where the server, or the line, ends it: what was lost is asked for again. */
async function* linesOf(body: Readable): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of body.setEncoding('utf8')) {
      const parts = `${rest}${chunk}`.split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part.trim() !== '') yield part
    }
  } catch {
    // Cut: half a line is no line.
  } finally {
    body.destroy()
  }
}
