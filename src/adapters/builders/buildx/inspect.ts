/** What `docker buildx inspect` prints, as far as it matters here. */
export interface Inspected {
  readonly name: string
  readonly driver: string
  /** Of the first node: the machine's own platform comes first. */
  readonly platforms: readonly string[]
  /** Undefined: the node did not say. */
  readonly status: string | undefined
  readonly error: string | undefined
  readonly buildkit: string | undefined
  /** The daemon keeps images in containerd, so its builder can write archives. */
  readonly containerd: boolean
}

export function readInspect(text: string): Inspected {
  const first = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.+)$`, 'm').exec(text)?.[1]?.trim()
  return {
    name: first('Name') ?? '',
    driver: first('Driver') ?? '',
    platforms: (first('Platforms') ?? '').split(',').flatMap((one) => one.trim().replace(/\*$/, '') || []),
    status: first('Status'),
    error: first('Error'),
    buildkit: first('BuildKit version') ?? first('Buildkit'),
    containerd: /org\.mobyproject\.buildkit\.worker\.containerd\./.test(text),
  }
}
