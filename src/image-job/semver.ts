/** Version numbers as tags carry them: digits are kept as written, so 18.06.0 stays 18.06.0. */
export interface Version {
  readonly major: string
  readonly minor?: string
  readonly patch?: string
  readonly pre?: string
  readonly build?: string
}

const extra = '(?:-(?<pre>[0-9A-Za-z.-]+))?(?:\\+(?<build>[0-9A-Za-z.-]+))?'
const strict = new RegExp(`^(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)${extra}$`)
const loose = new RegExp(`^v?(?<major>\\d+)(?:\\.(?<minor>\\d+)(?:\\.(?<patch>\\d+))?)?${extra}$`)

/** All three numbers; no `v`. */
export function parseVersion(text: string): Version | undefined {
  return versionOf(strict.exec(text))
}

/** One to three numbers, `v` optional. */
export function parseLooseVersion(text: string): Version | undefined {
  return versionOf(loose.exec(text))
}

function versionOf(match: RegExpExecArray | null): Version | undefined {
  const { major, minor, patch, pre, build } = match?.groups ?? {}
  if (major === undefined) return undefined
  return {
    major,
    ...(minor !== undefined && { minor }),
    ...(patch !== undefined && { patch }),
    ...(pre !== undefined && { pre }),
    ...(build !== undefined && { build }),
  }
}
