/** A rung on which another process stands: started once, asked for case after case. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { unpackFailure } from '../../../src/adapters/builders/rootless/failure-parcel.ts'
import { unpackImage } from '../../../src/adapters/builders/rootless/image-parcel.ts'
import { isProblem } from '../../../src/base/problem.ts'
import { contentStore } from '../../../src/media/content-store.ts'
import { openBlob } from '../../../src/registry/blobs.ts'
import type { Bases } from './bases.ts'
import type { Given, Ours } from './ours.ts'
import type { Rung, Share } from './rungs.ts'
import { fromLine, type Told, toLine } from './worker.ts'

interface WorkerRung {
  readonly number: number
  readonly share: Share
  readonly name: string
  readonly storeDir: string
  readonly bases: Bases
}

/** Why there is none, where it cannot stand on that rung. */
export async function startWorker(program: string, args: readonly string[], o: WorkerRung): Promise<Rung | string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  let over = false
  const waiting = new Map<number, (told: Told) => void>()
  child.stdin.on('error', () => undefined)
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-2000)
  })
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      said += error.message
    })
    child.on('close', () => {
      over = true
      for (const [id, tell] of waiting) tell({ kind: 'failed', id, failure: { kind: 'defect', message: `the worker ended: ${said}`, stack: undefined } })
      resolve()
    })
  })
  const ready = new Promise<Extract<Told, { kind: 'ready' }> | undefined>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const told = fromLine(line) as Told
      if (told.kind === 'ready') resolve(told)
      else waiting.get(told.id)?.(told)
    })
    void ended.then(() => resolve(undefined))
  })
  const close = async (): Promise<void> => {
    child.stdin.end()
    child.kill()
    await ended
  }
  const first = await ready
  if (first === undefined) return said.trim()
  const { ability } = first
  if (ability.kind === 'unable' || ability.rung !== o.number) {
    await close()
    return ability.kind === 'unable' ? ability.reasons.join('; ') : `it stands on rung ${ability.rung}`
  }
  let asked = 0
  const build = async (given: Given): Promise<Ours> => {
    if (over) throw new Error(`the worker is gone: ${said}`)
    const id = ++asked
    const told = await new Promise<Told>((resolve) => {
      waiting.set(id, resolve)
      child.stdin.write(`${toLine({ id, given })}\n`)
    })
    waiting.delete(id)
    return oursOf(told, o)
  }
  return { name: o.name, number: o.number, share: o.share, build, close }
}

/** Its layers lie in its own store, those of bases still in the registry. */
function oursOf(told: Told, { storeDir, bases }: WorkerRung): Ours {
  if (told.kind === 'failed') {
    const error = unpackFailure(told.failure)
    if (isProblem(error)) return { kind: 'refused', problem: error }
    throw error
  }
  if (told.kind !== 'image') throw new Error(`a build was answered by "${told.kind}"`)
  const store = contentStore(storeDir)
  const image = unpackImage(told.image, async (descriptor, origin, w) => {
    if (origin === undefined || (await store.has(descriptor.digest))) return store.open(descriptor.digest, w)
    return openBlob(bases.client.repository(origin, ['pull']), descriptor, w)
  })
  if (image.kind !== 'image') throw new Error('an index, where one image was asked for')
  return { kind: 'image', image }
}
