/** A node that only pretends: containers wait for their turn, behave as their command says, and have logs. */

import { Readable } from 'node:stream'
import { streamSource } from '../../../../src/tar/byte-source.ts'
import { readTar } from '../../../../src/tar/read-tar.ts'

/** What the word after `behave` in a step's command says. */
export interface Manner {
  readonly output?: string
  readonly exit?: number
  readonly sleepMs?: number
  readonly outputs?: Readonly<Record<string, string>>
  readonly writes?: Readonly<Record<string, string>>
  /** Texts of other files that are handed back: `secrets`, `env`. */
  readonly hands?: Readonly<Record<string, string>>
  /** Ended by the kernel for want of memory. */
  readonly oom?: boolean
  /** So many lines, `line 1` and so on, one every millisecond or so. */
  readonly lines?: number
}

export interface Line {
  readonly at: string
  readonly text: string
}

export type State =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | {
      readonly terminated: {
        readonly exitCode: number
        readonly reason: string
        readonly message?: string
        readonly startedAt: string
        readonly finishedAt: string
      }
    }

export class FakeContainer {
  state: State = { waiting: { reason: 'PodInitializing' } }
  readonly log: Line[] = []
  readonly name: string
  image: string
  starts = 0
  /** How it ended when it started anew. */
  last: { readonly exitCode: number; readonly reason: string; readonly startedAt: string; readonly finishedAt: string } | undefined
  files = new Map<string, string>()
  /** What says which step it is for. */
  about: string | undefined
  begun = false
  readonly #changed: () => void
  #timer: NodeJS.Timeout | undefined
  onLog = new Set<() => void>()

  constructor(name: string, image: string, changed: () => void) {
    this.name = name
    this.image = image
    this.#changed = changed
  }

  get id(): string {
    return `containerd://${this.name}-${this.starts}`
  }

  get ended(): boolean {
    return 'terminated' in this.state
  }

  /** Whether its node gets the image: tried once, where the container has run before. */
  start(): boolean {
    const missing = /missing/.test(this.image)
    if (missing && this.ended) return false
    if (missing) this.state = { waiting: { reason: 'ErrImagePull', message: pullError(this.image) } }
    else if (/never-comes/.test(this.image)) this.state = { waiting: { reason: 'ContainerCreating' } }
    else {
      if ('terminated' in this.state) {
        const { message: _, ...last } = this.state.terminated
        this.last = last
      }
      this.starts++
      this.state = { running: { startedAt: now() } }
    }
    this.#changed()
    return true
  }

  print(text: string): void {
    for (const line of text.split(/(?<=\n)/)) if (line !== '') this.log.push({ at: stamp(), text: line })
    for (const tell of this.onLog) tell()
  }

  /** The files of its step have come. `only`: they, and nobody has said that it may go. Who asks again, as he has heard no answer, finds that it has begun. */
  async begin(archive: Buffer, o: { readonly only?: boolean } = {}): Promise<void> {
    const files = new Map<string, Buffer>()
    for await (const { entry, body } of readTar(streamSource(Readable.from([archive])), { signal: new AbortController().signal }))
      if (entry.kind === 'file') files.set(entry.path, Buffer.concat(await Array.fromAsync(body())))
    this.about = files.get('for')?.toString('utf8')
    if (o.only === true || this.begun) return
    this.begun = true
    const words = (files.get('request') ?? Buffer.alloc(0)).toString('utf8').split('\0')
    const manner = JSON.parse(words[words.indexOf('behave') + 1] ?? '{}') as Manner
    if (manner.output !== undefined) this.print(`${manner.output}\n`)
    let line = 0
    const more = (): void => {
      for (let n = 0; n < 5 && line < (manner.lines ?? 0); n++) this.print(`line ${++line}\n`)
      if (line < (manner.lines ?? 0)) this.#timer = setTimeout(more, 5)
      else this.#timer = setTimeout(() => this.#finish(manner), manner.sleepMs ?? 1)
    }
    more()
  }

  #finish(manner: Manner): void {
    for (const [name, value] of Object.entries(manner.outputs ?? {})) this.files.set(`out.${name}`, value)
    const lines = Object.entries(manner.writes ?? {}).map(([name, value]) => `${name}=${value}\n`)
    if (lines.length > 0) this.files.set('outputs', lines.join(''))
    for (const [name, text] of Object.entries(manner.hands ?? {})) this.files.set(name, text)
    const left = this.files.size > 0 ? 'files' : 'nothing'
    if (manner.oom === true) this.end(137, 'OOMKilled', 'exited 137 nothing\n')
    else this.end(manner.exit ?? 0, manner.exit ? 'Error' : 'Completed', `exited ${manner.exit ?? 0} ${left}\n`)
  }

  end(exitCode: number, reason: string, message: string): void {
    clearTimeout(this.#timer)
    if (this.ended) return
    const startedAt = 'running' in this.state ? this.state.running.startedAt : now()
    this.state = { terminated: { exitCode, reason, message, startedAt, finishedAt: now() } }
    this.#changed()
    for (const tell of this.onLog) tell()
  }
}

/** In the words of containerd. */
export const pullError = (image: string): string =>
  `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`

export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')

let nanos = 0

/** To the nanosecond, as logs have it; no two are the same. */
function stamp(): string {
  nanos = (nanos + 1) % 1_000_000
  return new Date().toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`)
}
