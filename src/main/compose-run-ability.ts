/** What a RUN would find on this machine, tried out by the process that would carry it out. */
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { askWorker, type WorkerChannel } from '../adapters/builders/rootless/ask-worker.ts'
import { childChannel } from '../adapters/builders/rootless/process-channel.ts'
import { findProgram } from '../adapters/processes/find-program.ts'
import type { Ability } from '../builder/exec/sandbox.ts'
import { rangeOf } from '../builder/exec/subordinate-ids.ts'
import { openRunWorld } from '../builder/run-world.ts'
import { thisUser } from '../media/this-user.ts'
import type { Waiting } from '../oci/views.ts'
import type { RunAbility, RunFacts } from '../ports/run-ability.ts'
import { wayOf } from './compose-builder.ts'
import { type Person, startInNamespace } from './compose-rootless.ts'
import { workerCommand } from './worker-command.ts'

export async function runAbility(home: string, person: Person, w: Waiting): Promise<RunAbility> {
  const facts = await runFacts(join(home, 'build'), person)
  const way = wayOf(person)
  const here = async () => (await openRunWorld(facts.folder, way.sandbox, w)).ability
  if (way.kind === 'here') return told(await here(), facts)
  const inside = await insideAbility(home, person, w)
  if (inside.kind === 'able' || !way.orHere) return told(inside, facts)
  const own = await here()
  if (own.kind === 'unable') return told(own, facts)
  return told({ ...own, because: [...new Set([...inside.reasons, ...(own.because ?? [])])] }, facts)
}

async function insideAbility(home: string, person: Person, w: Waiting): Promise<Ability> {
  let refusal: string | undefined
  const refused = (reason: string): Error => {
    refusal = reason
    return new Error(reason)
  }
  try {
    const start = async (o: Waiting): Promise<WorkerChannel> => childChannel(await startInNamespace(workerCommand, home, person, { ...o, refused }))
    const answer = await askWorker({ kind: 'ability', facts: { home, hosts: [], env: person.env } }, { ...w, start })
    if (answer.kind !== 'able') throw new Error(`a question about RUN was answered by "${answer.kind}"`)
    return answer.ability
  } catch (error) {
    if (refusal !== undefined) return { kind: 'unable', reasons: [refusal] }
    throw error
  }
}

function told(ability: Ability, facts: RunFacts): RunAbility {
  return ability.kind === 'able' ? { rung: ability.rung, reasons: ability.because ?? [], facts } : { rung: undefined, reasons: ability.reasons, facts }
}

async function runFacts(folder: string, { uid, env }: Person): Promise<RunFacts> {
  const user = thisUser()
  const has = (file: string): boolean => rangeOf(textOf(file), { name: user.username, uid }) !== undefined
  const path = ['/usr/bin', '/bin', env['PATH'] ?? ''].join(delimiter)
  return {
    root: uid === 0,
    user: user.username,
    range: has('/etc/subuid') && has('/etc/subgid'),
    mapper: (await findProgram('newuidmap', path)) !== undefined && (await findProgram('newgidmap', path)) !== undefined,
    forbidding: forbidding(),
    folder,
  }
}

/** File, the value that forbids, and what would allow it. */
const settings = [
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=28633'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
] as const

function forbidding(): readonly string[] {
  return settings.flatMap(([file, value, better]) => (textOf(file).trim() === value ? [better] : []))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
