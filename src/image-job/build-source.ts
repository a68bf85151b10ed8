/** The part of a job that says how an image is built. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Pair } from '../settings/setting.ts'
import type { CachePlan } from './cache-plan.ts'

export type BuildArg =
  | { readonly kind: 'value'; readonly name: string; readonly value: Text }
  /** Taken from the first of these variables that is set. */
  | { readonly kind: 'environment'; readonly name: string; readonly from: readonly string[] }

export interface BuildSecret {
  readonly id: string
  readonly from:
    | { readonly kind: 'environment'; readonly name: string }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'value'; readonly value: Text }
}

export interface SshKey {
  readonly id: string
  readonly from: { readonly kind: 'agent' } | { readonly kind: 'file'; readonly path: string } | { readonly kind: 'value'; readonly value: Text }
}

export interface Network {
  readonly mode?: string
  readonly dns: Planned<readonly string[]>
  readonly dnsSearch: Planned<readonly string[]>
  /** `NAME:ADDRESS` each. */
  readonly addHost: Planned<readonly string[]>
  readonly proxy: { readonly http?: Planned<Text>; readonly https?: Planned<Text>; readonly no?: Planned<Text> }
}

/** `now` is the time of the build; a reproducible image carries a fixed one. */
export type Created = { readonly kind: 'now' } | { readonly kind: 'at'; readonly seconds: number }

/** A builder of buildx, as the settings name it. Paths are absolute. */
export interface BuilderPlan {
  readonly name?: Planned<string>
  readonly driver?: Planned<string>
  readonly driverOptions: Planned<readonly string[]>
  readonly configFile?: Planned<string>
  readonly remote?: Planned<string>
  readonly buildkitVersion?: Planned<string>
}

export interface BuildSource {
  readonly kind: 'build'
  readonly context: Planned<string>
  readonly dockerfile: Planned<string>
  readonly target?: Planned<string>
  /** Empty: the platform of the machine. */
  readonly platforms: Planned<readonly string[]>
  readonly args: Planned<readonly BuildArg[]>
  readonly secrets: Planned<readonly BuildSecret[]>
  readonly ssh: Planned<readonly SshKey[]>
  readonly labels: Planned<readonly Pair[]>
  /** Adds org.opencontainers.image.created with the time of `created`. */
  readonly createdLabel: boolean
  readonly created: Created
  readonly reproducible: boolean
  readonly cache: CachePlan
  readonly network: Network
  readonly pull: boolean
  readonly layers: 'each' | 'one-on-top' | 'one'
  readonly ignorePaths: Planned<readonly string[]>
  /** Absent: the engine's own default. */
  readonly ignoreVarRun?: boolean
  readonly compression: { readonly kind: 'gzip' | 'zstd'; readonly level?: number }
  /** Build attestations: absent when nobody asked. */
  readonly provenance?: string
  readonly sbom?: string
  readonly quiet: boolean
  /** Raw options of buildx that mean nothing to other engines. */
  readonly toolOptions?: readonly string[]
  readonly builder?: BuilderPlan
  readonly bake?: { readonly file: Planned<string>; readonly options: Planned<readonly string[]> }
}
