/** All that a container prints, while it prints it and to the last byte, over any number of cut lines. */
import { isProblem, problem } from '../base/problem.ts'
import { type ClusterConnection, waitBeforeTry } from './connection.ts'
import { logReader, newLogPlace } from './log-lines.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface LogRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** Resolves once the container has ended: what it has printed is all there is then. Never rejects. */
  readonly ended: Promise<unknown>
  /** Its pod may be taken away at any moment, and nobody wants what is missing then. */
  readonly mayGo?: () => boolean
  /** How long a line may go on after that. */
  readonly patienceMs?: number
}

/** Longest time without an answer of the server. */
const awayMs = 60_000

export async function* followLog(cluster: ClusterConnection, o: LogRequest, { signal }: Waiting): AsyncGenerator<Buffer> {
  const place = newLogPlace()
  let over = false
  const ended = o.ended.then(() => {
    over = true
  })
  let lastAnswer = cluster.clock.now()
  for (let tries = 0; ; ) {
    signal.throwIfAborted()
    // Asked for once more after the end: a log that is followed may end before its last lines are written.
    const last = over
    const cut = new AbortController()
    const patience = last ? undefined : cutAfter(ended, o.patienceMs ?? 3000, cut)
    try {
      const query = {
        container: o.container,
        timestamps: 'true',
        ...(!last && { follow: 'true' }),
        ...(place.since !== undefined && { sinceTime: place.since }),
      }
      const path = `/api/v1/namespaces/${o.namespace}/pods/${encodeURIComponent(o.pod)}/log`
      const request = { verb: 'get', resource: 'pods/log', namespace: o.namespace, path, query, mayBeAbsent: true } as const
      const body = await cluster.stream(request, { signal: AbortSignal.any([signal, cut.signal]) })
      // The pod is gone, and its log with it. Whoever waits for its end says why.
      if (body === undefined) return
      lastAnswer = cluster.clock.now()
      const reader = logReader(place)
      try {
        for await (const chunk of body) {
          patience?.heard()
          const text = reader.read(chunk as Buffer)
          if (text.length === 0) continue
          tries = 0
          yield text
        }
      } finally {
        body.destroy()
        // It was there until now, however long that was.
        lastAnswer = cluster.clock.now()
      }
      if (last) {
        const rest = reader.rest()
        if (rest.length > 0) yield rest
        if (reader.remarks.includes('unable to retrieve container logs') && o.mayGo?.() !== true) throw lost(o, reader.remarks.trim())
        return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (isTakenAway(error) && o.mayGo?.() === true) return
      const away = !isProblem(error) || error.retryable || isStarting(error) || isTakenAway(error)
      if (!away) throw error
      if (cluster.clock.now() - lastAnswer > awayMs) throw lost(o, error instanceof Error ? error.message : String(error), error)
    } finally {
      patience?.clear()
    }
    // What ends without a word has ended with its container, of which we shall hear.
    if (!over || last) await Promise.race([...(last ? [] : [ended]), cluster.clock.sleep(waitBeforeTry(tries++), { signal })])
  }
}

function lost({ pod, container }: LogRequest, reason: string, cause?: unknown): Error {
  return problem('K8S_LOG_LOST', { pod, container, reason }, { cause })
}

/** The kubelet has not heard of the container that it runs. */
function isStarting(error: unknown): boolean {
  return isProblem(error, 'K8S_REFUSED') && /is waiting to start|ContainerCreating|PodInitializing/.test(error.message)
}

/** The kubelet has taken its containers away: of a pod that it evicts, before it says so. */
function isTakenAway(error: unknown): boolean {
  return isProblem(error, 'K8S_REFUSED') && /is not available/.test(error.message)
}

/** Cuts a log that nobody ends, though its container has ended and it is silent. */
function cutAfter(ended: Promise<unknown>, ms: number, cut: AbortController): { heard(): void; clear(): void } {
  let timer: NodeJS.Timeout | undefined
  let cleared = false
  const arm = (): void => {
    timer = setTimeout(() => cut.abort(new Error('the log goes on after its container')), ms)
  }
  void ended.then(() => {
    if (!cleared) arm()
  })
  return {
    heard() {
      if (timer === undefined) return
      clearTimeout(timer)
      arm()
    },
    clear() {
      cleared = true
      clearTimeout(timer)
    },
  }
}
