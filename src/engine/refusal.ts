/** What a registry refused, in words of the step: which reference, whose login, which right. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { isProblem } from '../base/problem.ts'
import { showText } from '../base/secret-text.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown } from './reveal.ts'

export function refusal(error: unknown, target: string, { work }: WorkAt<ImageWork>): Diagnostic {
  if (!isProblem(error)) return diagnose('DELIVERY_FAILED', { target, reason: error instanceof Error ? error.message : String(error) })
  const { diagnostic } = error
  const who = work.connector === undefined ? 'the login of the step' : `connector "${showText(nowKnown(work.connector))}"`
  if (diagnostic.code === 'REGISTRY_DENIED')
    return { ...diagnostic, hint: `${target} was not pushed: ${who} lacks the right to push there. Give it that right, or name another connector.` }
  if (diagnostic.code === 'REGISTRY_UNAUTHORIZED')
    return {
      ...diagnostic,
      hint: `${target} was not pushed: ${who} has no login that may push there. Check its user, its password or token, its URL and its right to push.`,
    }
  return diagnostic
}
