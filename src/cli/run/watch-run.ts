/** How a run is seen, and whether people at a terminal are asked. */
import type { Readable } from 'node:stream'
import type { Intervention } from '../../ports/intervention.ts'
import type { Sink } from '../../ports/sink.ts'
import type { World } from '../world.ts'

export interface WatchOptions {
  readonly output: 'auto' | 'plain' | 'ndjson'
  /** False: nobody is asked, also on a terminal. */
  readonly ask?: boolean
}

export interface Watching {
  readonly sinks: readonly Sink[]
  readonly intervention?: Intervention
  /** After the run. */
  end(): void
}

const stoppingLine = 'slipway: stopping; what runs has 10 s to end by itself, Ctrl-C once more ends it now\n'

export async function watchRun(o: WatchOptions, world: World): Promise<Watching> {
  const { sinks } = world.tools
  const asks = answering(o, world)
  if (o.output === 'auto' && world.stdout.columns !== undefined) {
    const { sink, intervention } = await sinks.terminal(world.stdout, { stopping: world.signal, ...(asks !== undefined && { asks }) })
    return { sinks: [sink], ...(intervention !== undefined && { intervention }), end: () => undefined }
  }
  const sink = o.output === 'ndjson' ? await sinks.ndjson((text) => world.stdout.write(text)) : await sinks.plain(world.stdout)
  // The live tree says it in its first line.
  const stopping = (): void => void world.stderr.write(stoppingLine)
  world.signal.addEventListener('abort', stopping, { once: true })
  const intervention =
    asks === undefined || world.stderr.columns === undefined ? undefined : await world.tools.askInLines(asks.input, world.stderr, asks.interrupt)
  return { sinks: [sink], ...(intervention !== undefined && { intervention }), end: () => world.signal.removeEventListener('abort', stopping) }
}

/** Undefined where there is no keyboard, or it is not wanted. */
function answering({ ask }: WatchOptions, world: World): { readonly input: Readable; readonly interrupt: () => void } | undefined {
  if (ask === false) return undefined
  const input: Readable & { readonly isTTY?: boolean } = world.stdin()
  return input.isTTY === true ? { input, interrupt: () => world.interrupt() } : undefined
}
