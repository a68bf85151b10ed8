/** The command line on a rung of the sandbox that is wanted: by whom it is started, with which rights. Needs root, which becomes others. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root as project } from '../../../tools/support/root.ts'

export type RungNumber = 1 | 2 | 3 | 4 | 5 | 6

interface OnRung {
  readonly code: number | null
  readonly said: string
  /** What commands printed after the word `seen`. */
  readonly seen: readonly string[]
}

/** What a container's root has not. */
const without = '-sys_admin,-sys_ptrace,-sys_module,-net_admin,-dac_read_search,-sys_rawio'
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const withRanges = 'for f in /etc/subuid /etc/subgid; do mount --bind "$1" $f; done; shift; exec "$@"'

/** `folder`: may be entered by everybody; the data of each rung lies below it. */
export async function slipwayOn(rung: RungNumber, folder: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<OnRung> {
  const home = homeOf(rung, folder)
  mkdirSync(home, { recursive: true })
  if (rung === 3 || rung === 4) execFileSync('chown', ['65534:65534', home])
  const cli = [process.execPath, '--disable-warning=ExperimentalWarning', join(project, 'src/main/cli.ts'), ...args]
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, SLIPWAY_HOME: join(home, 'data'), ...more }
  const [program = '', ...words] = [...starter(rung, folder), ...cli]
  const child = spawn(program, words, { env: { ...env, ...forced[rung] }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, said, seen: said.split('\n').flatMap((line) => /^#\d+ [\d.]+ seen (.*)$/.exec(line)?.[1]?.trim() ?? []) }
}

export function homeOf(rung: RungNumber, folder: string): string {
  return join(folder, `rung-${rung}`)
}

const forced: Readonly<Record<RungNumber, Readonly<Record<string, string>>>> = {
  1: { SLIPWAY_RUNG: '1' },
  2: { SLIPWAY_RUNG: '2' },
  3: {},
  4: {},
  5: { SLIPWAY_RUNG: '5' },
  6: { SLIPWAY_RUNG: '6' },
}

function starter(rung: RungNumber, folder: string): readonly string[] {
  if (rung <= 2) return []
  if (rung >= 5) return ['setpriv', `--bounding-set=${without}`]
  const ranges = join(folder, `ranges-${rung}`)
  writeFileSync(ranges, rung === 3 ? 'nobody:200000:65536\n' : '', { mode: 0o644 })
  return ['unshare', '--mount', 'sh', '-c', withRanges, 'sh', ranges, ...nobody]
}
