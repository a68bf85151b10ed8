/** Blobs in a container of Azure: https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api */
import type { AzureCloud } from '../../registry-auth/azure/acr-host.ts'
import type { AzureAccess } from '../../registry-auth/azure/azure-access.ts'
import type { CloudWorld, Waiting } from '../../registry-auth/cloud/cloud-world.ts'
import type { ObjectStore, StoredObject } from '../objects/object-store.ts'
import { usualPartBytes } from '../objects/parts.ts'
import { askStore, askText, type StoreAccess } from '../objects/store-http.ts'
import { elements, elementText } from '../objects/xml-text.ts'
import { putBlob } from './azure-put.ts'

export interface AzureOptions {
  readonly account: string
  readonly container: string
  readonly government: boolean
  readonly access: () => AzureAccess
  readonly world: CloudWorld
  readonly partBytes?: number
}

export interface AzureContainer {
  readonly access: StoreAccess
  readonly partBytes: number
  url(name: string, query?: Readonly<Record<string, string>>): URL
}

const version = '2023-11-03'
const worldwide: AzureCloud = { authority: 'https://login.microsoftonline.com', audience: 'https://storage.azure.com' }
const government: AzureCloud = { authority: 'https://login.microsoftonline.us', audience: 'https://storage.azure.com' }

export function azureStore(o: AzureOptions): ObjectStore {
  const container = azureContainer(o)
  return {
    name: container.access.store,
    look: (name, w) => look(name, container, w),
    list: (prefix, w) => list(prefix, container, w),
    get({ name, version: tag }, from, w) {
      const headers = { 'x-ms-range': `bytes=${from}-`, 'if-match': tag }
      return askStore({ method: 'GET', url: container.url(name), headers, what: 'to give what is saved', ok: [200, 206] }, container.access, w)
    },
    put: (name, body, w) => putBlob(name, body, container, w),
  }
}

function azureContainer({ account, container, access, world, partBytes, government: us }: AzureOptions): AzureContainer {
  const { way } = access()
  const host = `${account}.blob.core.${us ? 'usgovcloudapi.net' : 'windows.net'}`
  return {
    partBytes: partBytes ?? usualPartBytes,
    access: {
      store: `${container} of ${account}`,
      from: `${way.from} (${way.story})`,
      ...(way.at !== undefined && { at: way.at }),
      world,
      async authorize({ headers = {} }, w) {
        const token = await access().token(us ? government : worldwide, w)
        return { ...headers, 'x-ms-version': version, 'x-ms-date': new Date(world.clock.now()).toUTCString(), authorization: `Bearer ${token}` }
      },
    },
    url(name, query = {}) {
      const url = new URL(`https://${host}/${encodeURIComponent(container)}${name === '' ? '' : `/${name}`}`)
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
      return url
    },
  }
}

async function look(name: string, { url, access }: AzureContainer, w: Waiting): Promise<StoredObject | undefined> {
  const ask = { method: 'HEAD', url: url(name), what: 'to look for what is saved', ok: [200, 404] } as const
  const response = await askStore(ask, access, w)
  response.body.resume()
  if (response.status === 404) {
    // A container that is not there is no missing key.
    if (response.header('x-ms-error-code') === 'ContainerNotFound') await askStore({ ...ask, ok: [200] }, access, w)
    return undefined
  }
  const sha256 = response.header('x-ms-meta-sha256')
  return {
    name,
    bytes: Number(response.header('content-length')),
    savedMs: Date.parse(response.header('last-modified') ?? ''),
    version: response.header('etag') ?? '',
    ...(sha256 !== undefined && { sha256 }),
  }
}

async function list(prefix: string, { url, access }: AzureContainer, w: Waiting): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  let marker = ''
  do {
    const query = { restype: 'container', comp: 'list', prefix, ...(marker !== '' && { marker }) }
    const { text } = await askText({ method: 'GET', url: url('', query), what: 'to list what is saved', ok: [200] }, access, w)
    for (const one of elements(text, 'Blob')) {
      found.push({
        name: elementText(one, 'Name') ?? '',
        bytes: Number(elementText(one, 'Content-Length')),
        savedMs: Date.parse(elementText(one, 'Last-Modified') ?? ''),
        version: elementText(one, 'Etag') ?? '',
      })
    }
    marker = elementText(text, 'NextMarker') ?? ''
  } while (marker !== '')
  return found
}
