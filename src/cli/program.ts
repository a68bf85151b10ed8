/** The command line: names, options and help. What a command does is loaded when it is asked for. */
import { Argument, Command, CommanderError, Option } from 'commander'
import { type BuildFlag, buildFlags } from './build/flags.ts'
import { addCacheCommands } from './cache-commands.ts'
import { addDatabaseCommands } from './db-commands.ts'
import { type ExitCode, exitCodes, printFailure } from './failures.ts'
import { addKubernetesCommands } from './kubernetes-commands.ts'
import { collect } from './name-value.ts'
import { cloneOption, codebaseOption, engineOption, infraOption, runOptions, scannerOption } from './run/run-options.ts'
import { addRunsCommands } from './runs-commands.ts'
import { addSecretCommands } from './secret-commands.ts'
import type { World } from './world.ts'

type Action = () => Promise<ExitCode>

/** Runs a command's work, and keeps its exit code. */
export type Act = (action: Action) => Promise<void>

export async function runProgram(argv: readonly string[], world: World): Promise<number> {
  let code: ExitCode = exitCodes.done
  const act = async (action: Action): Promise<void> => {
    code = await action().catch((error: unknown) => printFailure(error, world))
  }
  const program = buildProgram(world, act)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  }
}

function buildProgram(world: World, act: (action: Action) => Promise<void>): Command {
  const program = new Command('slipway')
    .description('Runs Harness CI build-and-push pipelines on this machine: no account, no Docker daemon, no root.')
    .version(world.version, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void world.stdout.write(text), writeErr: (text) => void world.stderr.write(text) })
    .showSuggestionAfterError()
    .showHelpAfterError('(slipway --help shows what there is)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the work or the file has problems, 2 wrong usage, 130 aborted.\nStart with: slipway run examples/hello/pipeline.yaml',
    )
  addPipelineCommands(program, world, act)
  addPluginCommand(program, world, act)
  addRunsCommands(program, world, act)
  addCacheCommands(program, world, act)
  addImageCommands(program, world, act)
  addDatabaseCommands(program, world, act)
  addSecretCommands(program, world, act)
  program
    .command('explain')
    .argument('<code>', 'the word in brackets behind a message')
    .description('explain an error code')
    .action((code: string) => act(async () => (await import('./commands/explain.ts')).explainCommand(code, world)))
  program
    .command('doctor')
    .option('--json', 'as JSON')
    .option('--kubernetes', 'ask a cluster instead: rights, quota, pod security')
    .option('--connector <id>', 'with --kubernetes: the cluster of this connector')
    .option('--namespace <name>', 'with --kubernetes: this namespace')
    .description('say which rung a RUN stands on here, why on no better one, and what would change that')
    .action((o) =>
      act(async () =>
        o.kubernetes === true
          ? (await import('./commands/doctor-kubernetes.ts')).doctorKubernetes(o, world)
          : (await import('./commands/doctor.ts')).doctorCommand(o, world),
      ),
    )
  addKubernetesCommands(program, world, act)
  program
    .command('schema')
    .addArgument(new Argument('[document]', 'which').choices(['pipeline', 'connector', 'config']).default('pipeline'))
    .description('print the language as JSON Schema, for editors')
    .action((name: 'pipeline' | 'connector' | 'config') => act(async () => (await import('./commands/schema.ts')).schemaCommand(name, world)))
  program
    .command('init')
    .argument('[dir]', 'folder', '.')
    .description('write a pipeline, its configuration and a connector that run at once')
    .action((dir: string) => act(async () => (await import('./commands/init.ts')).initCommand(dir, world)))
  const connector = program.command('connector').description('the connectors of a configuration')
  connector
    .command('list', { isDefault: true })
    .argument('[dir]', 'folder of a pipeline', '.')
    .option('--json', 'as JSON')
    .description('which connectors there are')
    .action((dir: string, o) => act(async () => (await import('./commands/connector.ts')).listConnectors(dir, o, world)))
  connector
    .command('check')
    .argument('[dir]', 'folder of a pipeline', '.')
    .option('--json', 'as JSON')
    .option('--map <host=url>', 'send a registry host elsewhere; may be repeated', collect, [])
    .description('whether each registry connector answers, and takes its credentials')
    .action((dir: string, o) => act(async () => (await import('./commands/connector.ts')).checkConnectors(dir, o, world)))
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .description('print a completion script: eval "$(slipway completion bash)"')
    .action((shell: 'bash' | 'zsh' | 'fish') => act(async () => (await import('./commands/completion.ts')).completionCommand(shell, program, world)))
  program
    .command('serve')
    .argument('[files...]', 'pipeline files, or folders of them, that may be started')
    .description('serve the page and the API until Ctrl-C')
    .option('--listen <host:port>', 'address; beyond this machine a token is needed', '127.0.0.1:8700')
    .option('--token-file <file>', 'holds the token that requests must bring; or SLIPWAY_SERVE_TOKEN')
    .option('--host <name>', 'another name by which browsers call this server; may be repeated', collect, [])
    .option('--concurrency <n>', 'how many runs at once; the others wait', '2')
    .option('--read-only', 'show, and take no orders')
    .action((files: string[], o) => act(async () => (await import('./commands/serve.ts')).serveCommand(files, o, world)))
  program
    .command('run-queued', { hidden: true })
    .argument('<run>', 'its id')
    .action((run: string) => act(async () => (await import('./serve/run-queued.ts')).runQueued(run, world)))
  const registry = program.command('registry').description('a registry of its own')
  registry
    .command('serve')
    .description('serve the embedded registry until Ctrl-C')
    .option('--listen <host:port>', 'address, perhaps HOST:PORT=NAME; may be repeated, each with data of its own', collect, [])
    .option('--data <dir>', 'folder to keep images in')
    .option('--read-only', 'give, and take nothing')
    .option('--users <file>', 'lines of user:password; without it everybody may do everything')
    .option('--tls-cert <file>', 'certificate chain, PEM: serve HTTPS')
    .option('--tls-key <file>', 'its key, PEM')
    .action((o) => act(async () => (await import('./commands/registry-serve.ts')).registryServe(o, world)))
  registry
    .command('gc')
    .description('free the room of what nobody can reach, also while it is served')
    .option('--data <dir>', 'folder of the registry; without it those of the data folder')
    .option('--grace <duration>', 'what was written or asked for since stays', '24h')
    .option('--untagged', 'manifests that no tag leads to go as well')
    .option('--dry-run', 'say what would go')
    .option('--json', 'as JSON')
    .action((o) => act(async () => (await import('./commands/registry-gc.ts')).registryGc(o, world)))
  return program
}

