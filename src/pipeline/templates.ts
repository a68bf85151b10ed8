/** Nodes that stand for something Harness keeps elsewhere: templates, and places where templates let steps in. */
import { diagnose } from '../base/diagnostic.ts'
import { entryOf } from '../yaml/node.ts'
import type { Shape } from '../yaml/shape/shape.ts'

/** Says the one thing that is wrong, instead of every key that the template would have brought. */
export function writtenOut<T>(shape: Shape<T>, what: string, key = 'template'): Shape<T> {
  return {
    ...shape,
    read(node, report, path) {
      const entry = entryOf(node, key)
      if (entry === undefined) return shape.read(node, report, path)
      const because = `templates are kept by Harness; write the ${what} out`
      report(diagnose('MODEL_STEP_UNSUPPORTED', { type: key, because }, { at: entry.keyAt, hint: `put the ${what} itself here` }))
      return undefined
    },
  }
}
