/** What is known of a process group. Elsewhere than on Linux nothing. */
import { processTable } from './process-table.ts'

/** Whether a process of the group still runs. One that has ended and was not yet collected does not. */
export function groupRuns(group: number): boolean {
  return processTable().some((one) => one.group === group && one.state !== 'Z' && one.state !== 'X')
}
