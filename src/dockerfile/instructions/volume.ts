/** VOLUME: paths whose content lives outside the container. */
import { diagnose } from '../../base/diagnostic.ts'
import { readFlags } from '../read-flags.ts'
import type { Word } from '../word.ts'
import { readPathList } from './path-list.ts'
import { type Common, common, type Request, wrongArguments } from './request.ts'

export interface Volume extends Common<'volume'> {
  readonly paths: readonly Word[]
}

export function readVolume(request: Request): Volume | undefined {
  readFlags(request, {})
  const list = readPathList(request)
  if (list === undefined) return undefined
  if (list.paths.length === 0) return wrongArguments(request, 'at least one path')
  const blank = list.paths.find((path) => path.text.trim() === '')
  if (blank !== undefined) request.report(diagnose('DOCKERFILE_VOLUME_BLANK', {}, { at: blank.at }))
  return { ...common('volume', request), paths: list.paths.map((path) => ({ ...path, text: path.text.trim() })) }
}
