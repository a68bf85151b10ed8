/** Which flags a version of buildx knows. */

export type Version = readonly [major: number, minor: number]

/** Of `github.com/docker/buildx v0.12.1 30feaa1`; undefined when it names none. */
export function parseToolVersion(text: string): Version | undefined {
  const [, major, minor] = /\bv?(\d+)\.(\d+)\.\d+/.exec(text) ?? []
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)]
}

/** The version that each of these came with. What is older than this table is there always. */
const since = {
  '--build-context': [0, 8],
  '--provenance': [0, 10],
  '--sbom': [0, 10],
  '--attest': [0, 10],
  '--annotation': [0, 12],
  '--no-cache-filter': [0, 8],
  '--progress=rawjson': [0, 13],
} as const satisfies Readonly<Record<string, Version>>

export type DatedFlag = keyof typeof since

/** A version that nobody could read is taken to be a current one. */
export function knowsFlag(version: Version | undefined, flag: string): boolean {
  const from = Object.hasOwn(since, flag) ? since[flag as DatedFlag] : undefined
  return from === undefined || version === undefined || version[0] > from[0] || (version[0] === from[0] && version[1] >= from[1])
}
