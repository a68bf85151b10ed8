/**
 * The first process of a runner's pod. It takes files and an order, starts the run as a process of its own, and keeps all that this says until
 * somebody has heard it. Lines come and go; the run does not notice.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { deserialize } from 'node:v8'
import { bridgeText } from './bridge.ts'
import { type Conversation, converse } from './conversation.ts'
import { openJournal } from './journal.ts'
import type { Answered, FromRun, FromRunner, ToRun } from './messages.ts'
import { bridgeIn, journalIn, sentRunCommand, socketIn } from './places.ts'

export interface HostOptions {
  /** For everything but data: `/slipway`. */
  readonly dir: string
  readonly version: string
  /** Starts this program. */
  readonly program: readonly string[]
  readonly runtime: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The pod is to end. */
  readonly signal: AbortSignal
  /** After so long without a line, and without a run, nobody will come any more. */
  readonly abandonedMs?: number
}

/** People look at a run that ended in the night. */
const usualAbandonedMs = 30 * 60_000

interface Run {
  answer(id: number, answered: Answered): void
  stop(now: boolean): void
}

/** Until nobody needs it any more. */
export async function hostRunner(o: HostOptions): Promise<void> {
  mkdirSync(o.dir, { recursive: true })
  const journal = openJournal(journalIn(o.dir))
  const over = Promise.withResolvers<void>()
  const asked = new Map<number, Extract<FromRun, { kind: 'ask' }>>()
  let line: Conversation | undefined
  let run: Run | undefined
  let running = false
  let patience: NodeJS.Timeout | undefined
  const wait = (): void => {
    clearTimeout(patience)
    if (line === undefined && !running) patience = setTimeout(over.resolve, o.abandonedMs ?? usualAbandonedMs)
  }
  const tell = (message: FromRunner): void => line?.tell(message)
  const start = (order: string, env: Readonly<Record<string, string>>): void => {
    if (run !== undefined) return
    running = true
    run = startRun({ ...o, order: deserialize(Buffer.from(order, 'base64')), more: env }, (message) => {
      if (message.kind === 'said') return journal.add(message.what)
      if (message.kind === 'ended') {
        running = false
        asked.clear()
        journal.add(message)
        if (o.signal.aborted) over.resolve()
        return wait()
      }
      if (message.kind === 'ask') asked.set(message.id, message)
      if (message.kind === 'withdrawn') asked.delete(message.id)
      if (message.kind !== 'ready') tell(message)
    })
  }
  const serve = (socket: Socket): void => {
    const mine = converse(
      socket,
      { dir: o.dir, journal },
      {
        hello() {
          // Whoever comes anew has lost the one before.
          line?.close()
          line = mine
          clearTimeout(patience)
          mine.tell({ kind: 'hello', version: o.version, begun: run !== undefined })
          for (const ask of asked.values()) mine.tell(ask)
        },
        run: start,
        answer(id, answered) {
          asked.delete(id)
          run?.answer(id, answered)
        },
        stop: (now) => run?.stop(now),
        bye: over.resolve,
      },
    )
    void mine.ended.then(() => {
      if (line === mine) line = undefined
      wait()
    })
  }
  const server = await listen(o, serve)
  const onEnd = (): void => (running ? run?.stop(false) : over.resolve())
  o.signal.addEventListener('abort', onEnd, { once: true })
  if (o.signal.aborted) onEnd()
  wait()
  await over.promise
  clearTimeout(patience)
  line?.close()
  server.close()
  journal.close()
}

async function listen({ dir, runtime }: HostOptions, serve: (socket: Socket) => void): Promise<Server> {
  const path = socketIn(dir)
  rmSync(path, { force: true })
  const server = createServer(serve)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // Whoever may start it here may do everything here anyway.
  writeFileSync(bridgeIn(dir), bridgeText(runtime, path), { mode: 0o755 })
  return server
}

type Said = FromRun | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }

function startRun(o: HostOptions & { readonly order: unknown; readonly more: Readonly<Record<string, string>> }, hear: (message: Said) => void): Run {
  const [command = '', ...args] = o.program
  const child = spawn(command, [...args, sentRunCommand], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: { ...o.env, ...o.more } as NodeJS.ProcessEnv,
  })
  const send = (message: ToRun): void => void (child.connected && child.send(message, () => undefined))
  for (const [stream, from] of [['out', child.stdout] as const, ['err', child.stderr] as const])
    from?.setEncoding('utf8').on('data', (text: string) => hear({ kind: 'said', what: { kind: 'text', stream, text } }))
  child.on('message', (message) => {
    if ((message as FromRun).kind === 'ready') send({ kind: 'order', order: o.order, room: o.dir })
    hear(message as FromRun)
  })
  child.on('error', (error) => hear({ kind: 'said', what: { kind: 'text', stream: 'err', text: `${error.message}\n` } }))
  child.on('close', (code, signal) => hear({ kind: 'ended', code, signal }))
  let stops = 0
  return {
    answer: (id, answered) => send({ kind: 'answer', id, answered }),
    stop(now) {
      for (; stops < (now ? 2 : 1); stops++) child.kill('SIGTERM')
    },
  }
}
