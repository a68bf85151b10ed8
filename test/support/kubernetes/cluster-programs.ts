/**
 * Programs of a Kubernetes control plane and a node, of Debian: its source package `kubernetes` is built once, in a quarter of an hour, into
 * a cache folder; etcd, containerd, runc and the plugins for networks are packages. Needs root and apt-get.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { aptInstall } from '../apt-install.ts'
import { findProgram, real } from '../real.ts'

export type ClusterPrograms = { readonly folder: string; readonly missing?: undefined } | { readonly folder?: undefined; readonly missing: string }

const cache = '/var/cache/slipway-kubernetes'
const names = ['kube-apiserver', 'kubelet', 'kube-scheduler', 'kube-controller-manager']
const daemons = { etcd: 'etcd-server', containerd: 'containerd', runc: 'runc', curl: 'curl', ip: 'iproute2', unshare: 'util-linux' } as const
const toBuild = ['golang-1.19-go', 'dpkg-dev', 'rsync', 'make', 'gcc', 'libc6-dev', 'golang-github-modern-go-reflect2-dev']

export function clusterPrograms(): ClusterPrograms {
  if (process.getuid?.() !== 0) return { missing: 'a Kubernetes cluster of our own needs root; KUBECONFIG names another' }
  for (const [program, apt] of Object.entries(daemons)) {
    const { missing } = real(program, { apt })
    if (missing !== undefined) return { missing }
  }
  if (!existsSync('/usr/lib/cni/bridge')) {
    const refused = aptInstall('containernetworking-plugins')
    if (refused !== undefined) return { missing: refused }
  }
  const folder = join(cache, 'bin')
  if (names.every((name) => existsSync(join(folder, name)))) return { folder }
  if (process.env['SLIPWAY_REAL_INSTALL'] === '0') return { missing: 'SLIPWAY_REAL_INSTALL=0 forbids building Kubernetes' }
  return build(folder)
}

function build(folder: string): ClusterPrograms {
  process.stderr.write(`test: Debian's Kubernetes is built once, into ${cache}; this takes a quarter of an hour\n`)
  for (const name of toBuild) {
    const refused = aptInstall(name)
    if (refused !== undefined) return { missing: refused }
  }
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'build-'))
  try {
    const source = fetchSource(work)
    const env = {
      ...process.env,
      PATH: `/usr/lib/go-1.19/bin:${process.env['PATH']}`,
      HOME: work,
      GOCACHE: join(work, 'go-cache'),
      GOLDFLAGS: '-s -w',
      ...{ KUBE_GIT_VERSION: 'v1.20.2', KUBE_GIT_MAJOR: '1', KUBE_GIT_MINOR: '20', KUBE_GIT_COMMIT: 'debian', KUBE_GIT_TREE_STATE: 'archive' },
    }
    const made = spawnSync(findProgram('make', process.env) ?? 'make', [`WHAT=${names.map((name) => `cmd/${name}`).join(' ')}`], {
      cwd: source,
      env,
      encoding: 'utf8',
    })
    if (made.status !== 0) return { missing: `Kubernetes could not be built: ${made.stderr.trim().split('\n').at(-1)}` }
    mkdirSync(folder, { recursive: true })
    for (const name of names) renameSync(join(source, '_output/local/bin/linux/amd64', name), join(folder, name))
    return { folder }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** With lists of sources of its own: those of the machine stay as they are. */
function fetchSource(work: string): string {
  const list = join(work, 'debian.sources')
  writeFileSync(
    list,
    'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  )
  mkdirSync(join(work, 'lists/partial'), { recursive: true })
  const apt = ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=/dev/null', '-o', `Dir::State::lists=${join(work, 'lists')}`]
  for (const args of [['update'], ['source', 'kubernetes']]) execFileSync('apt-get', [...apt, ...args], { cwd: work, stdio: 'ignore' })
  const [found] = readdirSync(work).filter((name) => /^kubernetes-1/.test(name))
  const source = join(work, found ?? '')
  newerReflection(join(source, 'vendor/github.com/modern-go/reflect2'))
  return source
}

/** The one that comes with it is from before Go 1.18, whose maps it reads wrongly: the API server ends with a fault after some seconds. */
function newerReflection(folder: string): void {
  const newer = '/usr/share/gocode/src/github.com/modern-go/reflect2'
  const isCode = (name: string): boolean => /\.(go|s)$/.test(name)
  for (const name of readdirSync(folder).filter(isCode)) rmSync(join(folder, name))
  for (const name of readdirSync(newer).filter((one) => isCode(one) && !one.endsWith('_test.go'))) copyFileSync(join(newer, name), join(folder, name))
}
