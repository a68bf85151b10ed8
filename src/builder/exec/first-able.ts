/** The first of several sandboxes that works here. */
import type { Sandbox } from './sandbox.ts'

/** Asked in their order; what was wrong with the earlier ones is the reason for the later. */
export function firstAble(first: Sandbox, ...others: readonly Sandbox[]): Sandbox {
  let chosen = first
  return {
    get name() {
      return chosen.name
    },
    get keepsOwners() {
      return chosen.keepsOwners
    },
    get overlayAttributes() {
      return chosen.overlayAttributes
    },
    get folderForm() {
      return chosen.folderForm
    },
    async probe(folder, { remember, ...w }) {
      const reasons: string[] = []
      for (const [i, sandbox] of [first, ...others].entries()) {
        const ability = await sandbox.probe(folder, { ...w, ...(i === 0 && remember !== undefined && { remember }) })
        if (ability.kind === 'able') {
          chosen = sandbox
          return { ...ability, because: [...reasons, ...(ability.because ?? [])] }
        }
        reasons.push(...ability.reasons)
      }
      return { kind: 'unable', reasons }
    },
    run: (job, o) => chosen.run(job, o),
    attributes: (folder, paths, o) => chosen.attributes(folder, paths, o),
    finish: (folder, work, o) => chosen.finish(folder, work, o),
  }
}