function addPipelineCommands(program: Command, world: World, act: (action: Action) => Promise<void>): void {
  runOptions(program.command('run').argument('<file>', 'pipeline file').description('run a pipeline'))
    .option('--open', 'show the run in the browser; on a terminal its page stays until Ctrl-C')
    .action((file: string, { open, ...o }) =>
      act(async () =>
        open === true ? (await import('./serve/run-and-open.ts')).runAndOpen(file, o, world) : (await import('./commands/run.ts')).runCommand(file, o, world),
      ),
    )
  program
    .command('plan')
    .argument('<file>', 'pipeline file')
    .description('show what a run would do')
    .addOption(infraOption())
    .addOption(engineOption())
    .addOption(codebaseOption())
    .addOption(cloneOption())
    .option('--input <path=value>', 'value of an <+input>; may be repeated', collect, [])
    .option('--var <name=value>', 'value of a pipeline variable; may be repeated', collect, [])
    .option('--facts <file>', 'JSON with the facts of a run, instead of those of this machine')
    .option('--json', 'as JSON')
    .option('--env', 'the PLUGIN_* variables that each image step comes to')
    .action((file: string, o) => act(async () => (await import('./commands/plan.ts')).planCommand(file, o, world)))
  program
    .command('validate')
    .argument('<file...>', 'pipeline files, or folders of them')
    .description('check pipeline files')
    .option('--input <path=value>', 'value of an <+input>; may be repeated', collect, [])
    .option('--strict', 'warnings fail too')
    .addOption(new Option('--format <form>', 'how to tell').choices(['text', 'json', 'sarif', 'github']).default('text'))
    .action((files: string[], o) => act(async () => (await import('./commands/validate.ts')).validateCommand(files, o, world)))
}

