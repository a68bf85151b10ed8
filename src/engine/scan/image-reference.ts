/** An image's reference of the parts in which a scan step names it. */
import type { PlannedImageName, ScanWork } from '../../steps/scan-work.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'

/** The name may hold the domain or the tag already, as people paste it. */
export async function imageReference({ domain, name, tag }: PlannedImageName, { context }: WorkAt<ScanWork>): Promise<string> {
  const path = (await revealText(nowKnown(name), context)).trim()
  const host =
    domain === undefined
      ? ''
      : (await revealText(nowKnown(domain), context))
          .trim()
          .replace(/^https?:\/\//, '')
          .replace(/\/+$/, '')
  const word = tag === undefined ? '' : (await revealText(nowKnown(tag), context)).trim()
  const whole = host === '' || path.startsWith(`${host}/`) ? path : `${host}/${path}`
  const last = whole.slice(whole.lastIndexOf('/') + 1)
  if (word === '' || last.includes('@') || last.endsWith(`:${word}`)) return whole
  return word.startsWith('sha256:') ? `${whole}@${word}` : `${whole}:${word}`
}
