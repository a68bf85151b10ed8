/** Which engine is meant: DOCKER_HOST, a context of docker, or the usual socket; with its certificates where it wants TLS. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { problem } from '../base/problem.ts'
import type { EngineTls } from './connection.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface FoundEngine {
  readonly host: string
  readonly tls?: EngineTls
  /** Who says so, for messages. */
  readonly because: string
}

const usualSocket = '/var/run/docker.sock'
const config = v.object({ currentContext: v.nullish(v.string(), '') })
const context = v.object({ Endpoints: v.object({ docker: v.object({ Host: v.string() }) }) })

/** As the docker command line finds it. */
export async function findEngine(env: Environment): Promise<FoundEngine> {
  const home = env['HOME'] ?? homedir()
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker')
  if (env['DOCKER_HOST']) return byHost(env['DOCKER_HOST'], env, folder)
  const name = env['DOCKER_CONTEXT'] || (await currentContext(folder)) || 'default'
  if (name !== 'default') return byContext(name, folder)
  // Docker Desktop may leave the usual place alone.
  const own = join(home, '.docker', 'run', 'docker.sock')
  const socket = !existsSync(usualSocket) && existsSync(own) ? own : usualSocket
  return { host: `unix://${socket}`, because: 'the usual socket; DOCKER_HOST is not set' }
}

async function byHost(host: string, env: Environment, folder: string): Promise<FoundEngine> {
  const because = 'DOCKER_HOST says so'
  if (!host.startsWith('tcp://') || !env['DOCKER_TLS_VERIFY']) return { host, because }
  return { host, because, tls: await certificates(env['DOCKER_CERT_PATH'] || folder) }
}

async function byContext(name: string, folder: string): Promise<FoundEngine> {
  const id = createHash('sha256').update(name).digest('hex')
  const file = join(folder, 'contexts', 'meta', id, 'meta.json')
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw problem('DOCKER_CONTEXT_UNKNOWN', { name, reason: `${file} cannot be read` }, { cause })
  })
  const found = v.safeParse(context, jsonOf(text))
  if (!found.success) throw problem('DOCKER_CONTEXT_UNKNOWN', { name, reason: `${file} names no host` })
  const host = found.output.Endpoints.docker.Host
  const secrets = join(folder, 'contexts', 'tls', id, 'docker')
  return { host, because: `the docker context ${name}`, ...(host.startsWith('tcp://') && existsSync(secrets) && { tls: await certificates(secrets) }) }
}

async function currentContext(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}')
  const found = v.safeParse(config, jsonOf(text))
  return found.success ? (found.output.currentContext ?? '') : ''
}

async function certificates(folder: string): Promise<EngineTls> {
  // One after another, so that it is always the first missing one that is named.
  const ca = await certificate(join(folder, 'ca.pem'))
  const cert = await certificate(join(folder, 'cert.pem'))
  return { ca, cert, key: await certificate(join(folder, 'key.pem')) }
}

function certificate(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('CONFIG_UNREADABLE', { file, reason: cause.message }, { cause })
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
