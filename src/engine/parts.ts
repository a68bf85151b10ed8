/** Everything the engine is given: it knows these interfaces and never who implements them. */
import type { Clock } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { RunEvent } from '../events/run-event.ts'
import type { Planner } from '../plan/planner.ts'
import type { Builder } from '../ports/builder.ts'
import type { Delivery, Destination, ImageSource } from '../ports/delivery.ts'
import type { FindRegistry } from '../ports/find-registry.ts'
import type { InfraName, Infrastructure } from '../ports/infrastructure.ts'
import type { Intervention } from '../ports/intervention.ts'
import type { ReadFile } from '../ports/read-file.ts'
import type { OpenContext } from '../ports/remote.ts'
import type { RemoteImages } from '../ports/remote-images.ts'
import type { ReadReports } from '../ports/report-reader.ts'
import type { ScanParts } from '../ports/scan-parts.ts'
import type { SecretSource } from '../ports/secret-source.ts'
import type { OpenStepCache } from '../ports/step-cache.ts'
import type { FindToolRegistries } from '../ports/tool-registries.ts'
import type { WriteFile } from '../ports/write-file.ts'
import type { LogLimits } from './log-limits.ts'
import type { Redactor } from './redactor.ts'
import type { StopReason } from './stop-reason.ts'

export interface EngineParts {
  readonly clock: Clock
  readonly infrastructures: Readonly<Partial<Record<InfraName, Infrastructure>>>
  readonly builders: Readonly<Record<string, Builder>>
  readonly deliveries: Readonly<Record<Destination['kind'], Delivery>>
  readonly images: ImageSource
  readonly remoteImages: RemoteImages
  readonly findRegistry: FindRegistry
  readonly toolRegistries: FindToolRegistries
  readonly openContext: OpenContext
  readonly readFile: ReadFile
  readonly writeFile: WriteFile
  readonly openStepCache: OpenStepCache
  readonly readReports: ReadReports
  readonly scan: ScanParts
  readonly secrets: readonly SecretSource[]
  readonly redactor: Redactor
  /** Of each step's log; without it there are none. */
  readonly logLimits?: LogLimits
  /** Without it nobody is asked, and what a pipeline says for nobody happens at once. */
  readonly intervention?: Intervention
}

/** One run under way: the parts, the plan, and the way to tell what happens. */
export interface RunContext extends EngineParts {
  readonly planner: Planner
  /** Secret outputs of this run's steps. */
  readonly runSecrets: Map<string, string>
  readonly emit: (event: RunEvent) => Promise<void>
  /** Notes of the step at work; undefined outside of steps. */
  readonly note?: (note: Diagnostic) => Promise<void>
  readonly signal: AbortSignal
  /** Ends the run: what is under way is stopped, what is to come is not begun. */
  readonly stop: (reason: StopReason) => void
}
