/** Logins for the registries of Google. */
import type { LoginSource } from '../login.ts'
import type { GoogleAccess } from './google-access.ts'
import { isGoogleHost } from './google-host.ts'

export function googleLogins(name: string, access: () => GoogleAccess): LoginSource {
  return {
    name,
    async logins({ registry }) {
      if (!isGoogleHost(registry)) return []
      const google = access()
      return [{ prefix: { registry, path: '' }, from: `${name} (${google.way.story})`, credentials: (w) => google.login(w) }]
    },
  }
}
