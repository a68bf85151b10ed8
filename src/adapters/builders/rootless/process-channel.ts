/** Messages over the IPC channel between a process and the one that started it. */
import type { ChildProcess } from 'node:child_process'
import type { Channel } from './messages.ts'

/** How long a worker may take to leave once it is not needed any more. */
const graceMs = 5000
const complaintLength = 4096

/** The side that started it. */
export function childChannel<In, Out>(child: ChildProcess): Channel<In, Out> {
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-complaintLength)
  })
  // Sending to one that has just ended is told by its end.
  child.on('error', () => undefined)
  return {
    send: (message) => void (child.connected && child.send(message as object, () => undefined)),
    onMessage: (listen) => void child.on('message', (message) => listen(message as In)),
    onEnd(listen) {
      const end = (): void => listen(`${child.signalCode ?? `exit code ${child.exitCode}`}${complaints === '' ? '' : `: ${complaints.trim()}`}`)
      // After the streams have ended too, so that its last words are in.
      if (child.exitCode !== null || child.signalCode !== null) end()
      else child.once('close', end)
    },
    close() {
      if (child.connected) child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs)
      late.unref()
      child.once('exit', () => clearTimeout(late))
    },
  }
}

/** What a channel needs of a process: the real one, in main. */
export interface OwnProcess {
  send?(message: object, sent: (error: Error | null) => void): boolean
  on(event: 'message', listen: (message: unknown) => void): unknown
  once(event: 'disconnect', listen: () => void): unknown
  disconnect?(): void
}

/** The side that was started. */
export function ownChannel<In, Out>(own: OwnProcess): Channel<In, Out> {
  return {
    send: (message) => void own.send?.(message as object, () => undefined),
    onMessage: (listen) => void own.on('message', (message) => listen(message as In)),
    onEnd: (listen) => void own.once('disconnect', () => listen('disconnected')),
    close: () => own.disconnect?.(),
  }
}
