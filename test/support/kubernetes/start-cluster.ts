/** A real Kubernetes cluster for tests: the one of KUBECONFIG, or one of our own on this machine that ends with this process. */
import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { diesWithUs } from '../../real/support/dies-with-us.ts'
import { freePort, startProcess } from '../real-process.ts'
import { clusterImages } from './cluster-images.ts'
import { adminToken, type ClusterPlaces, clusterFiles } from './cluster-script.ts'

export interface TestCluster extends AsyncDisposable {
  readonly kubeconfig: string
  /** A file of the cluster's own: the last lines of its daemons' logs are there. */
  readonly folder: string
  /** Of this machine, as pods see it. */
  readonly gateway: string
  /** The API server goes away for so long. */
  restartApi(seconds: number): Promise<void>
  /** As the administrator. */
  kubectl(method: string, path: string, body?: unknown): Promise<unknown>
  /** What is no JSON, such as a log. */
  text(path: string): Promise<string>
}

const bridge = 'slipwaykube0'
const subnet = '10.218.77'

export async function startCluster(programs: string, busybox: string): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-kubernetes-'))
  const ports = { api: await freePort(), etcd: await freePort(), peer: await freePort(), kubelet: await freePort(), kubeletHealth: await freePort() }
  const places: ClusterPlaces = { folder, programs, ports, subnet, bridge }
  for (const [name, text] of Object.entries(clusterFiles(places))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
  clusterImages(folder, busybox)
  const api = (path: string, o: { readonly method?: string; readonly body?: unknown } = {}): string =>
    execFileSync(
      'curl',
      [
        '-sk',
        '-X',
        o.method ?? 'GET',
        '-H',
        `Authorization: Bearer ${adminToken}`,
        ...(o.body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(o.body)]),
        `https://127.0.0.1:${ports.api}${path}`,
      ],
      { encoding: 'utf8' },
    )
  const { program, args } = diesWithUs('sh', [join(folder, 'start.sh')])
  const running = await startProcess({
    program,
    args,
    env: { PROGRAMS: programs },
    ready: () =>
      existsSync(join(folder, 'started')) &&
      /"type":\s*"Ready",\s*"status":\s*"True"/.test(api('/api/v1/nodes')) &&
      !/not-ready/.test(api('/api/v1/nodes')) &&
      api('/api/v1/namespaces/default/serviceaccounts/default').includes('"secrets"'),
    readyWithinMs: 120_000,
  })
  return {
    kubeconfig: join(folder, 'kubeconfig.yaml'),
    folder,
    gateway: `${subnet}.1`,
    kubectl: async (method, path, body) => JSON.parse(api(path, { method, body })),
    text: async (path) => api(path),
    async restartApi(seconds) {
      writeFileSync(join(folder, 'api-away'), String(seconds))
      writeFileSync(join(folder, 'restart-api'), '')
    },
    async [Symbol.asyncDispose]() {
      await running.stop()
      spawnSync('ip', ['link', 'delete', bridge])
      removeGroups()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Control groups of pods stay when nobody takes them away. */
function removeGroups(): void {
  for (const controller of readdirSync('/sys/fs/cgroup'))
    for (const name of ['kubepods', 'k8s.io']) {
      const top = join('/sys/fs/cgroup', controller, name)
      if (existsSync(top)) spawnSync('find', [top, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], { stdio: 'ignore' })
    }
}

if (process.argv[1] === import.meta.filename) {
  const cluster = await startCluster('/var/cache/slipway-kubernetes/bin', '/bin/busybox')
  process.stdout.write(`${cluster.folder}\n`)
  process.once('SIGTERM', () => void cluster[Symbol.asyncDispose]().then(() => process.exit(0)))
  process.once('SIGINT', () => process.emit('SIGTERM'))
  setInterval(() => undefined, 1000)
}
