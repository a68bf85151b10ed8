/** HEALTHCHECK to the configuration and the history. */
import type { Healthcheck as Instruction } from '../../dockerfile/instructions/healthcheck.ts'
import type { Healthcheck } from '../../oci/manifest.ts'
import { duration, quoted, quotedList, quotedRune } from '../image/go-format.ts'
import { type StageState, tell } from './stage-state.ts'

export function lowerHealthcheck(state: StageState, { at, check }: Instruction): void {
  const times = check.kind === 'cmd' ? check : { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 }
  const test = testOf(check)
  const set: Healthcheck = {
    Test: test,
    ...(times.interval > 0 && { Interval: times.interval }),
    ...(times.timeout > 0 && { Timeout: times.timeout }),
    ...(times.startPeriod > 0 && { StartPeriod: times.startPeriod }),
    ...(times.startInterval > 0 && { StartInterval: times.startInterval }),
    ...(times.retries > 0 && { Retries: times.retries }),
  }
  state.run.Healthcheck = set
  const spans = [times.interval, times.timeout, times.startPeriod, times.startInterval].map((ns) => quoted(duration(ns)))
  tell(state, at, `HEALTHCHECK &{${[quotedList(test), ...spans, quotedRune(times.retries)].join(' ')}}`)
}

/** The shell form stays one line: whoever runs the check hands it to the shell of that day. */
function testOf(check: Instruction['check']): readonly string[] {
  if (check.kind === 'none') return ['NONE']
  return check.command.kind === 'exec' ? ['CMD', ...check.command.args.map((arg) => arg.text)] : ['CMD-SHELL', check.command.line?.text ?? '']
}
