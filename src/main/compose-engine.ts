/** The engine's parts for one run: infrastructures, builders, deliveries and secrets, over one registry client per connector. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { builderPerUse } from '../adapters/builders/builder-per-use.ts'
import type { ToolMemory } from '../adapters/builders/buildx/find-tool.ts'
import { placeCode } from '../adapters/codebase/place-code.ts'
import { writeReport } from '../adapters/files/write-report.ts'
import { archiveDelivery } from '../adapters/images/archive-delivery.ts'
import { imageStore } from '../adapters/images/image-store.ts'
import { layoutDelivery } from '../adapters/images/layout-delivery.ts'
import { registryDelivery } from '../adapters/images/registry-delivery.ts'
import { registryImages } from '../adapters/images/registry-images.ts'
import { withDocker } from '../adapters/images/with-docker.ts'
import { dockerInfra } from '../adapters/infra/docker/docker-infra.ts'
import { kubernetesInfra } from '../adapters/infra/kubernetes/kubernetes-infra.ts'
import { localInfra } from '../adapters/infra/local/local-infra.ts'
import { connectorIdentity, isCloud } from '../adapters/registry-auth/cloud/cloud-identity.ts'
import { findEcrRegistry } from '../adapters/registry-auth/ecr/find-ecr-registry.ts'
import { careForRepository } from '../adapters/registry-auth/ecr/repository-care.ts'
import { pingRegistry } from '../adapters/registry-auth/ping-registry.ts'
import { findToolRegistries } from '../adapters/registry-auth/tool-registries.ts'
import { readReports } from '../adapters/reports/read-reports.ts'
import { readSecretFrom } from '../adapters/secrets/read-secret.ts'
import { stepCaches } from '../adapters/step-cache/open-step-cache.ts'
import { openContext } from '../builder/context/open-context.ts'
import type { Engine, EngineNeeds } from '../cli/toolbox.ts'
import { contentStore } from '../media/content-store.ts'
import { registryOfUrl } from '../oci/registry-host.ts'
import { plainUse, type RegistryUse } from '../ports/registry-use.ts'
import { calmHeap } from './calm-memory.ts'
import { composeBuilder } from './compose-builder.ts'
import { composeBuildx } from './compose-buildx.ts'
import { composeRegistryUse } from './compose-registry-use.ts'
import { composeRemote } from './compose-remote.ts'
import { composeScan } from './compose-scan.ts'
import { secretSources } from './compose-secrets.ts'
import { composeStepImages } from './compose-step-images.ts'
import type { Machine } from './compose-toolbox.ts'
import { machinePlatform } from './machine-platform.ts'
import { scannerImage } from './scanner-image.ts'

export function composeEngine(machine: Machine, needs: EngineNeeds): Engine {
  const { env, kill, clock } = machine
  const secrets = needs.secrets ?? secretSources(machine, needs.home)
  const registries = composeRegistryUse(machine, needs, secrets)
  const code = placeCode({
    env,
    kill,
    clock,
    home: needs.home,
    connectors: needs.connectors,
    onSecret: needs.onSecret,
    read: readSecretFrom(secrets, needs.onSecret),
    ...(needs.sent !== undefined && { sent: needs.sent }),
  })
  const blobs = contentStore(join(needs.home, 'images'))
  const stored = imageStore({ dir: join(needs.home, 'images') })
  const images = withDocker(stored, { env, platform: machinePlatform, blobs })
  const memory: ToolMemory = {}
  const docker = dockerInfra({
    dir: join(needs.home, 'docker-stages'),
    env,
    self: { pid: machine.pid, kill },
    code,
    client: (use) => registries.clientFor(use, 'pull'),
    stored: async (name, o) => (await stored.source.openStored(name, o)).image,
  })
  const kubernetes = kubernetesInfra({
    dir: join(needs.home, 'kubernetes-stages'),
    env,
    clock,
    code,
    client: (use) => registries.clientFor(use, 'pull'),
    connectors: needs.connectors,
    read: readSecretFrom(secrets, needs.onSecret),
    onFirstUse: calmHeap,
    ...(needs.resumable !== undefined && { resumable: needs.resumable }),
  })
  return {
    parts: {
      infrastructures: {
        docker,
        kubernetes,
        local: localInfra({
          dir: join(needs.home, 'stages'),
          env,
          kill,
          code,
          ...(needs.folder !== undefined && { folder: needs.folder }),
          images: () => composeStepImages({ home: needs.home, images: stored.source, client: (use) => registries.clientFor(use, 'pull') }, machine),
        }),
      },
      builders: {
        embedded: builderPerUse('embedded', (use) => composeBuilder({ home: needs.home, client: () => registries.clientFor(use, 'pull') }, machine)),
        buildx: builderPerUse('buildx', (use) => composeBuildx({ home: needs.home, memory, client: (purpose) => registries.clientFor(use, purpose) }, machine)),
      },
      deliveries: {
        registry: registryDelivery({
          clientFor: (use) => registries.clientFor(use, 'push'),
          prepare: (ref, { use, care }, o) => careForRepository(ref, care, { ...o, aws: registries.loginsOf(use).aws, world: registries.world }),
        }),
        archive: archiveDelivery(),
        'oci-layout': layoutDelivery(),
        load: images.delivery,
      },
      images: images.source,
      remoteImages: registryImages((use) => registries.clientFor(use, 'pull')),
      scan: composeScan(machine, {
        home: needs.home,
        choice: needs.scan,
        pull: (name, o) => scannerImage(name, registries.clientFor(plainUse, 'pull'), o),
      }),
      toolRegistries: findToolRegistries(registries),
      findRegistry: (login, region, o) => findEcrRegistry(login, region, registries.world, o),
      readFile,
      writeFile: writeReport,
      readReports,
      openContext: (text, o) => openContext(text, { ...o, remote: composeRemote(machine.env) }),
      openStepCache: stepCaches({
        dir: join(needs.home, 'step-cache'),
        clock: machine.clock,
        connectors: needs.connectors,
        read: readSecretFrom(secrets, needs.onSecret),
        world: registries.world,
      }),
      secrets,
    },
    async checkConnector(identifier, o) {
      const found = needs.connectors.get(identifier)
      if (found !== undefined && isCloud(found)) return connectorIdentity(found, {}, readSecretFrom(secrets, needs.onSecret), registries.world).check(o)
      const url = found?.type === 'DockerRegistry' ? found.spec.dockerRegistryUrl : undefined
      const registry = url?.kind === 'literal' ? registryOfUrl(String(url.value)) : undefined
      return pingRegistry(registries.clientFor({ ...plainUse, connector: identifier }, 'push'), registry ?? identifier, o)
    },
    async clusterCare(wanted, o) {
      const { clusterCare } = await import('../adapters/infra/kubernetes/cluster-care.ts')
      const read = readSecretFrom(secrets, needs.onSecret)
      return clusterCare({ ...wanted, dir: join(needs.home, 'kubernetes-stages'), env, clock, connectors: needs.connectors, read }, o)
    },
    async clusterRunner(wanted, o) {
      const { openRunner } = await import('../adapters/cluster-runner/open-runner.ts')
      const read = readSecretFrom(secrets, needs.onSecret)
      const client = (use: RegistryUse) => registries.clientFor(use, 'pull')
      const keeps = needs.resumable
      const own = { dir: join(needs.home, 'kubernetes-stages'), version: packageJson.version, env, clock, connectors: needs.connectors, read, client }
      return openRunner(wanted, { ...own, ...(keeps !== undefined && { keeps }) }, o)
    },
    async close() {
      await docker.close()
      await kubernetes.close()
      await registries.close()
    },
  }
}
