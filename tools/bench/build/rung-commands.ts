/** The command lines by which run.mjs starts us on a rung: who we are then, with which rights, and a data folder that is ours. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { needed } from '../push/programs.ts'
import { CannotMeasure } from '../support/bench.ts'

export const benchRungs = [1, 3, 6] as const
export type BenchRung = (typeof benchRungs)[number]

const ranges = 'nobody:200000:65536\n'
/** What a container's root has not. */
const without = '-sys_admin,-sys_ptrace,-sys_module,-net_admin,-dac_read_search,-sys_rawio'

const starters: Readonly<Record<BenchRung, { readonly owner: number; start(file: string): string }>> = {
  1: { owner: 0, start: () => 'SLIPWAY_RUNG=1 exec "$@"' },
  3: {
    owner: 65_534,
    start: (file) =>
      `exec unshare --mount sh -c 'for f in /etc/subuid /etc/subgid; do mount --bind ${file} $f; done; exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"' sh "$@"`,
  },
  6: { owner: 0, start: () => `SLIPWAY_RUNG=6 exec setpriv --bounding-set=${without} "$@"` },
}

export function rungCommands(rung: BenchRung, { entry, work }: { readonly entry: string; readonly work: string }): Readonly<Record<string, string>> {
  for (const program of rung === 3 ? ['newuidmap', 'unshare', 'setpriv'] : ['setpriv']) needed(program)
  const closed = [work, entry].flatMap(foldersAbove).find((folder) => (statSync(folder).mode & 0o001) === 0)
  if (closed !== undefined) throw new CannotMeasure(`an ordinary user may not enter ${closed}: SLIPWAY_BENCH_WORK names another folder`)
  const folder = join(work, `rung-${rung}`)
  mkdirSync(folder, { recursive: true })
  const [script, file, home] = [join(folder, 'start.sh'), join(folder, 'ranges'), join(folder, 'home')]
  const { owner, start } = starters[rung]
  writeFileSync(file, ranges)
  writeFileSync(
    script,
    `export SLIPWAY_HOME=${home}/data XDG_CACHE_HOME=${home}/cache HOME=${home}\nset -- ${process.execPath} ${entry} build "$@"\n${start(file)}\n`,
  )
  const archives = join(work, 'out')
  const command = `sh ${script} -t {ref}`
  return {
    OURS: `${command} --push {ctx}`,
    OURS_TAR: `${command} --output type=docker,dest={tar} {ctx}`,
    OURS_RESET: `rm -rf ${home}/data && mkdir -p ${home} ${archives} && chmod 1777 ${archives} && chown ${owner}:${owner} ${home}`,
  }
}

function foldersAbove(path: string): readonly string[] {
  const above = dirname(path)
  return above === path ? [] : [above, ...foldersAbove(above)]
}
