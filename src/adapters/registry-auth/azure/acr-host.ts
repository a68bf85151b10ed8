/** The registries of Azure by their names, and the cloud that each belongs to: its login host and the audience of its tokens. */

export interface AzureCloud {
  readonly authority: string
  /** Tokens for this are what registries of the cloud exchange. */
  readonly audience: string
}

const clouds: Readonly<Record<string, AzureCloud>> = {
  '.azurecr.io': { authority: 'https://login.microsoftonline.com', audience: 'https://containerregistry.azure.net' },
  '.azurecr.us': { authority: 'https://login.microsoftonline.us', audience: 'https://management.usgovcloudapi.net' },
  '.azurecr.cn': { authority: 'https://login.partner.microsoftonline.cn', audience: 'https://management.chinacloudapi.cn' },
}

export function azureCloud(registry: string): AzureCloud | undefined {
  return Object.entries(clouds).find(([suffix]) => registry.endsWith(suffix) && registry.length > suffix.length)?.[1]
}
