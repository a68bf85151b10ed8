/** The other side: carries out steps in images as they are asked for by messages, side by side, until the one who asks is gone. */
import type { Credentials, RegistryAuth } from '../../../../../ports/registry-auth.ts'
import type { HostMapping } from '../../../../../registry/endpoint.ts'
import { packFailure, unpackFailure } from '../../../../builders/rootless/failure-parcel.ts'
import type { ImageSteps } from '../image-job.ts'
import type { StepFacts, StepWorkerChannel, ToStepWorker } from './messages.ts'

export interface StepTools {
  steps(facts: StepFacts, hosts: readonly HostMapping[], auth: RegistryAuth): ImageSteps
  remove(folder: string): Promise<void>
}

type Answer = Extract<ToStepWorker, { readonly ask: number }>

interface Serving {
  readonly channel: StepWorkerChannel
  readonly tools: StepTools
  readonly ends: Map<number, { readonly hard: AbortController; readonly polite: AbortController }>
  readonly questions: Map<number, (answer: Answer) => void>
  asked: number
}

/** Resolves when the other side is gone and nothing of what it asked for is under way any more. */
export async function serveSteps(channel: StepWorkerChannel, tools: StepTools): Promise<void> {
  const serving: Serving = { channel, tools, ends: new Map(), questions: new Map(), asked: 0 }
  const working = new Set<Promise<void>>()
  const begin = (work: Promise<void>): void => {
    working.add(work)
    void work.finally(() => working.delete(work))
  }
  channel.onMessage((message) => {
    if (message.kind === 'run') begin(run(message, serving))
    else if (message.kind === 'remove') begin(remove(message, serving))
    else if (message.kind !== 'end') serving.questions.get(message.ask)?.(message)
    else if (message.now) serving.ends.get(message.id)?.hard.abort()
    else serving.ends.get(message.id)?.polite.abort()
  })
  await new Promise<void>((resolve) => channel.onEnd(() => resolve()))
  for (const { hard } of serving.ends.values()) hard.abort()
  await Promise.all(working)
}

async function run({ id, facts, job, hosts }: Extract<ToStepWorker, { kind: 'run' }>, serving: Serving): Promise<void> {
  const { channel, tools, ends } = serving
  const [hard, polite] = [new AbortController(), new AbortController()]
  ends.set(id, { hard, polite })
  try {
    const steps = tools.steps(facts, hosts, askingAuth(id, serving))
    const end = await steps.run(job, { signal: hard.signal, polite: polite.signal, note: (note) => channel.send({ kind: 'note', id, note }) })
    channel.send({ kind: 'ended', id, end })
  } catch (error) {
    channel.send({ kind: 'failed', id, failure: packFailure(error) })
  } finally {
    ends.delete(id)
  }
}

async function remove({ id, folder }: Extract<ToStepWorker, { kind: 'remove' }>, { channel, tools }: Serving): Promise<void> {
  try {
    await tools.remove(folder)
    channel.send({ kind: 'removed', id })
  } catch (error) {
    channel.send({ kind: 'failed', id, failure: packFailure(error) })
  }
}

function askingAuth(id: number, serving: Serving): RegistryAuth {
  return {
    name: 'the process outside',
    async credentialsFor(target): Promise<Credentials | undefined> {
      const ask = ++serving.asked
      const answered = new Promise<Answer>((resolve) => void serving.questions.set(ask, resolve))
      serving.channel.send({ kind: 'who am I', ask, id, target })
      const answer = await answered
      serving.questions.delete(ask)
      if (answer.kind === 'credentials') return answer.credentials
      throw unpackFailure(answer.failure)
    },
  }
}
