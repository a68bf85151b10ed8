/** The engine's parts for a run that only pretends: no network, no files but the history, and a clock that jumps. */
import { fakeBuilder } from '../adapters/builders/fake-builder.ts'
import { fakeImages } from '../adapters/images/fake-images.ts'
import { fakeFiles } from '../adapters/infra/fake/fake-files.ts'
import { fakeInfra } from '../adapters/infra/fake/fake-infra.ts'
import { passingMemory } from '../adapters/scan-memory/passing-memory.ts'
import { fakeScanner } from '../adapters/scanners/fake-scanner.ts'
import { fakeSecrets } from '../adapters/secrets/fake-secrets.ts'
import type { Clock } from '../base/clock.ts'
import { problem } from '../base/problem.ts'
import type { Engine } from '../cli/toolbox.ts'

export function composeFake(clock: Clock): Engine {
  return {
    parts: {
      infrastructures: { fake: fakeInfra({ clock, dir: '/harness' }) },
      builders: { embedded: fakeBuilder('embedded'), buildx: fakeBuilder('buildx'), kaniko: fakeBuilder('kaniko') },
      ...fakeImages(),
      scan: { scanner: fakeScanner(), withoutDatabase: 'error', baselines: new Map(), memory: passingMemory() },
      toolRegistries: nowhere,
      findRegistry: async (_login, region) => `000000000000.dkr.ecr.${region}.amazonaws.com`,
      readFile: fakeFiles,
      writeFile: async () => undefined,
      readReports: async () => ({ notes: [] }),
      openContext: async () => undefined,
      openStepCache: () => {
        throw new Error('steps that pretend open no store')
      },
      secrets: [fakeSecrets()],
    },
    checkConnector: async (identifier) => `${identifier} was not asked: nothing is real here`,
    clusterCare: nowhere,
    clusterRunner: nowhere,
    close: async () => undefined,
  }
}

async function nowhere(): Promise<never> {
  throw problem('K8S_CONFIG_UNUSABLE', { reason: 'nothing is real here' })
}
