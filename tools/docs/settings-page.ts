/** The page of all settings of image steps, made from their table. */
import { settingCounts, settingsReference } from '../../src/settings/reference.ts'
import { generated } from './blocks.ts'

export function settingsPage(): string {
  const { rows, names } = settingCounts()
  return `${generated}

# Settings of image steps

${rows} settings with ${names} names of variables. A setting is a field of the step, or a variable: of the step (\`envVariables\`), the stage or the pipeline, in this
order; \`slipway plugin\` reads them from its environment. Every name works with every tool and registry type; *read by* says who reads it in the original.
What does nothing with the engine that runs is told once, with the reason; a name that is not here is a warning. The test \`src/settings/shown-by.test.ts\` names for
each setting the test that shows what it does.

${settingsReference().trimEnd()}
`
}
