/** Lists: tags of a repository, repositories, and what refers to a manifest. */
import { isDigest } from '../../oci/digest.ts'
import { mediaTypes } from '../../oci/media-types.ts'
import type { Call, Handler } from './context.ts'
import { fault, json, type Reply } from './reply.ts'

export const tagList: Handler = async (call, repository) => {
  const tags = await call.registry.files.tags(repository)
  if (tags === undefined) return fault('NAME_UNKNOWN', `there is no repository ${repository}`)
  return page(call, tags, { path: `/v2/${repository}/tags/list`, body: (some) => ({ name: repository, tags: some }) })
}

export const catalog: Handler = async (call) => {
  const repositories = await call.registry.files.repositories()
  return page(call, repositories, { path: '/v2/_catalog', body: (some) => ({ repositories: some }) })
}

/** `n` at most, after `last`; a Link header where more follow. */
function page(call: Call, sorted: readonly string[], o: { readonly path: string; readonly body: (some: readonly string[]) => unknown }): Reply {
  const [n, last] = [call.query.get('n'), call.query.get('last')]
  if (n !== null && !/^\d{1,9}$/.test(n)) return fault('UNSUPPORTED', `n=${n} is not a number`, { status: 400 })
  const rest = last === null ? sorted : sorted.filter((name) => name > last)
  const some = n === null ? rest : rest.slice(0, Number(n))
  const final = some.at(-1)
  const more = some.length < rest.length && final !== undefined
  return json(200, o.body(some), more ? { link: `<${o.path}?${new URLSearchParams({ n: n ?? '', last: final })}>; rel="next"` } : {})
}

export const referrers: Handler = async (call, repository, digest) => {
  if (!isDigest(digest)) return fault('DIGEST_INVALID', `"${digest}" is not a digest`)
  const all = await call.registry.files.referrers(repository, digest)
  const wanted = call.query.get('artifactType')
  const manifests = wanted === null ? all : all.filter((one) => one.artifactType === wanted)
  const headers = { 'content-type': mediaTypes.ociIndex, ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }) }
  return json(200, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }, headers)
}
