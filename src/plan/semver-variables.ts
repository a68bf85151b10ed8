/** A tag that is a semantic version, taken apart as `DRONE_SEMVER_*`. */
const grammar = /^v?((0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*))(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/

export function semverVariables(tag: string | undefined): Readonly<Record<string, string>> {
  const match = tag === undefined ? null : grammar.exec(tag)
  if (match === null) return tag === undefined ? {} : { DRONE_SEMVER_ERROR: `${tag} is no semantic version` }
  const [whole, short = '', major = '', minor = '', patch = '', prerelease = '', build = ''] = match
  return {
    DRONE_SEMVER: whole.replace(/^v/, ''),
    DRONE_SEMVER_SHORT: short,
    DRONE_SEMVER_MAJOR: major,
    DRONE_SEMVER_MINOR: minor,
    DRONE_SEMVER_PATCH: patch,
    ...(prerelease !== '' && { DRONE_SEMVER_PRERELEASE: prerelease }),
    ...(build !== '' && { DRONE_SEMVER_BUILD: build }),
  }
}
