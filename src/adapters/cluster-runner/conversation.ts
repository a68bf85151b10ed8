/** One line into the pod, as the pod sees it: what comes is acted upon, what the run says goes out from where it was heard. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { SentFolder } from '../../ports/cluster-runner.ts'
import { unpackInto } from '../infra/copied/unpack-into.ts'
import { bytesFrame, messageFrame, readFrames } from './frames.ts'
import type { Journal } from './journal.ts'
import type { Answered, FromRunner, ToRunner } from './messages.ts'

export interface Conversation {
  tell(message: FromRunner): void
  close(): void
  readonly ended: Promise<void>
}

export interface Acts {
  hello(): void
  run(order: string, env: Readonly<Record<string, string>>): void
  answer(id: number, answered: Answered): void
  stop(now: boolean): void
  bye(): void
}

export function converse(socket: Socket, at: { readonly dir: string; readonly journal: Journal }, acts: Acts): Conversation {
  const over = new AbortController()
  const { signal } = over
  const write = async (frame: Buffer): Promise<void> => {
    if (socket.destroyed || socket.write(frame)) return
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go)
        socket.off('close', go)
        resolve()
      }
      socket.on('drain', go)
      socket.on('close', go)
    })
  }
  const tell = (message: FromRunner): void => void write(messageFrame(message))
  let incoming: PassThrough | undefined
  const take = async (into: SentFolder, tar: PassThrough): Promise<void> => {
    try {
      await unpackInto(join(at.dir, into), tar, { signal })
      tell({ kind: 'had', into })
    } catch (error) {
      tar.resume()
      if (!signal.aborted) tell({ kind: 'had', into, failure: wordsOf(error) })
    }
  }
  const tellAll = async (from: number): Promise<void> => {
    for (let next = from + 1; !signal.aborted; ) {
      for (const { seq, what } of at.journal.read(next)) {
        await write(messageFrame({ kind: 'said', seq, what } satisfies FromRunner))
        next = seq + 1
      }
      await Promise.race([at.journal.more(next - 1), ended])
    }
  }
  const give = async (path: string): Promise<void> => {
    const facts = await stat(path).catch(() => undefined)
    tell({ kind: 'file', path, absent: facts?.isFile() !== true })
    if (facts?.isFile() !== true) return
    try {
      for await (const chunk of createReadStream(path)) await write(bytesFrame(chunk as Buffer))
      tell({ kind: 'file-end', path })
    } catch (error) {
      tell({ kind: 'file-end', path, failure: wordsOf(error) })
    }
  }
  const act = async (message: ToRunner): Promise<void> => {
    switch (message.kind) {
      case 'from':
        acts.hello()
        void tellAll(message.seq)
        return
      case 'ping':
        return tell({ kind: 'pong' })
      case 'files':
        incoming = new PassThrough()
        void take(message.into, incoming)
        return
      case 'files-end':
        incoming?.end()
        incoming = undefined
        return
      case 'run':
        return acts.run(message.order, message.env)
      case 'answer':
        return acts.answer(message.id, message.answered)
      case 'stop':
        return acts.stop(message.now)
      case 'fetch':
        return give(message.path)
      case 'bye':
        return acts.bye()
    }
  }
  const listen = async (): Promise<void> => {
    try {
      for await (const frame of readFrames(socket)) {
        if (frame.kind === 'message') await act(frame.json as ToRunner)
        else if (incoming?.write(frame.bytes) === false) await room(incoming, signal)
      }
    } catch {
      // Cut: who needs it comes again.
    } finally {
      over.abort(new Error('the line is cut'))
      incoming?.destroy()
      socket.destroy()
    }
  }
  socket.on('error', () => undefined)
  const ended = listen()
  return { tell, close: () => void socket.destroy(), ended }
}

function room(into: PassThrough, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      into.off('drain', go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    into.once('drain', go)
    signal.addEventListener('abort', go, { once: true })
  })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
