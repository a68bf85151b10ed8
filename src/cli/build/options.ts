/** What commander hands over for `slipway build`, by flag. */
import type { ClientOptions } from '../images/with-client.ts'
import type { ProgressForm } from './flags.ts'

export interface BuildOptions extends ClientOptions {
  readonly addHost: readonly string[]
  readonly annotation: readonly string[]
  readonly buildArg: readonly string[]
  readonly buildContext: readonly string[]
  readonly cache: boolean
  /** What commander makes of --no-cache-filter. */
  readonly cacheFilter: readonly string[]
  readonly cacheFrom: readonly string[]
  readonly cacheTo: readonly string[]
  readonly call?: 'build' | 'check' | 'lint' | 'outline' | 'targets'
  readonly cgroupParent?: string
  readonly check?: boolean
  readonly explainCache?: boolean
  readonly file?: string
  readonly iidfile?: string
  readonly label: readonly string[]
  readonly load?: boolean
  readonly metadataFile?: string
  readonly network?: string
  readonly output: readonly string[]
  readonly platform: readonly string[]
  readonly progress: ProgressForm
  readonly provenance?: string
  readonly pull?: boolean
  readonly push?: boolean
  readonly quiet?: boolean
  readonly reproducible?: boolean
  readonly sbom?: string
  readonly secret: readonly string[]
  readonly shmSize?: string
  readonly ssh: readonly string[]
  readonly tag: readonly string[]
  readonly target?: string
  readonly ulimit: readonly string[]
}
