/** The logins that this machine and its user have anyway: the environment, docker's configuration, podman's. */
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { type AskHelper, askHelpers } from './credential-helper.ts'
import { dockerConfigFile, loginsOfConfig, opened } from './docker-config.ts'
import type { LoginSource } from './login.ts'
import { readAuths } from './schema.ts'

type Env = Readonly<Record<string, string | undefined>>

/** In the order in which they are asked. DOCKER_AUTH_CONFIG is how CI systems hand over docker's configuration. */
export function machineLogins(o: { readonly env: Env; readonly clock: Clock }): readonly LoginSource[] {
  const ask = askHelpers(o)
  const variables = ['SLIPWAY_REGISTRY_AUTH', 'DOCKER_AUTH_CONFIG'].flatMap((name) => fromVariable(name, o.env, ask))
  const files = [...new Set([...dockerFiles(o.env), ...podmanFiles(o.env)])]
  return [...variables, ...files.map((file) => dockerConfigFile(file, ask))]
}

function fromVariable(name: string, env: Env, ask: AskHelper): readonly LoginSource[] {
  const content = env[name] ?? ''
  if (content.trim() === '') return []
  return [{ name, logins: async (target) => loginsOfConfig(opened(readAuths(content), name), target, { place: name, ask }) }]
}

function dockerFiles(env: Env): readonly string[] {
  if (env['DOCKER_CONFIG']) return [join(env['DOCKER_CONFIG'], 'config.json')]
  return env['HOME'] ? [join(env['HOME'], '.docker', 'config.json')] : []
}

/** containers-auth.json(5): a named file stands for all others. */
function podmanFiles(env: Env): readonly string[] {
  if (env['REGISTRY_AUTH_FILE']) return [env['REGISTRY_AUTH_FILE']]
  const config = env['XDG_CONFIG_HOME'] || (env['HOME'] && join(env['HOME'], '.config'))
  return [env['XDG_RUNTIME_DIR'], config].flatMap((folder) => (folder ? [join(folder, 'containers', 'auth.json')] : []))
}
