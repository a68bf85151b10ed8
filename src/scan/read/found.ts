/** What one file of an image tells: plain data, kept between scans. */
import type { ScannedPackage } from '../package.ts'
import type { Distribution } from '../report.ts'

export type FoundPackage = Omit<ScannedPackage, 'locations'>

/** Kinds of packages that are seen and not judged, and files that could not be read. */
export type UnreadKind = 'rpm' | 'go' | 'java' | 'gem' | 'composer' | 'nuget' | 'conda' | 'pacman' | 'opkg' | 'yarn-cache' | 'broken'

export type Found =
  /** `broken` entries could not be read, the others could. `lock` names what should be installed beside it. */
  | {
      readonly kind: 'packages'
      readonly packages: readonly FoundPackage[]
      readonly broken?: number
      readonly lock?: true
      readonly owned?: readonly string[]
    }
  | { readonly kind: 'distribution'; readonly distribution: Distribution }
  /** Files that packages of the distribution brought: what they hold is judged with those packages. */
  | { readonly kind: 'owned'; readonly owned: readonly string[] }
  | { readonly kind: 'unread'; readonly what: UnreadKind; readonly reason?: string }
