/** The command line of `docker buildx build`: a function of what is asked for and of the tool's version. Nothing in it is secret. */
import { showPlatform } from '../../../oci/platform.ts'
import type { BuildRequest } from '../../../ports/builder.ts'
import { noWishes } from '../../../ports/tool-wishes.ts'
import { cacheFlags } from './cache-flags.ts'
import { csvOf } from './csv.ts'
import { knowsFlag, type Version } from './tool-version.ts'

/** Where things are that the command line names. All paths are absolute. */
export interface Places {
  readonly dockerfile: string
  /** By id. */
  readonly secrets: ReadonlyMap<string, string>
  readonly ssh: ReadonlyMap<string, readonly string[]>
  /** Name to what `--build-context` takes. */
  readonly contexts: ReadonlyMap<string, string>
  /** Its registries as this machine reaches them. */
  readonly cacheRef: (ref: string) => { readonly ref: string; readonly plainHttp: boolean }
  readonly output: Output
}

export type Output =
  | { readonly kind: 'archive'; readonly file: string }
  /** Kept in the daemon under this name. */
  | { readonly kind: 'load'; readonly name: string }

export interface Tool {
  readonly version: Version | undefined
  readonly builder?: string
}

export interface CommandLine {
  readonly args: readonly string[]
  /** Values that the client takes from its environment, so that they are no arguments. */
  readonly env: Readonly<Record<string, string>>
  /** Flags that this version does not know and that are left out. */
  readonly unknown: readonly string[]
}

export function buildCommand(request: BuildRequest, places: Places, tool: Tool): CommandLine {
  const unknown: string[] = []
  const dated = (flag: string, value: string): readonly string[] => {
    if (knowsFlag(tool.version, flag)) return [flag, value]
    unknown.push(flag)
    return []
  }
  const wishes = request.tool ?? noWishes
  const given = argValues(request)
  const cache = cacheFlags(wishes, places.cacheRef)
  const attested = (flag: '--provenance' | '--sbom', wish: string | undefined): readonly string[] =>
    wish === undefined && !knowsFlag(tool.version, flag) ? [] : dated(flag, wish ?? 'false')
  const args = [
    ...['buildx', 'build'],
    ...(tool.builder === undefined ? [] : ['--builder', tool.builder]),
    ...['--progress', knowsFlag(tool.version, '--progress=rawjson') ? 'rawjson' : 'plain'],
    ...['--file', places.dockerfile],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...platformFlags(request),
    ...given.flags,
    ...[...createdLabel(request), ...request.labels].flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...[...places.contexts].flatMap(([name, value]) => dated('--build-context', `${name}=${value}`)),
    ...[...places.secrets].flatMap(([id, file]) => [
      '--secret',
      csvOf([
        ['id', id],
        ['src', file],
      ]),
    ]),
    ...[...places.ssh].flatMap(([id, sources]) => ['--ssh', `${id}=${sources.join(',')}`]),
    ...cache.flags,
    ...(request.noCache ? ['--no-cache'] : []),
    ...(request.noCacheFor ?? []).flatMap((stage) => dated('--no-cache-filter', stage)),
    ...(request.network === undefined ? [] : ['--network', request.network]),
    ...(request.addHosts ?? []).flatMap(({ name, address }) => ['--add-host', `${name}:${address}`]),
    ...(request.shmBytes === undefined ? [] : ['--shm-size', String(request.shmBytes)]),
    ...attested('--provenance', wishes.provenance),
    ...attested('--sbom', wishes.sbom),
    ...wishes.options.filter((option) => {
      const [flag = ''] = option.split('=')
      if (!knowsFlag(tool.version, flag)) unknown.push(flag)
      return knowsFlag(tool.version, flag)
    }),
    ...outputFlags(request, places.output),
    request.contextDir,
  ]
  return { args, env: { ...given.env, ...cache.env }, unknown: [...new Set(unknown)] }
}

/** The tool says of no layer when it was made, so it is the time of this build. */
function createdLabel({ createdLabel: name, created }: BuildRequest): ReadonlyMap<string, string> {
  return new Map(name === undefined ? [] : [[name, new Date(created).toISOString().replace(/\.\d+Z$/, 'Z')]])
}

function platformFlags({ platform, platforms = [platform] }: BuildRequest): readonly string[] {
  return ['--platform', platforms.map(showPlatform).join(',')]
}

function outputFlags(request: BuildRequest, output: Output): readonly string[] {
  if (output.kind === 'load') return ['--output', 'type=docker', '--tag', output.name]
  const { compression } = request.tool ?? noWishes
  const level = compression?.level
  const packed: readonly (readonly [string, string])[] =
    compression === undefined || (compression.kind === 'gzip' && level === undefined)
      ? []
      : [['compression', compression.kind], ['force-compression', 'true'], ...(level === undefined ? [] : [['compression-level', String(level)] as const])]
  const times: readonly (readonly [string, string])[] = request.reproducible ? [['rewrite-timestamp', 'true']] : []
  return ['--output', csvOf([['type', 'oci'], ['dest', output.file], ...packed, ...times])]
}

/** Names that the client itself would listen to. */
const clients = /^(?:PATH|HOME|USER|TMPDIR|SSH_AUTH_SOCK|GODEBUG|(?:DOCKER|BUILDX|BUILDKIT|XDG|SSL|OTEL|AWS|AZURE|COMPOSE)_.*)$|_proxy$/i

/** A name alone has its value taken from the environment of the client. Proxies are in the client's configuration. */
function argValues({ args, created, reproducible, tool }: BuildRequest): { readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const epoch = tool?.epoch ?? (reproducible ? Math.floor(created / 1000) : undefined)
  const all = new Map([...(epoch === undefined ? [] : [['SOURCE_DATE_EPOCH', String(epoch)] as const]), ...args])
  const flags: string[] = []
  const env: Record<string, string> = {}
  for (const [name, value] of all) {
    if (isProxy(name)) continue
    if (clients.test(name)) flags.push('--build-arg', `${name}=${value}`)
    else {
      flags.push('--build-arg', name)
      env[name] = value
    }
  }
  return { flags, env }
}

const proxies = { HTTP_PROXY: 'httpProxy', HTTPS_PROXY: 'httpsProxy', FTP_PROXY: 'ftpProxy', NO_PROXY: 'noProxy', ALL_PROXY: 'allProxy' } as const

function isProxy(name: string): name is keyof typeof proxies {
  return Object.hasOwn(proxies, name.toUpperCase())
}

/** What the client's configuration says about proxies: it hands them to every RUN, in both spellings. */
export function proxySettings({ args }: BuildRequest): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [name, value] of args) {
    const key = name.toUpperCase()
    if (isProxy(key) && (found[proxies[key]] === undefined || name === key)) found[proxies[key]] = value
  }
  return found
}
