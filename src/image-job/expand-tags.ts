/** `1.2.3` also as `1` and `1.2`; what is no version stays alone. */
import { parseLooseVersion } from './semver.ts'

/** Build metadata follows every form; its `+` is no tag character, so it becomes `_`. */
export function expandTag(tag: string): readonly string[] {
  const version = parseLooseVersion(tag.replaceAll('_', '-'))
  if (version === undefined) return [tag]
  const { major, minor = '0', patch = '0', pre, build } = version
  const tail = build === undefined ? '' : `_${build}`
  const full = `${major}.${minor}.${patch}`
  if (pre !== undefined) return [`${full}-${pre}${tail}`]
  return [`${major}${tail}`, `${major}.${minor}${tail}`, `${full}${tail}`]
}

/** Content of a `.tags` file, read when no variable names tags. */
export function tagsOfFile(content: string): readonly string[] {
  return content
    .split(/[,\n]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
