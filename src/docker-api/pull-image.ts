/** The engine fetches an image itself, with the login that it is handed for this one time. */
import { problem } from '../base/problem.ts'
import type { EngineConnection } from './connection.ts'
import { jsonLines } from './json-lines.ts'
import { parseLoadLine } from './schema.ts'

export type PullLogin = ({ readonly username: string; readonly password: string } | { readonly identitytoken: string } | { readonly registrytoken: string }) & {
  /** Host of the registry, for engines that give the login to nobody else; Docker Hub has an old address. */
  readonly serveraddress: string
}

interface Wanted {
  /** With a tag or a digest. */
  readonly reference: string
  readonly login: PullLogin | undefined
}

export async function pullImage(connection: EngineConnection, { reference, login }: Wanted, o: { readonly signal: AbortSignal }): Promise<void> {
  const query = new URLSearchParams({ fromImage: reference })
  const headers = login === undefined ? {} : { 'x-registry-auth': Buffer.from(JSON.stringify(login)).toString('base64url') }
  const answer = await connection.ask({ method: 'POST', path: `/images/create?${query}`, what: `image ${reference}`, accept: [200], headers }, o)
  for await (const line of jsonLines(answer.body)) {
    const { error } = parseLoadLine(line)
    if (error !== undefined) throw problem('DOCKER_PULL_FAILED', { engine: connection.name, image: reference, reason: error })
  }
}
