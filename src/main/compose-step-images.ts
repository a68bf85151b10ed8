/** Steps in images on this machine, with the store, the layers and the sandbox of builds. Who is not root has another process carry them out. */
import { join } from 'node:path'
import { childChannel } from '../adapters/builders/rootless/process-channel.ts'
import type { ImageStore } from '../adapters/images/image-store.ts'
import type { ImageSteps } from '../adapters/infra/local/image/image-job.ts'
import { rootlessSteps } from '../adapters/infra/local/image/rootless/rootless-steps.ts'
import { imageSteps } from '../adapters/infra/local/image/run-in-image.ts'
import { problem } from '../base/problem.ts'
import type { Sandbox } from '../builder/exec/sandbox.ts'
import { buildStore } from '../builder/store/directory.ts'
import { contentStore } from '../media/content-store.ts'
import type { RegistryUse } from '../ports/registry-use.ts'
import type { RegistryClient } from '../registry/client.ts'
import { type Person, startInNamespace } from './compose-rootless.ts'
import { forcedSandbox } from './forced-rung.ts'
import { machinePlatform } from './machine-platform.ts'
import { stepWorkerCommand } from './worker-command.ts'

export interface StepImageParts {
  /** Data folder. */
  readonly home: string
  readonly images: ImageStore['source']
  readonly client: (use: RegistryUse) => RegistryClient
}

/** Of one stage. */
export function composeStepImages(o: StepImageParts, person: Person): ImageSteps {
  const { home, client } = o
  const sandbox = forcedSandbox(person.env)
  if (person.uid === 0) return stepImagesHere({ ...o, ...(sandbox !== undefined && { sandbox }) })
  return rootlessSteps({
    facts: { home, env: person.env },
    hosts: (use) => client(use).hosts,
    credentialsFor: (use, target, w) => client(use).auth.credentialsFor(target, w),
    start: async (w) => childChannel(await startInNamespace(stepWorkerCommand, home, person, { ...w, refused })),
  })
}

function refused(reason: string, o: { readonly hint: string }): Error {
  return problem('STEP_IMAGE_IMPOSSIBLE', { image: 'as this user', reason }, o)
}

/** In this process. */
export function stepImagesHere({ home, images, client, sandbox }: StepImageParts & { readonly sandbox?: Sandbox }): ImageSteps {
  return imageSteps({
    store: buildStore(contentStore(join(home, 'images')), join(home, 'build')),
    client,
    platform: machinePlatform,
    stored: async (name, o) => (await images.openStored(name, o)).image,
    ...(sandbox !== undefined && { sandbox }),
  })
}
