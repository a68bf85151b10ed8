/** Shows an address in the person's browser, by the program that the system has for it. */
import { spawn } from 'node:child_process'
import { findProgram } from './find-program.ts'

/** In the order in which they are tried. */
const openers = ['wslview', 'xdg-open', 'open'] as const

/** False: there is nothing to open it with. Whether it was seen nobody knows. */
export async function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  for (const name of [env['BROWSER'], ...openers]) {
    const program = name === undefined || name === '' ? undefined : name.includes('/') ? name : await findProgram(name, env['PATH'])
    if (program === undefined) continue
    const child = spawn(program, [url], { detached: true, stdio: 'ignore' })
    child.on('error', () => undefined)
    child.unref()
    return true
  }
  return false
}
