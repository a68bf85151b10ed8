/** The distribution specification's endpoints, as a table. */
import { repositoryFault } from '../../oci/ref.ts'
import { blobs } from './blob-handlers.ts'
import type { Call, Handler } from './context.ts'
import { catalog, referrers, tagList } from './list-handlers.ts'
import { manifests } from './manifest-handlers.ts'
import { fault, json, type Reply } from './reply.ts'
import { continueUpload, startUpload } from './upload-handlers.ts'

/** The repository is all that comes before; the rest is what the last group holds. First match wins. */
const routes: readonly { readonly path: RegExp; readonly handle: Handler; readonly readsOnly?: true }[] = [
  { path: /^\/v2\/(.+)\/tags\/list()$/, handle: tagList, readsOnly: true },
  { path: /^\/v2\/(.+)\/blobs\/uploads\/?()$/, handle: startUpload },
  { path: /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/, handle: continueUpload },
  { path: /^\/v2\/(.+)\/blobs\/([^/]+)$/, handle: blobs },
  { path: /^\/v2\/(.+)\/manifests\/([^/]+)$/, handle: manifests },
  { path: /^\/v2\/(.+)\/referrers\/([^/]+)$/, handle: referrers, readsOnly: true },
]

export async function route(call: Call, path: string): Promise<Reply> {
  const reading = call.method === 'GET' || call.method === 'HEAD'
  if (path === '/v2/' || path === '/v2') return reading ? json(200, {}) : onlyReading(call)
  if (path === '/v2/_catalog') return reading ? catalog(call, '', '') : onlyReading(call)
  for (const { path: pattern, handle, readsOnly } of routes) {
    const [, repository, rest] = pattern.exec(path) ?? []
    if (repository === undefined || rest === undefined) continue
    const bad = repositoryFault(repository)
    if (bad !== undefined) return fault('NAME_INVALID', bad)
    return readsOnly && !reading ? onlyReading(call) : handle(call, repository, rest)
  }
  return fault('UNSUPPORTED', 'there is nothing at this path', { status: 404 })
}

function onlyReading(call: Call): Reply {
  return fault('UNSUPPORTED', `${call.method} is not possible here`, { headers: { allow: 'GET, HEAD' } })
}
