/** What a pod is told to do: a run with everything that was looked up where it was started. */
import type { LogLimits } from '../../engine/log-limits.ts'
import type { StandIn } from '../../engine/stand-in.ts'
import type { RunId } from '../../events/run-event.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { RunFacts } from '../../plan/facts.ts'
import type { InfraName } from '../../ports/infrastructure.ts'
import type { HostMapping } from '../../registry/endpoint.ts'
import type { ScanChoice } from '../scan/scan-choice.ts'

export interface SentOrder {
  /** Of the file, for messages, and its text. */
  readonly name: string
  readonly text: string
  readonly inputs: readonly string[]
  readonly run: RunId
  readonly sequenceId: number
  readonly facts: RunFacts
  readonly options: { readonly on?: InfraName; readonly debugAuth?: boolean; readonly verbose?: boolean; readonly stage?: readonly string[] }
  readonly connectors: ReadonlyMap<string, Connector>
  readonly rules: readonly HostMapping[]
  readonly scan: ScanChoice
  /** They are sent too; `only`: as one file of this name. */
  readonly advisories?: { readonly only?: string }
  readonly logLimits: LogLimits
  /** Stages that another run has done. */
  readonly taken?: ReadonlyMap<string, StandIn>
  readonly codebase: CodebaseFacts
  /** Somebody is there who can be asked. */
  readonly asks: boolean
}
