/** `slipway completion SHELL`: a script made from the commands and options themselves. */
import type { Command } from 'commander'
import { type ExitCode, exitCodes } from '../failures.ts'
import type { World } from '../world.ts'

type Shell = 'bash' | 'zsh' | 'fish'

/** What may follow a chain of commands: `run` -> its options; `` -> the commands. */
interface Level {
  readonly path: string
  readonly words: readonly string[]
  /** Whether files may follow. */
  readonly files: boolean
}

export async function completionCommand(shell: Shell, program: Command, world: World): Promise<ExitCode> {
  const levels = [...levelsOf(program, '')]
  await world.stdout.write(scripts[shell](levels))
  return exitCodes.done
}

function* levelsOf(command: Command, path: string): Generator<Level> {
  const commands = command.commands.map((child) => child.name())
  const options = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]))
  yield { path, words: [...commands, ...options, '--help'], files: command.registeredArguments.length > 0 }
  for (const child of command.commands) yield* levelsOf(child, `${path} ${child.name()}`.trim())
}

const scripts: Readonly<Record<Shell, (levels: readonly Level[]) => string>> = {
  bash: (levels) => `_slipway() {
  local word=\${COMP_WORDS[COMP_CWORD]} path='' w words='' files=0
  for w in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$w" in
${levels
  .filter((level) => level.path !== '')
  .map((level) => `      '${level.path}') path='${level.path}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${levels.map((level) => `    '${level.path}') words='${level.words.join(' ')}'; files=${level.files ? 1 : 0} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "$files" = 1 ]; then COMPREPLY+=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _slipway slipway
`,
  zsh: (levels) => `autoload -U +X bashcompinit && bashcompinit\n${scripts.bash(levels)}`,
  fish: (levels) =>
    levels
      .map((level) => {
        const seen =
          level.path === ''
            ? '__fish_use_subcommand'
            : level.path
                .split(' ')
                .map((word) => `__fish_seen_subcommand_from ${word}`)
                .join('; and ')
        return level.words
          .map((word) => `complete -c slipway${level.files ? '' : ' -f'} -n '${seen}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}\n`)
          .join('')
      })
      .join(''),
}
