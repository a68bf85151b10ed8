/** Threads that compress and hash, as many as there are processors. Begun when they are first needed; they keep nobody from ending. */
import { Worker } from 'node:worker_threads'
import type { Piece } from '../pieces.ts'
import { type DeflateModule, deflateModule } from './deflater.ts'
import type { Hands } from './hands.ts'
import type { Answer, Answers, Order } from './orders.ts'

const most = 8

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }

interface Member {
  load(): number
  order<K extends Order['kind']>(order: Extract<Order, { kind: K }>): Promise<Answers[K]>
}

let members: Member[] | undefined

/** The crew if it is at work already. */
export function presentCrew(): Hands | undefined {
  return members === undefined ? undefined : hands(members)
}

export function crew(): Hands {
  if (members === undefined) {
    const module = deflateModule()
    members = Array.from({ length: Math.min(most, navigator.hardwareConcurrency) }, () => member(module, leave))
  }
  return hands(members)
}

/** A thread that has died takes its orders with it; the next who asks gets a new crew. */
function leave(): void {
  members = undefined
}

function hands(all: readonly Member[]): Hands {
  const idlest = (): Member => all.reduce((best, one) => (one.load() < best.load() ? one : best))
  return {
    async pack(piece, before, { key, into }) {
      const { bytes, size, ...rest } = await idlest().order({ kind: 'pack', piece, before, key, into })
      return { bytes: bytes === undefined ? (into as Piece).subarray(0, size) : Buffer.from(bytes), ...rest }
    },
    key: async (piece, before) => idlest().order({ kind: 'key', piece, before }),
    hasher() {
      const one = idlest()
      const stream = streams++
      return { update: (piece) => one.order({ kind: 'hash', stream, piece }), digest: () => one.order({ kind: 'digest', stream }) }
    },
  }
}

let streams = 0

function member(module: DeflateModule, onEnd: () => void): Member {
  const worker = new Worker(workerFile(), { workerData: module, resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } })
  const waiting: Waiting[] = []
  worker.unref()
  worker.on('message', (answer: Answer) => {
    const next = waiting.shift()
    // Who waits for an answer keeps the process alive, nobody else.
    if (waiting.length === 0) worker.unref()
    if (answer.ok) next?.resolve(answer.value as never)
    else next?.reject(new Error(answer.message))
  })
  const end = (error: Error): void => {
    onEnd()
    for (const one of waiting.splice(0)) one.reject(error)
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('a thread that compresses has ended')))
  return {
    load: () => waiting.length,
    order(order) {
      if (waiting.length === 0) worker.ref()
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        worker.postMessage(order)
      })
    },
  }
}

/** In the bundle it is a file of its own, among the parts. */
function workerFile(): URL {
  const here = import.meta.url
  return here.endsWith('.ts') ? new URL('worker.ts', here) : new URL('parts/deflate-worker.mjs', here.replace(/parts\/[^/]*$/, ''))
}
