/** What the parts of a clone share. */
import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Problem } from '../base/problem.ts'
import type { Progress } from '../events/run-event.ts'
import type { Revision } from '../pipeline/revision.ts'
import type { CloneSettings } from '../ports/code.ts'
import { gitFailure } from './git-failure.ts'
import type { GitRan, GitSession, GitWorld } from './git-session.ts'
import type { GitLogin, SshPlace } from './login.ts'
import { progressReader } from './progress.ts'

export interface CloneJob {
  /** Without credentials. */
  readonly url: string
  readonly revision: Revision
  readonly settings: CloneSettings
  readonly login?: GitLogin
  /** Whose login it is, for messages: "connector github". */
  readonly loginOf: string
  /** On this machine. */
  readonly folder: string
  /** For messages. */
  readonly shownFolder: string
}

export interface CloneWorld extends GitWorld {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where a private folder is made for the time of the clone. */
  readonly scratch: string
  readonly ssh: SshPlace
  readonly say: (text: string) => void
  readonly progress: (progress: Progress) => void
  readonly note: (note: Diagnostic) => void
}

/** A clone under way. */
export interface Cloning {
  readonly job: CloneJob
  readonly world: CloneWorld
  readonly git: GitSession
}

/** Commands that people want to see in the log. */
const told = new Set(['fetch', 'checkout', 'sparse-checkout', 'submodule', 'lfs'])

/** Fails with one cause in the user's terms. Progress is shown, the rest goes to the log. */
export async function must(c: Cloning, what: string, args: readonly string[], stdin?: string): Promise<GitRan> {
  const ran = await attempt(c, args, stdin)
  if (ran.code !== 0) throw failure(c, what, ran)
  return ran
}

export async function attempt({ git, world }: Cloning, args: readonly string[], stdin?: string): Promise<GitRan> {
  const reader = progressReader(world)
  if (told.has(args[0] ?? '')) world.say(`+ git ${args.join(' ')}\n`)
  const ran = await git.run(args, { onError: (text) => reader.push(text), ...(stdin !== undefined && { stdin }) })
  reader.flush()
  return ran
}

export function failure({ job, world }: Cloning, what: string, ran: GitRan): Problem {
  return gitFailure(ran.err, { address: job.url, what, login: job.loginOf, knownHosts: world.ssh.knownHosts })
}
