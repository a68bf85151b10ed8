/** The ignore file of a scan step: the one it names, else .trivyignore.yaml or .trivyignore at the top of the workspace. */
import { hasErrors } from '../../base/diagnostic.ts'
import { Problem, problem } from '../../base/problem.ts'
import { stepPath } from '../../events/step-path.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import { sourceFile } from '../../text/source-file.ts'
import type { IgnoreRule } from '../../verdict/ignore-rule.ts'
import { readIgnoreText } from '../../verdict/read-ignore-text.ts'
import { readIgnoreYaml } from '../../verdict/read-ignore-yaml.ts'
import type { WorkAt } from '../do-work.ts'

const usual = ['.trivyignore.yaml', '.trivyignore.yml', '.trivyignore']

export async function ignoreRules(named: string | undefined, at: WorkAt<ScanWork>): Promise<readonly IgnoreRule[]> {
  for (const name of named === undefined ? usual : [named]) {
    const text = await textOf(name, named !== undefined, at)
    if (text === undefined) continue
    const file = sourceFile(name, text)
    const { rules, diagnostics } = /\.ya?ml$/.test(name) ? readIgnoreYaml(file) : readIgnoreText(file)
    const [worst, ...others] = diagnostics.filter(({ severity }) => severity === 'error')
    if (worst !== undefined && hasErrors(diagnostics)) throw new Problem(worst, { others })
    for (const note of diagnostics) await at.context.emit({ kind: 'step.note', step: stepPath(at.step.path), note })
    return rules
  }
  return []
}

async function textOf(name: string, mustBe: boolean, { state, context, step }: WorkAt<ScanWork>): Promise<string | undefined> {
  try {
    return (await context.readFile(state.workspace.hostPath(name))).toString('utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    if (missing && !mustBe) return undefined
    const reason = missing ? 'there is no such file' : (cause as Error).message
    throw problem('SCAN_IGNORE_UNREADABLE', { file: name, reason }, { cause, at: step.at })
  }
}
