/** `slipway cache …`: names and options. */
import type { Command } from 'commander'
import { collect } from './name-value.ts'
import type { Act } from './program.ts'
import type { World } from './world.ts'

/** Under the name that describes it, and under the one that docker's users try. */
export function addCacheCommands(program: Command, world: World, act: Act): void {
  const load = async () => import('./commands/cache.ts')
  for (const name of ['cache', 'builder']) {
    const cache = program.command(name, { hidden: name === 'builder' }).description('the cache of builds on this machine')
    cache
      .command('du')
      .description('how large it is')
      .option('--json', 'as JSON')
      .option('--verbose', 'each piece')
      .action((o) => act(async () => (await load()).cacheUsage(o, world)))
    cache
      .command('prune')
      .description('take away what was not used for 15 days, and what goes beyond 20 GB')
      .option('-a, --all', 'everything that no build is using')
      .option('--filter <until=24h>', 'what was not used for so long', collect, [])
      .option('--keep-storage <size>', 'the longest unused, until this much is left')
      .option('--dry-run', 'only say what would go')
      .option('-f, --force', 'nobody is asked anyway')
      .option('--json', 'as JSON')
      .option('--verbose', 'each piece')
      .action((o) => act(async () => (await load()).pruneCache(o, world)))
    addMountCommands(cache, world, act)
  }
}

function addMountCommands(cache: Command, world: World, act: Act): void {
  const load = async () => import('./commands/cache-mounts.ts')
  const chosen = (command: Command): Command =>
    command
      .option('--id <id>', 'only this one; may be repeated', collect, [])
      .option('--map <host=url>', 'send a registry host elsewhere; may be repeated', collect, [])
      .option('--debug-auth', 'say which credential is chosen, and why')
      .option('--json', 'as JSON')
  cache
    .command('mounts')
    .description('the folders that RUN --mount=type=cache keeps')
    .option('--json', 'as JSON')
    .action((o) => act(async () => (await load()).listMounts(o, world)))
  chosen(cache.command('export').argument('[file]', 'archive to write'))
    .option('--push <reference>', 'send them to a registry; may be repeated', collect, [])
    .description('pack those folders for other machines')
    .action((file: string | undefined, o) => act(async () => (await load()).exportMounts(file, o, world)))
  chosen(cache.command('import').argument('<image>', 'archive, layout folder, or reference'))
    .option('--image <name>', 'which image of an archive that holds several')
    .option('--replace', 'instead of those that this machine has of the same id')
    .description('lay such folders down for the builds of this machine')
    .action((source: string, o) => act(async () => (await load()).importMounts(source, o, world)))
}
