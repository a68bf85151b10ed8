/** The ignore file of a command: the one that is named, else the one in this folder. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Problem, problem } from '../../base/problem.ts'
import { sourceFile } from '../../text/source-file.ts'
import type { IgnoreRule } from '../../verdict/ignore-rule.ts'
import { readIgnoreText } from '../../verdict/read-ignore-text.ts'
import { readIgnoreYaml } from '../../verdict/read-ignore-yaml.ts'
import { printDiagnostics } from '../failures.ts'
import type { World } from '../world.ts'

const usual = ['.trivyignore.yaml', '.trivyignore.yml', '.trivyignore']

/** Throws SCAN_IGNORE_UNREADABLE for one that was named. */
export async function readIgnoreFile(named: string | undefined, world: World): Promise<readonly IgnoreRule[]> {
  for (const name of named === undefined ? usual : [named]) {
    const text = await readFile(resolve(world.cwd, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (named === undefined && cause.code === 'ENOENT') return undefined
      const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
      throw problem('SCAN_IGNORE_UNREADABLE', { file: name, reason }, { cause })
    })
    if (text === undefined) continue
    const file = sourceFile(name, text)
    const { rules, diagnostics } = /\.ya?ml$/.test(name) ? readIgnoreYaml(file) : readIgnoreText(file)
    const [worst, ...others] = diagnostics.filter(({ severity }) => severity === 'error')
    if (worst !== undefined) throw new Problem(worst, { others })
    await printDiagnostics(diagnostics, [file], world)
    return rules
  }
  return []
}
