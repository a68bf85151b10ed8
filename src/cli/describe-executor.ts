/** How kaniko's executor would be started, as people read it: a flag on each line, variables and files by name. */
import type { Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ExecutorFile } from '../image-job/kaniko/executor-command.ts'
import type { ExecutorWork } from '../steps/image-work.ts'

const contents: Readonly<Record<ExecutorFile['holds'], string>> = { logins: 'the logins of its registries', 'google-key': 'the key of the service account' }

export function describeExecutor({ argv, env, files, container }: ExecutorWork): readonly string[] {
  const [program, ...flags] = argv.map(shown)
  return [
    `  $ ${program}`,
    ...flags.map((flag) => `      ${flag}`),
    `    with ${Object.keys(env).join(', ')}`,
    ...files.map(({ path, holds }) => `    and ${path}: ${contents[holds]}`),
    `    in the image ${shown(container.reference)}`,
  ]
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : `${planned.source} (known after ${planned.until})`
}
