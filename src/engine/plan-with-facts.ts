/** A step as it is planned just before it runs. What it asks for first, files of the workspace or its registry, is found then, and it is planned again. */
import type { PlannedStep } from '../plan/planner.ts'
import { maskNames } from '../settings/mask.ts'
import type { AskedFile, FileFact } from '../steps/asked-files.ts'
import { readDotenv } from '../steps/read-dotenv.ts'
import type { RegistryWanted } from '../steps/registry-wanted.ts'
import type { RunContext } from './parts.ts'
import { loginSettings } from './registry-use.ts'
import { nowKnown } from './reveal.ts'
import type { StageState } from './run-nodes.ts'

interface Learned {
  readonly files: ReadonlyMap<string, FileFact>
  readonly foundRegistry?: string
}

export async function planWithFacts(path: string, state: StageState, context: RunContext): Promise<PlannedStep> {
  for (let learned: Learned = { files: new Map() }; ; ) {
    const planned = context.planner.step(
      path,
      learned.files.size === 0 && learned.foundRegistry === undefined ? state.knowledge : { ...state.knowledge, ...learned },
    )
    const more = await learn(planned, learned, state, context)
    if (more === undefined) return planned
    learned = more
  }
}

/** undefined: there is nothing more to learn. */
async function learn({ plan }: PlannedStep, learned: Learned, state: StageState, context: RunContext): Promise<Learned | undefined> {
  if (plan.work.kind !== 'image') return undefined
  const { asks = [], registryWanted } = plan.work
  const files = asks.filter((file) => !learned.files.has(file.path))
  if (files.length > 0) {
    await state.workspace.bringHere?.({ signal: context.signal })
    const read = await Promise.all(files.map(async (file) => [file.path, await readFact(file, state, context)] as const))
    return { ...learned, files: new Map([...learned.files, ...read]) }
  }
  if (registryWanted === undefined || learned.foundRegistry !== undefined) return undefined
  return { ...learned, foundRegistry: await find(registryWanted, { state, context, step: plan }) }
}

async function find({ login, region }: RegistryWanted, at: Parameters<typeof loginSettings>[1]): Promise<string> {
  return at.context.findRegistry(await loginSettings(login, at), nowKnown(region), { signal: at.context.signal })
}

async function readFact({ path, variables }: AskedFile, { workspace }: StageState, context: RunContext): Promise<FileFact> {
  try {
    const text = (await context.readFile(workspace.hostPath(path))).toString('utf8')
    const secret = maskNames()
    if (variables === true) for (const [name, value] of readDotenv(text).values) if (secret.has(name)) context.redactor.register(value)
    return { text }
  } catch (error) {
    context.signal.throwIfAborted()
    const { code, message } = error as NodeJS.ErrnoException
    return { missing: code === 'ENOENT' ? 'there is no such file' : message }
  }
}
