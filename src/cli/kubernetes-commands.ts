/** `slipway k8s`: what has to do with a cluster, besides stages that run there. */
import type { Command } from 'commander'
import { collect } from './name-value.ts'
import type { Act } from './program.ts'
import { runOptions } from './run/run-options.ts'
import type { World } from './world.ts'

export function addKubernetesCommands(program: Command, world: World, act: Act): void {
  const command = program.command('k8s').description('runs in Kubernetes clusters')
  runOptions(
    command
      .command('run')
      .argument('<file>', 'pipeline file')
      .description('run a pipeline in a pod of the cluster: builds, scans and pushes are done there, and seen here')
      .option('--image <image>', 'of Slipway, for the pod; or SLIPWAY_KUBERNETES_RUNNER_IMAGE')
      .option('--image-connector <id>', 'whose login nodes fetch it with')
      .option('--cluster <id>', 'the cluster of this connector')
      .option('--namespace <name>', 'this namespace')
      .option('--service-account <name>', 'of the pod: stages on Kubernetes are made by it')
      .option('--cpu <amount>', 'of the pod, such as 2 or 500m')
      .option('--memory <amount>', 'of the pod, such as 4Gi')
      .option('--cache-claim <name>', 'a PersistentVolumeClaim that keeps layers and caches between runs')
      .option('--node-selector <label=value>', 'nodes that may be used; may be repeated', collect, [])
      .option('--toleration <key[=value][:effect]>', 'taints that are no matter; may be repeated', collect, [])
      .option('--pod-overlay <file>', 'YAML that is merged into the spec of the pod')
      .option('--init-timeout <duration>', 'how long a node and the image may take', '8m')
      .option('--env <name[=value]>', 'a variable of this machine, or with a value, for the run there; may be repeated', collect, []),
  ).action((file: string, o) => act(async () => (await import('./k8s/run-in-cluster.ts')).runInCluster(file, o, world)))
  command
    .command('prune')
    .description('take away pods that runs of this machine left behind')
    .option('--older-than <duration>', 'of anybody, if they are older: 6h')
    .option('--connector <id>', 'the cluster of this connector')
    .option('--namespace <name>', 'this namespace')
    .option('--dry-run', 'say what would go')
    .option('--json', 'as JSON')
    .action((o) => act(async () => (await import('./commands/k8s-prune.ts')).prunePods(o, world)))
  program.command('runner', { hidden: true }).action(() => act(async () => (await import('./k8s/host-runner.ts')).hostRunner(world)))
}
