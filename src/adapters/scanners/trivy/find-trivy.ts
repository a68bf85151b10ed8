/** Where the trivy program is: the file that the configuration names, else on PATH. */
import { problem } from '../../../base/problem.ts'
import { findProgram, isProgram } from '../../processes/find-program.ts'

/** Throws SCANNER_MISSING. */
export async function findTrivy(o: { readonly program?: string; readonly path: string | undefined }): Promise<string> {
  if (o.program !== undefined && !(await isProgram(o.program))) {
    throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: `${o.program} is no program that can be started` })
  }
  const found = o.program ?? (await findProgram('trivy', o.path))
  if (found === undefined) throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: 'there is no trivy on PATH' })
  return found
}
