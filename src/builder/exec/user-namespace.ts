/** A program as root of a user namespace of its own, for users who are not root: with many ids where newuidmap gives them, else with one. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errorCode } from '../../media/file-errors.ts'
import type { Waiting } from '../tree/node.ts'
import { cpuOf, failureOf } from './machine/launch.ts'
import { assemble } from './machine/program.ts'
import { addressOf, call, reportDescriptor, type Step, texts } from './machine/step.ts'
import { type IdRange, rangeOf } from './subordinate-ids.ts'

export interface NamespaceProgram {
  /** An absolute path first. */
  readonly args: readonly string[]
  readonly env: readonly string[]
  /** Where the starter may lie while it starts: a folder that allows execution. */
  readonly folder: string
}

export interface Person {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

export type Entered =
  | { readonly kind: 'entered'; readonly child: ChildProcess; readonly ids: 'many' | 'one' }
  | { readonly kind: 'refused'; readonly reason: string }

const goDescriptor = 4
const usualIds = 65_536
const newUser = 0x10000000
const started = Buffer.from('started\n')
const tools = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin']
const run = promisify(execFile)

/** The child has an IPC channel as its descriptor 5, and its standard error is piped. It dies with this process. */
export async function enterUserNamespace(program: NamespaceProgram, person: Person, o: Waiting): Promise<Entered> {
  const cpu = cpuOf(arch())
  if (cpu === undefined) return { kind: 'refused', reason: `it is not made for the CPU ${arch()}` }
  const steps = entrySteps(program)
  const file = join(program.folder, `enter-${randomUUID()}`)
  writeFileSync(file, assemble([...steps, call('exit_group', [0], 'end')], cpu), { mode: 0o700 })
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await enter(steps, file, person, o)
      } catch (error) {
        // Another thread was just starting a program and still held this file open.
        if (errorCode(error) !== 'ETXTBSY' || attempt >= 20) throw error
        await pause(2)
      }
    }
  } finally {
    rmSync(file, { force: true })
  }
}

/** It waits in the new namespace until its ids are mapped from outside. */
function entrySteps({ args, env }: NamespaceProgram): readonly Step[] {
  return [
    call('fcntl', [reportDescriptor, 2, 1], 'keep the report to itself'),
    call('fcntl', [goDescriptor, 2, 1], 'keep the word to itself'),
    call('unshare', [newUser], 'make a user namespace'),
    call('write', [reportDescriptor, started, started.length], 'report the start'),
    call('read', [goDescriptor, addressOf('word'), 1], 'wait for the mapping of ids'),
    call('setresgid', [0, 0, 0], 'become group 0 of the namespace'),
    call('setresuid', [0, 0, 0], 'become user 0 of the namespace'),
    call('prctl', [1, 9, 0, 0, 0], 'die with the builder'),
    call('execve', [args[0] ?? '', texts(args), texts([...env, 'NODE_CHANNEL_FD=5', 'NODE_CHANNEL_SERIALIZATION_MODE=advanced'])], `execute ${args[0]}`),
  ]
}

async function enter(steps: readonly Step[], file: string, person: Person, o: Waiting): Promise<Entered> {
  o.signal.throwIfAborted()
  const child = spawn(file, [], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'ipc'], serialization: 'advanced', env: {} })
  // Only on the way in: afterwards the child is told by message, and ends in good order.
  const onAbort = (): void => void child.kill('SIGKILL')
  o.signal.addEventListener('abort', onAbort)
  try {
    return await settle(child, steps, person, o)
  } finally {
    o.signal.removeEventListener('abort', onAbort)
  }
}

async function settle(child: ChildProcess, steps: readonly Step[], person: Person, o: Waiting): Promise<Entered> {
  const report = child.stdio[reportDescriptor] as Readable
  const go = child.stdio[goDescriptor] as Writable
  go.on('error', () => undefined)
  const told: Buffer[] = []
  const heard = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => resolve())
    report.on('data', (chunk: Buffer) => {
      told.push(chunk)
      resolve()
    })
  })
  const ended = new Promise<void>((resolve) => void report.once('close', resolve))
  await heard
  let ids: 'many' | 'one' = 'one'
  // Otherwise the first that it said is why it failed.
  if (Buffer.concat(told).subarray(0, 8).equals(started) && child.pid !== undefined) {
    try {
      ids = await mapIds(child.pid, person, o)
    } catch (error) {
      child.kill('SIGKILL')
      await ended
      o.signal.throwIfAborted()
      return { kind: 'refused', reason: `cannot map the ids of a user namespace: ${(error as Error).message}` }
    }
    go.write('\n')
  }
  // Closed by the new program's start, or by the end.
  await ended
  go.destroy()
  o.signal.throwIfAborted()
  const failure = failureOf(steps, Buffer.concat(told))
  if (failure !== undefined) return { kind: 'refused', reason: `cannot ${failure.what}: ${failure.error}` }
  return { kind: 'entered', child, ids }
}

async function mapIds(pid: number, person: Person, o: Waiting): Promise<'many' | 'one'> {
  if (person.uid === 0 && mapAsRoot(pid)) return 'many'
  const ranges = { uid: rangeOf(readText('/etc/subuid'), person), gid: rangeOf(readText('/etc/subgid'), person) }
  const programs = { uid: find('newuidmap'), gid: find('newgidmap') }
  if (ranges.uid !== undefined && ranges.gid !== undefined && programs.uid !== undefined && programs.gid !== undefined) {
    await run(programs.uid, mapOf(pid, person.uid, ranges.uid), o)
    await run(programs.gid, mapOf(pid, person.gid, ranges.gid), o)
    return 'many'
  }
  writeFileSync(`/proc/${pid}/setgroups`, 'deny')
  writeFileSync(`/proc/${pid}/gid_map`, `0 ${person.gid} 1`)
  writeFileSync(`/proc/${pid}/uid_map`, `0 ${person.uid} 1`)
  return 'one'
}

/** Root of a container may hand on the ids it has. */
function mapAsRoot(pid: number): boolean {
  try {
    for (const map of ['uid_map', 'gid_map']) {
      const [line = ''] = readFileSync(`/proc/self/${map}`, 'utf8').trim().split('\n')
      const [inside = 0, , count = 0] = line.trim().split(/\s+/).map(Number)
      if (inside !== 0) return false
      writeFileSync(`/proc/${pid}/${map}`, `0 0 ${Math.min(count, usualIds)}`)
    }
    return true
  } catch {
    // Without the right to: as anybody else.
    return false
  }
}

function mapOf(pid: number, own: number, range: IdRange): string[] {
  return [pid, 0, own, 1, 1, range.start, range.count].map(String)
}

function find(name: string): string | undefined {
  return tools.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
