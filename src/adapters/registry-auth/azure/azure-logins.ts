/** Logins for the registries of Azure. */
import type { LoginSource } from '../login.ts'
import { azureCloud } from './acr-host.ts'
import type { AzureAccess } from './azure-access.ts'

export function azureLogins(name: string, access: () => AzureAccess): LoginSource {
  return {
    name,
    async logins({ registry }) {
      const cloud = azureCloud(registry)
      if (cloud === undefined) return []
      const azure = access()
      return [{ prefix: { registry, path: '' }, from: `${name} (${azure.way.story})`, credentials: (w) => azure.login(registry, cloud, w) }]
    },
  }
}
