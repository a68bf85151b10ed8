/** The stores behind the places that steps save files in. */
import { join } from 'node:path'
import { folderCache } from '../adapters/step-cache/folder/folder-cache.ts'
import { problem } from '../base/problem.ts'
import type { OpenStepCache } from '../ports/step-cache.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeStepCache(home: string, { clock }: Machine): OpenStepCache {
  const here = folderCache({ dir: join(home, 'step-cache'), clock })
  return (place) => {
    if (place.kind === 'here') return here
    throw problem('STEP_NOT_SUPPORTED', { type: place.kind, because: 'this version saves files on this machine only' })
  }
}
