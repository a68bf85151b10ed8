/** How a run is seen, and whether people at a terminal are asked. */
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { problem } from '../../base/problem.ts'
import type { Intervention } from '../../ports/intervention.ts'
import type { Sink } from '../../ports/sink.ts'
import type { World, Writer } from '../world.ts'
import { type FileForm, type Loudness, type OutputForms, screenFor, usualOutput } from './output-forms.ts'

export interface WatchOptions extends Loudness {
  readonly output?: OutputForms | undefined
  /** False: nobody is asked, also on a terminal. True: people are asked without one too. */
  readonly ask?: boolean
}

export interface Watching {
  readonly sinks: readonly Sink[]
  readonly intervention?: Intervention
  /** After the run. */
  end(): Promise<void>
}

const stoppingLine = 'slipway: stopping; what runs has 10 s to end by itself, Ctrl-C once more ends it now\n'

export async function watchRun(o: WatchOptions, world: World): Promise<Watching> {
  const { screen: form, files } = o.output ?? usualOutput
  const screen = screenFor(form, o)
  const asks = answering(o, world)
  const opened = await Promise.all(files.map(({ form, file }) => toFile(form, file, world)))
  const closeFiles = async (): Promise<void> => {
    for (const { handle } of opened) await handle.close()
  }
  const beside = opened.map(({ sink }) => sink)
  if (screen === 'auto' && world.stdout.columns !== undefined) {
    const { sink, intervention } = await world.tools.sinks.terminal(world.stdout, { stopping: world.signal, ...(asks !== undefined && { asks }) })
    return { sinks: [sink, ...beside], ...(intervention !== undefined && { intervention }), end: closeFiles }
  }
  // The live tree says it in its first line.
  const stopping = (): void => void world.stderr.write(stoppingLine)
  world.signal.addEventListener('abort', stopping, { once: true })
  const intervention =
    asks === undefined || world.stderr.columns === undefined ? undefined : await world.tools.askInLines(asks.input, world.stderr, asks.interrupt)
  return {
    sinks: [await sinkFor(screen === 'auto' ? 'plain' : screen, world.stdout, world), ...beside],
    ...(intervention !== undefined && { intervention }),
    async end() {
      world.signal.removeEventListener('abort', stopping)
      await closeFiles()
    },
  }
}

function sinkFor(form: FileForm | 'quiet', out: Writer, { tools }: World): Promise<Sink> {
  return form === 'plain' || form === 'quiet' ? tools.sinks[form](out) : tools.sinks[form]((text) => out.write(text))
}

/** Opened before anything runs: what cannot be written is better known at once. */
async function toFile(form: FileForm, file: string, world: World): Promise<{ readonly sink: Sink; readonly handle: FileHandle }> {
  const handle = await open(resolve(world.cwd, file), 'w').catch((cause: Error) => {
    throw problem('FILE_UNWRITABLE', { file, reason: cause.message }, { cause })
  })
  const write = async (text: string | Uint8Array): Promise<void> => {
    await handle.writeFile(text)
  }
  return { sink: await sinkFor(form, { write, columns: undefined, rows: undefined, colour: false }, world), handle }
}

/** Undefined where there is no keyboard, or it is not wanted. */
function answering({ ask }: WatchOptions, world: World): { readonly input: Readable; readonly interrupt: () => void } | undefined {
  if (ask === false) return undefined
  const input: Readable & { readonly isTTY?: boolean } = world.stdin()
  return input.isTTY === true ? { input, interrupt: () => world.interrupt() } : undefined
}
