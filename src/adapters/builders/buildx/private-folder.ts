/** The folder of one build: configuration of the client, secrets and what is exported. Only its owner may enter, and it is removed. */
import { appendFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface PrivateFolder {
  readonly path: string
  /** For the docker client: what it needs of the surroundings, with its configuration in here. */
  readonly env: Readonly<Record<string, string>>
  /** Readable by the owner only. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** A line more, in a file that is made if need be. */
  note(name: string, line: string): Promise<void>
  remove(): Promise<void>
}

/** Of a build whose process is gone. */
export interface DeadFolder {
  readonly path: string
  readonly id: string
  /** For the docker client, with the configuration of that build. */
  readonly env: PrivateFolder['env']
}

export interface FolderOptions {
  /** Folders of all builds; those of processes that are gone are removed on the way. */
  readonly root: string
  /** What has to happen before. */
  readonly takeBack: (dead: DeadFolder) => Promise<void>
  readonly id: string
  readonly pid: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isAlive: (pid: number) => boolean
}

export interface ClientSettings {
  readonly auths: Readonly<Record<string, object>>
  readonly proxies: Readonly<Record<string, string>>
}

export async function privateFolder(o: FolderOptions): Promise<PrivateFolder> {
  await mkdir(o.root, { recursive: true, mode: 0o700 })
  await sweep(o)
  const path = join(o.root, `${o.pid}-${o.id}`)
  await mkdir(join(path, 'docker', 'buildx'), { recursive: true, mode: 0o700 })
  return {
    path,
    env: clientEnv(o.env, join(path, 'docker')),
    async write(name, content) {
      const file = join(path, name)
      await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
      await writeFile(file, content, { mode: 0o600 })
      return file
    },
    note: (name, line) => appendFile(join(path, name), `${line}\n`, { mode: 0o600 }),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

async function sweep({ root, isAlive, takeBack, env }: FolderOptions): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const [, pid, id] = /^(\d+)-(.+)$/.exec(name) ?? []
    if (pid === undefined || id === undefined || isAlive(Number(pid))) continue
    const path = join(root, name)
    await takeBack({ path, id, env: clientEnv(env, join(path, 'docker')) })
    await rm(path, { recursive: true, force: true })
  }
}

/** Plugins, contexts and builders stay those of the person; logins do not come along, and what buildx remembers of a build is forgotten with the folder. */
export async function writeClientConfig(folder: PrivateFolder, env: FolderOptions['env'], { auths, proxies }: ClientSettings): Promise<void> {
  const own = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? '/', '.docker')
  const before = await readFile(join(own, 'config.json'), 'utf8')
    .then((text) => JSON.parse(text) as Readonly<Record<string, unknown>>)
    .catch((): Readonly<Record<string, unknown>> => ({}))
  const extra = Array.isArray(before['cliPluginsExtraDirs']) ? before['cliPluginsExtraDirs'] : []
  const config = {
    ...(typeof before['currentContext'] === 'string' && { currentContext: before['currentContext'] }),
    cliPluginsExtraDirs: [join(own, 'cli-plugins'), ...extra],
    auths,
    ...(Object.keys(proxies).length > 0 && { proxies: { default: proxies } }),
  }
  await folder.write('docker/config.json', JSON.stringify(config))
  await symlink(join(own, 'contexts'), join(folder.path, 'docker', 'contexts')).catch(() => undefined)
  const builders = env['BUILDX_CONFIG'] ?? join(own, 'buildx')
  for (const name of ['instances', 'current', 'defaults'])
    await cp(join(builders, name), join(folder.path, 'docker', 'buildx', name), { recursive: true }).catch(() => undefined)
}

const passed = /^(?:PATH|HOME|USER|LANG|LC_.*|TMPDIR|SSH_AUTH_SOCK|XDG_.*|DOCKER_(?:HOST|CONTEXT|CERT_PATH|TLS|TLS_VERIFY|API_VERSION)|SSL_CERT_.*|KUBECONFIG)$/

function clientEnv(env: FolderOptions['env'], config: string): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]) => (value !== undefined && passed.test(name) ? [[name, value] as const] : []))
  return {
    ...Object.fromEntries(kept),
    DOCKER_CONFIG: config,
    BUILDX_CONFIG: join(config, 'buildx'),
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    BUILDX_GIT_INFO: 'false',
    DOCKER_CLI_HINTS: 'false',
  }
}
