/** All cases of the parity suite. */
import type { Case } from '../case.ts'
import { addCases } from './adding.ts'
import { configCases } from './config.ts'
import { copyCases } from './copying.ts'
import { failingCases } from './failing.ts'
import { packageCases } from './packages.ts'
import { type RecordedCase, recordedCases } from './recorded.ts'
import { runCases } from './run.ts'
import { runFileCases } from './run-files.ts'
import { mountCases } from './run-mounts.ts'
import { stageCases } from './stages.ts'

const groups: Readonly<Record<string, readonly Case[]>> = {
  RUN: runCases,
  'files of RUN': runFileCases,
  mounts: mountCases,
  stages: stageCases,
  configuration: configCases,
  copying: copyCases,
  adding: addCases,
  packages: packageCases,
  refused: failingCases,
}

export const allCases: readonly (Case | RecordedCase)[] = [
  ...Object.entries(groups).flatMap(([group, cases]) => cases.map((one) => ({ ...one, name: `${group}: ${one.name}` }))),
  ...recordedCases,
]
