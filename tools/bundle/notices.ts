/** The licences of the packages inside a bundle, as they ask for. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../support/root.ts'

/** `inputs` are paths of bundled files, relative to the repository. */
export async function notices(inputs: readonly string[]): Promise<string> {
  const names = new Set(inputs.flatMap((input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input)?.[1] ?? []))
  const parts = await Promise.all([...names].sort().map(noticeOf))
  return `Slipway contains these packages:\n\n${parts.join('\n\n')}\n`
}

async function noticeOf(name: string): Promise<string> {
  const dir = join(root, 'node_modules', name)
  const { version, license } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as { readonly version: string; readonly license: string }
  const file = (await readdir(dir)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : `\n\n${(await readFile(join(dir, file), 'utf8')).trim()}`
  return `--- ${name} ${version} (${license})${text}`
}
