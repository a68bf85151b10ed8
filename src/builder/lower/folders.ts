/** WORKDIR, and paths that are relative to it. */
import { cleanPath } from '../../dockerfile/clean-path.ts'
import type { Workdir } from '../../dockerfile/instructions/workdir.ts'
import { expanded, type StageState } from './stage-state.ts'

/** An absolute path is kept as it is written, as BuildKit does. The root exists always, so it makes no layer. */
export function lowerWorkdir(state: StageState, workdir: Workdir): void {
  const given = expanded(state, workdir.path)
  const path = given.startsWith('/') ? given : given === '' ? (state.run.WorkingDir ?? '/') : cleanPath(`/${absolute(state, given)}`)
  state.run.WorkingDir = path
  const { User: owner } = state.run
  const common = { at: workdir.at, createdBy: `WORKDIR ${path}` }
  if (path === '/') state.ops.push({ kind: 'config', ...common })
  else state.ops.push({ kind: 'folder', ...common, path, ...(owner !== undefined && owner !== '' && { owner }) })
}

/** Absolute and clean; a "/" or "/." at the end says "a directory" and stays as "/". */
export function destination(state: StageState, path: string): string {
  const folder = path === '' || path === '.' || /\/\.?$/.test(path)
  const clean = cleanPath(`/${absolute(state, path)}`)
  return folder && clean !== '/' ? `${clean}/` : clean
}

function absolute(state: StageState, path: string): string {
  return path.startsWith('/') ? path : `${state.run.WorkingDir ?? '/'}/${path}`
}