function addPluginCommand(program: Command, world: World, act: Act): void {
  const command = program
    .command('plugin')
    .description('be an image plugin (plugins/docker, ecr, gcr, gar, acr, kaniko-*, buildx-*): settings are PLUGIN_* variables')
    .helpOption(false)
    .option('-h, --help', 'this, and the variables of the plugin that --as names')
    .option('--as <plugin>', 'which: docker, ecr, gcr, gar, acr, kaniko, kaniko-ecr, buildx, buildx-ecr, ...; docker when nothing is said')
    .addOption(engineOption())
    .option('--map <host=url>', 'send a registry host elsewhere; may be repeated', collect, [])
    .option('--strict', 'unknown PLUGIN_ variables are errors')
    .option('--debug-auth', 'say which credential is chosen, and why')
    .option('--plan', 'say what would be done, and do nothing')
    .option('--dry-run', 'the same; a build without a push is PLUGIN_DRY_RUN=true')
    .option('--json', 'with --plan: as JSON')
  command.action((o) => act(async () => (await import('./commands/plugin.ts')).pluginCommand(o, () => command.helpInformation(), world)))
}

const sources = 'archive, layout folder, stored image, reference, or docker-daemon:NAME:TAG'
const targets = 'references, or docker-daemon:NAME:TAG'

function addImageCommands(program: Command, world: World, act: (action: Action) => Promise<void>): void {
  const registryOptions = (command: Command): Command =>
    command
      .option('--map <host=url>', 'send a registry host elsewhere; may be repeated', collect, [])
      .option('--debug-auth', 'say which credential is chosen, and why')
  const pushing = (command: Command): Command =>
    registryOptions(command).option('--skip-existing', 'leave tags alone that exist already').option('--json', 'results as JSON')
  pushing(program.command('push').argument('<image>', sources).argument('<target...>', targets))
    .option('--image <name>', 'which image of an archive that holds several')
    .description('push one image to any number of registries')
    .action((source: string, targets: string[], o) => act(async () => (await import('./commands/push.ts')).pushCommand(source, targets, o, world)))
  pushing(program.command('copy').argument('<from>', 'reference, or docker-daemon:NAME:TAG').argument('<to...>', targets))
    .description('copy an image from registry to registry')
    .action((from: string, to: string[], o) => act(async () => (await import('./commands/push.ts')).pushCommand(from, to, { ...o, remote: true }, world)))
  registryOptions(
    program
      .command('pull')
      .argument('<ref>', 'reference, or docker-daemon:NAME:TAG')
      .argument('[archive]', 'file to write, or docker-daemon:NAME:TAG, instead of the image store'),
  )
    .option('--platform <os/arch>', 'one platform of several')
    .description('pull an image into the image store, or into an archive')
    .action((ref: string, archive: string | undefined, o) => act(async () => (await import('./commands/pull.ts')).pullCommand(ref, archive, o, world)))
  registryOptions(program.command('inspect').argument('<image>', sources))
    .option('--image <name>', 'which image of an archive that holds several')
    .option('--platform <os/arch>', 'one platform of several')
    .option('--json', 'as JSON')
    .description('show manifest, configuration, layers and history')
    .action((source: string, o) => act(async () => (await import('./commands/inspect.ts')).inspectCommand(source, o, world)))
  addScanCommands(program, registryOptions, world, act)
  addChangeCommands(program, registryOptions, world, act)
  addBuildCommand(program, registryOptions, world, act)
  const images = program.command('images').description('the images this machine keeps')
  images
    .command('list', { isDefault: true })
    .option('--json', 'as JSON')
    .description('all of them')
    .action((o) => act(async () => (await import('./commands/images.ts')).listImages(o, world)))
  images
    .command('prune')
    .option('--older-than <duration>', 'names given longer ago go as well: 30d, 12h')
    .option('--keep-storage <size>', 'the oldest names go until the rest needs no more than this: 10GB')
    .option('--grace <duration>', 'what was written or named since stays, somebody may be about to use it', '1h')
    .option('--build-cache', 'layers that only the build cache knows go as well')
    .option('--dry-run', 'say what would go, and take nothing away')
    .option('--json', 'as JSON')
    .description('free the room of what no name needs')
    .action((o) => act(async () => (await import('./commands/prune-images.ts')).pruneImages(o, world)))
  images
    .command('rm')
    .argument('<name...>', 'references')
    .description('take names away')
    .action((names: string[]) => act(async () => (await import('./commands/images.ts')).removeImages(names, world)))
}

