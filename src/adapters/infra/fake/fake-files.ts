/** Files that are made up: every Dockerfile is there and builds on nothing, certificates and keys hold a text, scans found nothing, and there is no ignore file. */
import { basename } from 'node:path'
import type { ReadFile } from '../../../ports/read-file.ts'

export const fakeFiles: ReadFile = async (path) => {
  if (/\.(?:docker|trivy)ignore(?:\.ya?ml)?$/.test(path)) throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
  if (/\.(?:json|sarif)$/.test(path)) return Buffer.from('{"SchemaVersion": 2, "ArtifactName": "made up", "Results": []}')
  return Buffer.from(`FROM scratch\n# made up by infrastructure fake for ${basename(path)}\n`)
}
