/** Logins from docker's configuration: `auths` with hosts and paths, `credHelpers`, `credsStore`. Podman's auth.json has the same form. */
import { readFile } from 'node:fs/promises'
import { problem } from '../../base/problem.ts'
import { dockerHub } from '../../oci/registry-host.ts'
import type { Credentials, RegistryTarget } from '../../ports/registry-auth.ts'
import type { AskHelper } from './credential-helper.ts'
import type { Login, LoginSource } from './login.ts'
import { type Prefix, parsePrefix } from './prefix.ts'
import { type DockerAuth, type DockerConfig, type Read, readDockerConfig } from './schema.ts'

/** A file that is not there has no logins; it is read once. Throws CREDENTIALS_UNREADABLE with the file and the reason. */
export function dockerConfigFile(file: string, ask: AskHelper): LoginSource {
  let config: Promise<DockerConfig | undefined> | undefined
  return {
    name: file,
    async logins(target) {
      config ??= readConfigFile(file)
      const found = await config
      return found === undefined ? [] : loginsOfConfig(found, target, { place: file, ask })
    },
  }
}

async function readConfigFile(file: string): Promise<DockerConfig | undefined> {
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw problem('CREDENTIALS_UNREADABLE', { place: file, reason: message }, { cause: error })
  }
  return opened(readDockerConfig(content), file)
}

export function opened(read: Read<DockerConfig>, place: string): DockerConfig {
  if (read.ok) return read.value
  throw problem('CREDENTIALS_UNREADABLE', { place, reason: read.reason })
}

/** As docker does it, helpers come before what is written out: with a helper, entries of `auths` are only marks that a login exists. */
export function loginsOfConfig(config: DockerConfig, target: RegistryTarget, o: { readonly place: string; readonly ask: AskHelper }): readonly Login[] {
  const helped = (helper: string, prefix: Prefix, server: string): Login => ({
    prefix,
    from: `docker-credential-${helper} (named by ${o.place})`,
    credentials: (w) => o.ask({ helper, server, place: o.place }, w),
  })
  const helpers = Object.entries(config.credHelpers ?? {}).flatMap(([key, helper]) => withPrefix(key, (prefix) => helped(helper, prefix, serverOf(prefix))))
  const store = config.credsStore ?? ''
  const whole: Prefix = { registry: target.registry, path: '' }
  const stored = store === '' || helpers.some((login) => login.prefix.registry === target.registry) ? [] : [helped(store, whole, serverOf(whole))]
  const written = Object.entries(config.auths ?? {}).flatMap(([key, auth]) =>
    withPrefix(key, (prefix): Login => {
      if (store !== '' && isMark(auth)) return helped(store, prefix, prefix.path === '' ? serverOf(prefix) : key)
      return { prefix, from: o.place, credentials: async () => credentialsOf(auth ?? {}, { key, place: o.place }) }
    }),
  )
  const asked = new Set([...helpers, ...stored].map((login) => `${login.from} ${login.prefix.registry} ${login.prefix.path}`))
  return [...helpers, ...stored, ...written.filter((login) => !asked.has(`${login.from} ${login.prefix.registry} ${login.prefix.path}`))]
}

function withPrefix(key: string, make: (prefix: Prefix) => Login): readonly Login[] {
  const prefix = parsePrefix(key)
  return prefix === undefined ? [] : [make(prefix)]
}

/** The name under which docker keeps the login of a whole registry. */
function serverOf({ registry, path }: Prefix): string {
  if (path !== '') return `${registry}/${path}`
  return registry === dockerHub ? 'https://index.docker.io/v1/' : registry
}

function isMark(auth: DockerAuth | null): boolean {
  return auth === null || !(auth.auth || auth.password || auth.identitytoken || auth.registrytoken)
}

function credentialsOf(auth: Partial<DockerAuth>, o: { readonly key: string; readonly place: string }): Credentials | undefined {
  if (auth.registrytoken) return { kind: 'bearer', token: auth.registrytoken }
  if (auth.identitytoken) return { kind: 'identity-token', token: auth.identitytoken }
  if (auth.username && auth.password) return { kind: 'basic', username: auth.username, password: auth.password }
  if (!auth.auth) return undefined
  const text = Buffer.from(auth.auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw problem('CREDENTIALS_UNREADABLE', { place: o.place, reason: `"auth" of ${o.key} is not the base64 of USER:PASSWORD` })
  // Docker pads with NULs.
  const password = text.slice(colon + 1).replace(/\0+$/, '')
  return password === '' ? undefined : { kind: 'basic', username: text.slice(0, colon), password }
}
