/** How kaniko's executor would be started, as people read it: a flag on each line, variables and files by name. */
import type { Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ExecutorCommand, ExecutorFile } from '../image-job/kaniko/executor-command.ts'

const contents: Readonly<Record<ExecutorFile['holds'], string>> = { logins: 'the logins of its registries', 'google-key': 'the key of the service account' }

export function describeExecutor({ argv, env, files }: ExecutorCommand): readonly string[] {
  const [program, ...flags] = argv.map(shown)
  return [
    `  $ ${program}`,
    ...flags.map((flag) => `      ${flag}`),
    `    with ${Object.keys(env).join(', ')}`,
    ...files.map(({ path, holds }) => `    and ${path}: ${contents[holds]}`),
  ]
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : `${planned.source} (known after ${planned.until})`
}
