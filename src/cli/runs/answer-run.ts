/** `slipway runs answer RUN CHOICE`: decides what a run is to do about a step that failed; without a choice it shows what is asked. */
import { humanDuration } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { showSpan } from '../../base/span.ts'
import type { Pause, StepView } from '../../events/run-view.ts'
import type { Given } from '../../ports/answers.ts'
import { type Choice, choices } from '../../ports/intervention.ts'
import { printable } from '../../text/terminal-text.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { findRun, nameOf } from './find-run.ts'
import { findStep } from './find-step.ts'
import { viewOf } from './view-of-run.ts'

export interface AnswerOptions {
  readonly step?: string
}

interface Asked {
  readonly step: StepView
  readonly pause: Extract<Pause, { kind: 'decision' }>
}

export async function answerRun(name: string, choice: Choice | undefined, o: AnswerOptions, world: World): Promise<ExitCode> {
  return withHistory(world, async (history) => {
    const record = await findRun(name, history)
    const view = await viewOf(record, history, { output: false })
    const asked = [...view.steps.values()].flatMap((step): Asked[] => (step.pause?.kind === 'decision' ? [{ step, pause: step.pause }] : []))
    const nobody = (): Error => problem('RUN_ASKS_NOTHING', { run: nameOf(record) })
    const wanted = o.step === undefined ? asked : asked.filter(({ step }) => step.path === findStep(o.step ?? '', view))
    const [first, ...others] = wanted
    if (first === undefined) throw nobody()
    if (choice === undefined) {
      await world.stdout.write(wanted.flatMap((one) => questionLines(one, record.run, world)).join(''))
      return exitCodes.done
    }
    if (others.length > 0) throw problem('RUN_ASKS_SEVERAL', { run: nameOf(record), steps: wanted.map(({ step }) => step.path).join(', ') })
    const answers = await world.tools.answers(world.home)
    const given: Given = await answers.give(record.run, first.step.path, choice, { signal: world.signal })
    if (given === 'answered') throw problem('RUN_ANSWERED', { step: first.step.path })
    if (given === 'not asked') throw nobody()
    await world.stdout.write(`${first.step.path}: ${choice}\n`)
    return exitCodes.done
  })
}

function questionLines({ step, pause }: Asked, run: string, { clock }: World): readonly string[] {
  const { problem: failure, until, otherwise } = pause
  const place = failure?.at === undefined ? '' : `${showSpan(failure.at)}: `
  const what = failure === undefined ? '' : `: ${place}${printable(failure.message, { colours: false })}`
  return [
    `${step.path} failed${what}\n`,
    `  ${humanDuration(Math.max(0, until - clock.now()))} left${otherwise === undefined ? '' : `, then: ${otherwise}`}\n`,
    `  slipway runs answer ${run} --step ${step.path} ${choices.join('|')}\n`,
  ]
}