function buildOption({ flags, about, many, choices, preset, hidden }: BuildFlag): Option {
  const option = new Option(flags, many === true ? `${about}; may be repeated` : about)
  if (many === true) option.default([]).argParser(collect)
  if (choices !== undefined) option.choices(choices)
  if (preset !== undefined) option.default(preset)
  return hidden === true ? option.hideHelp() : option
}

function addChangeCommands(program: Command, registryOptions: (command: Command) => Command, world: World, act: (action: Action) => Promise<void>): void {
  const changing = (name: string): Command =>
    registryOptions(program.command(name).argument('<image>', sources).argument('[target...]', targets))
      .option('-t, --tag <name>', 'keep it in the image store under this name; may be repeated', collect, [])
      .option('--image <name>', 'which image of an archive that holds several')
      .option('--platform <os/arch>', 'one platform of several; without it every one is changed')
      .option('--json', 'results as JSON')
  changing('mutate')
    .option('--append <file>', 'a tar, plain or compressed, as a layer on top; may be repeated', collect, [])
    .option('-l, --label <name=value>', 'label; may be repeated', collect, [])
    .option('-a, --annotation <name=value>', 'annotation of the manifest; may be repeated', collect, [])
    .option('-e, --env <name=value>', 'variable; may be repeated', collect, [])
    .option('--entrypoint <words>', 'words between spaces, or a JSON list; CMD is emptied')
    .option('--cmd <words>', 'words between spaces, or a JSON list')
    .option('-u, --user <user>', 'user')
    .option('-w, --workdir <dir>', 'working directory')
    .option('--created <time>', 'one time for the image and every file in it; seconds since 1970 or a date')
    .description('make a new image from one that exists, without a build')
    .action((source: string, to: string[], o) => act(async () => (await import('./commands/mutate.ts')).mutateCommand(source, to, o, world)))
  changing('rebase')
    .requiredOption('--old-base <image>', 'what the image was built on')
    .requiredOption('--new-base <image>', 'what to put its layers on')
    .description('put the layers of an image on another base, without a build')
    .action((source: string, to: string[], o) => act(async () => (await import('./commands/mutate.ts')).rebaseCommand(source, to, o, world)))
}

function addScanCommands(program: Command, registryOptions: (command: Command) => Command, world: World, act: Act): void {
  const looking = (name: string): Command =>
    registryOptions(program.command(name).argument('<image>', `${sources}; a folder; a bill of materials`))
      .option('--image <name>', 'which image of an archive that holds several')
      .option('--platform <os/arch>', 'one platform of several')
      .option('-o, --output <file>', 'into this file')
  looking('scan')
    .description('find known flaws of the packages in an image')
    .addOption(scannerOption())
    .option('--db <dir>', 'folder or archive of advisories, instead of those that were imported')
    .addOption(new Option('--format <form>', 'how to tell').choices(['table', 'json', 'sarif', 'cyclonedx', 'junit']).default('table'))
    .addOption(new Option('--group <by>', 'of the table').choices(['severity', 'package', 'layer']).default('severity'))
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 when there is something as bad or worse')
        .choices(['critical', 'high', 'medium', 'low', 'info', 'none'])
        .default('none'),
    )
    .option('--ignore-unfixed', 'leave out what no version fixes yet')
    .option('--ignore-file <file>', 'flaws to live with; .trivyignore.yaml or .trivyignore of this folder when nothing is said')
    .action((source: string, o) => act(async () => (await import('./commands/scan.ts')).scanCommand(source, o, world)))
  looking('sbom')
    .description('write down what packages an image holds: a bill of materials')
    .addOption(new Option('--format <form>', 'of the bill').choices(['cyclonedx-json', 'spdx-json']).default('cyclonedx-json'))
    .action((source: string, o) => act(async () => (await import('./commands/sbom.ts')).sbomCommand(source, o, world)))
}

function addBuildCommand(program: Command, registryOptions: (command: Command) => Command, world: World, act: (action: Action) => Promise<void>): void {
  const command = registryOptions(program.command('build').argument('<context>', 'folder, git or http(s) address, or - for standard input')).description(
    'build an image from a Dockerfile',
  )
  for (const row of buildFlags) command.addOption(buildOption(row))
  command.action((context: string, o) => act(async () => (await import('./commands/build.ts')).buildCommand(context, o, world)))
}
