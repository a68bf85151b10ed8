/** Where the trivy program is: the file that the configuration names, else on PATH. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { problem } from '../../../base/problem.ts'

/** Throws SCANNER_MISSING. */
export async function findTrivy(o: { readonly program?: string; readonly path: string | undefined }): Promise<string> {
  if (o.program !== undefined) {
    if (await runs(o.program)) return o.program
    throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: `${o.program} is no program that can be started` })
  }
  for (const folder of (o.path ?? '').split(delimiter)) {
    const file = join(folder, 'trivy')
    if (folder !== '' && (await runs(file))) return file
  }
  throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: 'there is no trivy on PATH' })
}

async function runs(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
