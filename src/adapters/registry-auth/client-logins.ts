/** Logins as docker's `config.json` has them, for tools that read it. */
import type { Credentials } from '../../ports/registry-auth.ts'

/** Under which of its `auths` a host is looked up. */
export function authKey(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

export function authEntry(credentials: Credentials): object {
  switch (credentials.kind) {
    case 'basic':
      return { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64') }
    case 'identity-token':
      return { auth: Buffer.from(`${credentials.username ?? '<token>'}:`).toString('base64'), identitytoken: credentials.token }
    case 'bearer':
      return { registrytoken: credentials.token }
  }
}
