/** The embedded builder of a user who is not root: this program once more, in a user namespace, for the builds that need one. */
import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkerChannel } from '../adapters/builders/rootless/ask-worker.ts'
import { childChannel } from '../adapters/builders/rootless/process-channel.ts'
import { rootlessBuilder } from '../adapters/builders/rootless/rootless-builder.ts'
import { rootlessCache } from '../adapters/builders/rootless/rootless-cache.ts'
import { rootlessMounts } from '../adapters/builders/rootless/rootless-mounts.ts'
import { problem } from '../base/problem.ts'
import { enterUserNamespace } from '../builder/exec/user-namespace.ts'
import { contentStore } from '../media/content-store.ts'
import { thisUser } from '../media/this-user.ts'
import type { Waiting } from '../oci/views.ts'
import type { BuildCache } from '../ports/build-cache.ts'
import type { Builder } from '../ports/builder.ts'
import type { CacheMounts } from '../ports/cache-mounts.ts'
import { openBlob } from '../registry/blobs.ts'
import type { BuilderParts } from './compose-builder.ts'
import { workerCommand } from './worker-command.ts'

/** Who runs this program, and how it is started. */
export interface Person {
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Node, its own options, and the file of this program. */
  readonly program: readonly string[]
}

export interface Rootless extends BuilderParts {
  /** The builder of this process. */
  readonly here: Builder
  readonly person: Person
  readonly orHere?: boolean
}

export function composeRootless(o: Rootless): Builder {
  const images = contentStore(join(o.home, 'images'))
  return rootlessBuilder({
    here: o.here,
    ...(o.orHere === true && { orHere: true }),
    facts: { home: o.home, hosts: o.client().hosts, env: o.person.env },
    credentialsFor: (connector, target, w) => o.client(connector).auth.credentialsFor(target, w),
    async openBlob(descriptor, origin, w) {
      if (origin === undefined || (await images.has(descriptor.digest))) return images.open(descriptor.digest, w)
      return openBlob(o.client().repository(origin, ['pull']), descriptor, w)
    },
    start: (w) => startWorker(o.home, o.person, w),
  })
}

/** Folders in the cache may belong to ids of a namespace. */
export function composeRootlessCache(home: string, person: Person): BuildCache {
  return rootlessCache({ facts: { home, hosts: [], env: person.env }, start: (w) => startWorker(home, person, w) })
}

export function composeRootlessMounts(home: string, person: Person): CacheMounts {
  return rootlessMounts({ facts: { home, hosts: [], env: person.env }, start: (w) => startWorker(home, person, w) })
}

async function startWorker(home: string, person: Person, w: Waiting): Promise<WorkerChannel> {
  return childChannel(await startInNamespace(workerCommand, home, person, { ...w, refused: (reason, o) => problem('BUILD_RUN_IMPOSSIBLE', { reason }, o) }))
}

/** This program as root of a user namespace; throws what `refused` makes of the reason. */
export async function startInNamespace(
  command: string,
  home: string,
  person: Person,
  w: Waiting & { readonly refused: (reason: string, o: { readonly hint: string }) => Error },
): Promise<ChildProcess> {
  const folder = join(home, 'build')
  mkdirSync(folder, { recursive: true })
  const { uid, gid, username: name } = thisUser()
  const env = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'].flatMap((key) =>
    person.env[key] === undefined ? [] : [`${key}=${person.env[key]}`],
  )
  const entered = await enterUserNamespace({ args: [...person.program, command], env, folder }, { uid, gid, name }, w)
  if (entered.kind === 'refused') throw w.refused(refusal(entered.reason), { hint })
  return entered.child
}

const hint =
  'Let ordinary users make user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns), or run as root.'

function refusal(reason: string): string {
  return `without root it needs a user namespace, and the system says no (${reason})`
}
