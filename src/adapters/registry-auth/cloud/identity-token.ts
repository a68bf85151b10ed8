/** The identity token of this run: from the step, the variables of Slipway, or a file that the platform keeps fresh. */
import { readFile } from 'node:fs/promises'
import { problem } from '../../../base/problem.ts'
import type { CloudWorld, Owner } from './cloud-world.ts'

export interface IdentityToken {
  /** For people: "SLIPWAY_OIDC_TOKEN". */
  readonly place: string
  /** Read each time: files are replaced while we run. */
  read(): Promise<string>
}

/** `files` are variables that name a file, as the cloud's own programs know them. */
export function identityToken(given: string | undefined, files: readonly string[], { env }: CloudWorld, owner: Owner): IdentityToken | undefined {
  if (given !== undefined) return { place: 'PLUGIN_OIDC_TOKEN_ID', read: async () => given }
  const own = env['SLIPWAY_OIDC_TOKEN']
  if (own) return { place: 'SLIPWAY_OIDC_TOKEN', read: async () => own.trim() }
  const variable = ['SLIPWAY_OIDC_TOKEN_FILE', ...files].find((name) => env[name])
  if (variable === undefined) return undefined
  const file = env[variable] ?? ''
  return {
    place: `the file of ${variable}`,
    async read() {
      const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        const reason = cause.code === 'ENOENT' ? `${variable} names ${file}, which is not there` : cause.message
        throw problem('CLOUD_CREDENTIALS_UNREADABLE', { what: 'identity token', from: owner.from, reason }, { cause, at: owner.at })
      })
      return text.trim()
    },
  }
}
