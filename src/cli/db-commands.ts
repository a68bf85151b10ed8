/** `slipway db …`: names and options. */
import type { Command } from 'commander'
import type { Act } from './program.ts'
import type { World } from './world.ts'

export function addDatabaseCommands(program: Command, world: World, act: Act): void {
  const db = program.command('db').description('the advisories that the embedded scanner compares with')
  const load = async () => import('./commands/db.ts')
  db.command('import')
    .argument('<source...>', 'folders, or zip or tar archives, of advisories in the format of OSV')
    .option('--db <file>', 'make this file instead of the one in the data folder')
    .option('--json', 'what is in it as JSON')
    .description('make the database anew from mirrors of OSV')
    .action((sources: string[], o) => act(async () => (await load()).importDatabase(sources, o, world)))
  db.command('list', { isDefault: true })
    .option('--db <file>', 'of this file instead of the one in the data folder')
    .option('--json', 'as JSON')
    .description('what is in it, from where and from when')
    .action((o) => act(async () => (await load()).listDatabase(o, world)))
}
