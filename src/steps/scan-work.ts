/** Work of a scan step: what to look at, what to do with what is found. */
import type { Hidden } from '../base/hidden.ts'
import type { Deferred, Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { SbomFormat } from '../scan/sbom/formats.ts'
import type { GateLevel } from '../verdict/gate.ts'

/** An image by the parts in which the step names it. */
export interface PlannedImageName {
  readonly domain?: Planned<Text>
  readonly name: Planned<Text>
  readonly tag?: Planned<Text>
}

export interface PlannedScanLogin {
  /** A user and a password, or the keys of AWS. */
  readonly kind: 'password' | 'aws'
  readonly id?: Planned<Text>
  readonly token?: Planned<Text | Hidden>
  readonly region?: Planned<Text>
}

export type PlannedScanSource =
  | { readonly kind: 'archive'; readonly path: Planned<Text> }
  /** In the image store of this machine, or its Docker Engine. */
  | { readonly kind: 'stored'; readonly image: PlannedImageName }
  | { readonly kind: 'registry'; readonly image: PlannedImageName; readonly login?: PlannedScanLogin }
  | { readonly kind: 'folder'; readonly path: Planned<Text> }
  | { readonly kind: 'sbom'; readonly path: Planned<Text> }
  /** Results that a scanner wrote to a file of the workspace. */
  | { readonly kind: 'results'; readonly path: Planned<Text> }
  /** Results that the registry keeps beside the image. */
  | { readonly kind: 'attached'; readonly image: PlannedImageName; readonly login?: PlannedScanLogin }
  /** Which of them it is depends on what is known later. */
  | { readonly kind: 'later'; readonly waits: Deferred }

export interface ScanWork {
  readonly kind: 'scan'
  readonly source: PlannedScanSource
  /** For comparison with earlier scans. Absent: found out. */
  readonly target?: Planned<Text>
  readonly variant?: Planned<Text>
  readonly failOn: Planned<GateLevel>
  /** As the step writes them, for trivy. */
  readonly arguments?: Planned<Text>
  readonly log: 'info' | 'debug' | 'warning' | 'error'
  readonly includeRaw: Planned<boolean>
  readonly sbom?: Planned<SbomFormat>
  /** Whose credentials an image is pulled with. */
  readonly connector?: Planned<Text>
  readonly baseConnectors?: Planned<readonly Text[]>
  readonly env: Readonly<Record<string, Planned<Text>>>
}
