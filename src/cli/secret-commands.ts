/** `slipway secret …`: names and options. */
import { type Command, Option } from 'commander'
import type { Act } from './program.ts'
import type { World } from './world.ts'

export function addSecretCommands(program: Command, world: World, act: Act): void {
  const secret = program.command('secret').description('the secrets that this machine keeps, encrypted')
  const load = async () => import('./commands/secret.ts')
  secret
    .command('list', { isDefault: true })
    .option('--json', 'as JSON')
    .description('their names')
    .action((o) => act(async () => (await load()).listSecrets(o, world)))
  secret
    .command('set')
    .argument('<name>', 'as pipelines name it, perhaps with account. or org. in front')
    .option('--file <path>', 'take the whole file')
    .option('--from-env <variable>', 'take the value of a variable')
    .description('keep a secret; the value is asked for, or read from standard input')
    .action((name: string, o) => act(async () => (await load()).setSecret(name, o, world)))
  secret
    .command('import')
    .argument('<file>', 'lines of NAME=value')
    .addOption(new Option('--scope <scope>', 'put it in front of each name').choices(['account', 'org']))
    .description('keep all secrets of a .env file')
    .action((file: string, o) => act(async () => (await load()).importSecrets(file, o, world)))
  secret
    .command('rm')
    .argument('<name...>', 'names')
    .description('forget secrets')
    .action((names: string[]) => act(async () => (await load()).removeSecrets(names, world)))
}
