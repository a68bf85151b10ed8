/** Every YAML fragment of the sample documents: where it stands, what completes it, and what is said about it. */
import type { Fragment } from './fragment.ts'
import { buildOrPush } from './manifest/build-or-push.ts'
import { buildOrPushNewer } from './manifest/build-or-push-newer.ts'
import { docker } from './manifest/docker.ts'
import { ecr } from './manifest/ecr.ts'
import { ghcr } from './manifest/ghcr.ts'

export const manifest: readonly Fragment[] = [...buildOrPush, ...buildOrPushNewer, ...ghcr, ...ecr, ...docker]

export const documents: readonly string[] = [...new Set(manifest.map(({ file }) => file))]
