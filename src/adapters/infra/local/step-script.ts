/** How each shell is given a script: in a file of its own, beside a wrapper that hands variables back however the script ends. */
import { posixWrapper } from './wrap-posix.ts'
import { powershellWrapper } from './wrap-powershell.ts'
import { pythonWrapper } from './wrap-python.ts'

export interface ScriptOf {
  readonly script: string
  /** Variables to hand back. */
  readonly outputs: readonly string[]
  /** Of the step, private, as the step sees it: where the files are. */
  readonly folder: string
}

export interface Shell {
  /** Any of them will do; the first that is there is taken. */
  readonly programs: readonly string[]
  readonly args: (folder: string) => readonly string[]
  /** File name to content. */
  readonly files: (o: ScriptOf) => Readonly<Record<string, string>>
  /** What to do when no program is there. */
  readonly missing: string
}

const posix = (program: string, missing: string): Shell => ({
  programs: [program],
  args: (folder) => [`${folder}/wrapper`],
  files: (o) => ({ script: o.script, wrapper: posixWrapper(o) }),
  missing,
})

const powershell = (programs: readonly string[]): Shell => ({
  programs,
  args: (folder) => ['-NoLogo', '-NoProfile', '-NonInteractive', '-File', `${folder}/wrapper.ps1`],
  files: (o) => ({ 'script.ps1': `${o.script}\n$__slipway_ended = $?\n`, 'wrapper.ps1': powershellWrapper(o) }),
  missing: 'install PowerShell, or run the step in an image that has it: `image: mcr.microsoft.com/powershell`',
})

export const shells: Readonly<Record<string, Shell>> = {
  Sh: posix('sh', 'run the step in an image that has a shell, such as `image: busybox`'),
  Bash: posix('bash', 'install bash, say `shell: Sh`, or run the step in an image that has it: `image: bash`'),
  Pwsh: powershell(['pwsh']),
  Powershell: powershell(['pwsh', 'powershell']),
  Python: {
    programs: ['python3', 'python'],
    args: (folder) => [`${folder}/wrapper.py`],
    files: (o) => ({ 'script.py': o.script, 'wrapper.py': pythonWrapper(o) }),
    missing: 'install python3, or run the step in an image that has it: `image: python:3-slim`',
  },
}
