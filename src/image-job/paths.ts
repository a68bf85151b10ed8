/** Paths of a step, made absolute: a relative one starts at the workspace. */
export function absolutePath(workspace: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${workspace}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
